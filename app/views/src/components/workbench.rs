//! The part of a page that the browser's worker answers: what it is given, and where its answers go.
//!
//! In it, `worker-host.js` takes over (attributes, on elements inside):
//! - `[data-tool-file]`, an unnamed file input; `[data-drop]`, where files and text are dropped and pasted;
//! - `form[data-tool-form]`: its fields, and what is in `[data-tool-secret]`, go to the worker, and nowhere else;
//! - `[data-tool-text]`: its text, whenever it changes; `[data-tool-field]`: the same, under that name;
//! - `button[data-tool-do]`: that is done, with the button's `value`;
//! - `[data-tool-answer=slot]`: the worker's HTML is put there; `[data-tool-shown=slot]`: it is shown when the worker says so;
//! - `[data-tool-second]`: what it says goes to the page's second worker, which is fetched then; on the tool itself
//!   `[data-files=second]`: files do;
//! - `[data-unless=name:value]`: disabled, or hidden, while the radio button `name` of its form has that value.

use crate::prelude::*;
use crate::scene::{PortalAuthority, use_authority, use_here, use_viewer};
use crate::tool::Tool;
use crate::viewer::Viewer;
use serde::{Deserialize, Serialize};

/// What a page lets the worker know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Path and query of the page.
    pub here: String,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// Of the portal's cloud.
    pub authority: Option<PortalAuthority>,
    /// What is done there.
    pub bench: Bench,
}

/// What is done on a page with the worker's help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bench {
    /// Certificates are read, and sent on.
    Upload {
        /// Object id of the app that they are for; may be empty.
        app: String,
    },
    /// A certificate's thumbprint is looked for.
    Search,
    /// A key pair is made.
    Make {
        /// Object id of the app that it is for; may be empty.
        app: String,
    },
    /// A client assertion is signed; the second worker judges what a script says. JSON of a [`Subject`](crate::data::proofs::Subject): the other pages' worker need not be
    /// able to read one.
    Proof(String),
    /// An error is judged; the second worker reads files and certificates.
    Doctor,
}

#[component]
pub fn Workbench(
    tool: Tool,
    bench: Bench,
    #[prop(optional)] class: &'static str,
    /// The worker comes when it is needed, and not already when the page has nothing else to do.
    #[prop(optional)]
    lazy: bool,
    /// Files can be dropped on all of it.
    #[prop(optional)]
    drop: bool,
    children: Children,
) -> impl IntoView {
    let files = matches!(bench, Bench::Doctor).then_some("second");
    let given = Given { here: use_here(), viewer: use_viewer(), authority: use_authority(), bench };
    // It is made of strings and numbers alone, which JSON has.
    let given = serde_json::to_string(&given).unwrap_or_default();
    view! {
        <div class=class data-tool=tool.as_str() data-given=given data-files=files data-lazy=lazy.then_some("") data-drop=drop.then_some("")>
            {children.render()}
            <p class="tool-progress secondary" data-tool-progress="" role="status"></p>
            <dialog class="dialog" data-tool-dialog="" aria-label="This file is locked with a password"></dialog>
        </div>
    }
}

/// Asks for the password of a PFX. It is used in the worker, and forgotten.
#[component]
pub fn PasswordPrompt(
    /// Of the file.
    name: String,
) -> impl IntoView {
    view! {
        <form data-tool-form="password" autocomplete="off">
            <h2>"This file is locked with a password"</h2>
            <p>{name}</p>
            <p class="secondary">"It is opened in this browser. Neither the file, nor its private key, nor the password is sent anywhere."</p>
            <div class="field">
                <label for="pfx-password">"Password"</label>
                <input class="input" id="pfx-password" type="password" data-tool-secret="" autocomplete="off" autofocus aria-describedby="pfx-error"/>
                <p class="field__error" id="pfx-error" role="alert" data-tool-answer="password"></p>
            </div>
            <div class="dialog__actions">
                <button type="button" class="button" data-tool-do="cancel">"Cancel"</button>
                <button type="submit" class="button button--primary" data-pending="Opening">"Open"</button>
            </div>
        </form>
    }
}
