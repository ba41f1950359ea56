//! Makes a key pair with a certificate or a signing request in this browser. The key is saved by the person, or is gone.

mod made;

pub use made::{Made, MadeHere, Next, Saved};

use crate::components::code_block::CodeBlock;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, why_no_push};
use crate::components::workbench::{Bench, Workbench};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use crate::tool::Tool;
use crate::viewer::Viewer;
use domain::ids::ObjectId;

const WITH_OPENSSL: &str = "openssl req -x509 -newkey rsa:2048 -noenc -days 365 -subj \"/CN=my-app\" -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out certificate.pem";

/// `app`: that the certificate is for, where one was chosen already.
pub fn page(viewer: Viewer, app: Option<ObjectId>) -> Page {
    let app = app.map(|id| id.to_string()).unwrap_or_default();
    Page::new(Route::MakeCertificate.title(), || view! { <Make viewer app/> }).tool(Tool::Make)
}

#[component]
fn Make(viewer: Viewer, app: String) -> impl IntoView {
    let upload = href(&Route::Upload.to_string(), [("app", app.as_str())]);
    view! {
        <Heading title="Make a certificate" lead="The key pair is made in this browser, and its private key is never sent. You save it, then go on with the certificate."/>
        {match why_no_push(&viewer) {
            Some(why) => view! { <MessageBar intent=Intent::Warning title="You cannot upload"><p>{why}</p></MessageBar> }.into_html(),
            None => view! { <Maker app upload/> }.into_html(),
        }}
    }
}

#[component]
fn Maker(
    /// Object id of the app that the certificate is for; may be empty.
    app: String,
    /// Where the upload page is.
    upload: String,
) -> impl IntoView {
    let kind = |value: &'static str, title: &'static str, text: &'static str| {
        view! {
            <label class="option">
                <input type="radio" name="kind" value=value checked={value == "certificate"} autocomplete="off"/>
                <span class="stacked"><strong>{title}</strong><span class="secondary">{text}</span></span>
            </label>
        }
    };
    view! {
        <Workbench tool=Tool::Make bench=Bench::Make { app } class="stack">
            <form class="card make" data-tool-form="make" autocomplete="off">
                <fieldset class="options options--row">
                    <legend class="sr-only">"What is made"</legend>
                    {kind("certificate", "Self-signed certificate", "Entra takes it at once.")}
                    {kind("request", "Signing request", "For your certificate authority, which then issues the certificate.")}
                </fieldset>
                <div class="make__fields">
                    <div class="field">
                        <label for="make-name">"Common name"</label>
                        <input class="input" id="make-name" name="name" required maxlength="64" spellcheck="false" placeholder="payroll-2027"/>
                    </div>
                    <div class="field">
                        <label for="make-organization">"Organization " <span class="field__optional">"optional"</span></label>
                        <input class="input" id="make-organization" name="organization" maxlength="64" spellcheck="false" placeholder="Contoso"/>
                    </div>
                    <div class="field">
                        <label for="make-bits">"RSA key"</label>
                        <select class="input" id="make-bits" name="bits" autocomplete="off">
                            <option value="2048">"2048 bits"</option>
                            <option value="3072">"3072 bits"</option>
                            <option value="4096">"4096 bits"</option>
                        </select>
                    </div>
                    <div class="field">
                        <label for="make-days">"Lifetime"</label>
                        <select class="input" id="make-days" name="days" autocomplete="off" aria-describedby="make-days-hint" data-unless="kind:request">
                            <option value="90">"90 days"</option>
                            <option value="180">"180 days"</option>
                            <option value="365" selected=true>"1 year"</option>
                            <option value="730">"2 years"</option>
                        </select>
                        <p class="field__hint" id="make-days-hint">
                            <span data-unless="kind:request">"A policy of your organization may allow less."</span>
                            <span data-unless="kind:certificate" hidden>"Your certificate authority decides."</span>
                        </p>
                    </div>
                </div>
                <div class="actions needs-shell">
                    <button type="submit" class="button button--primary" data-pending="Making the key pair">
                        <Icon glyph=Glyph::Key/>
                        <span>"Make it in this browser"</span>
                    </button>
                </div>
            </form>
            <div class="made" aria-live="polite" data-tool-answer="made"></div>
        </Workbench>
        // Last, so that nothing moves when it goes.
        <div class="without-shell">
            <MessageBar intent=Intent::Warning title="This page needs JavaScript and WebAssembly">
                <p>"The key pair is made in the browser, so nothing is made without them. With openssl the key stays in key.pem, and certificate.pem is what you " <a href=upload>"upload"</a> ":"</p>
                <CodeBlock text=WITH_OPENSSL label="the openssl command"/>
            </MessageBar>
        </div>
    }
}
