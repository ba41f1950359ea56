//! From an error text to its cause and cure. The paste is read in this browser and never sent; signed in, ids and
//! thumbprints from it are looked up in the directory.

mod answers;
mod code;
mod fix;
mod input;
mod judged;

pub use answers::{Findings, Hint, Known, Verdicts};
pub use code::CodeView;
pub use input::Dropped;
pub use judged::{Answered, Judged, Question};

use crate::components::code_block::CodeBlock;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::sign_in_here;
use crate::components::page::Heading;
use crate::components::workbench::{Bench, Workbench};
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;
use crate::scene::use_viewer;
use crate::tool::Tool;
use crate::viewer::Viewer;
use input::Input;

/// What Entra looks a certificate up by, for people without scripts.
const THUMBPRINTS: &str = "# As AADSTS700027 and the Entra admin center show it:
openssl x509 -in certificate.pem -noout -fingerprint -sha1
# x5t and x5t#S256, as the assertion's header has them:
openssl x509 -in certificate.pem -outform der | openssl dgst -sha1 -binary | basenc --base64url | tr -d '='
openssl x509 -in certificate.pem -outform der | openssl dgst -sha256 -binary | basenc --base64url -w0 | tr -d '='
# The two lines are equal where key and certificate belong together:
openssl x509 -in certificate.pem -noout -pubkey | openssl sha256
openssl pkey -in private.key -pubout | openssl sha256";

/// For everybody. The worker puts [`Dropped`] into `dropped`, what was refused into `read`, [`Verdicts`] into `verdict`,
/// [`Findings`] into `findings`, [`Known`] into `directory`, [`Hint`] into `hint`, [`CodeView`] into `code`.
pub fn page() -> Page {
    Page::new(Route::Doctor.title(), || view! { <Doctor/> }).tool(Tool::Doctor)
}

#[component]
fn Doctor() -> impl IntoView {
    let signed_in = use_viewer().is_some_and(|viewer| Viewer::may_enter(&viewer));
    view! {
        <Heading title="AADSTS700027 doctor" lead="Paste what Entra answered, and see the cause, the evidence and the cure. Everything is read in this browser."/>
        <Workbench tool=Tool::Doctor bench=Bench::Doctor class="stack">
            <Input/>
            <div class="stack" data-tool-shown="doctor" hidden>
                <div class="columns columns--side">
                    <div class="columns__main" data-tool-answer="verdict"></div>
                    <aside class="columns__side">
                        <section class="card" aria-labelledby="read-title">
                            <div class="card__head"><h2 id="read-title">"What I read"</h2></div>
                            <div data-tool-answer="findings"></div>
                        </section>
                        <Directory signed_in/>
                    </aside>
                </div>
                <div class="stack" data-tool-answer="code"></div>
            </div>
        </Workbench>
        // Last, so that nothing moves when it goes.
        <div class="without-shell"><WithoutScripts/></div>
    }
}

/// What is asked of the directory, and by whom.
#[component]
fn Directory(signed_in: bool) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="directory-title">
            <div class="card__head"><h2 id="directory-title">"What the directory knows"</h2></div>
            {if signed_in {
                view! {
                    <div class="directory" role="status" data-tool-answer="directory"></div>
                    <div class="field">
                        <label for="client-id">"Another client id"</label>
                        <input class="input input--mono" id="client-id" placeholder="If the paste has none" autocomplete="off" spellcheck="false" data-tool-field="client-id" aria-describedby="client-id-hint"/>
                        <p class="field__hint" id="client-id-hint" data-tool-answer="hint"></p>
                    </div>
                }
                .into_html()
            } else {
                view! {
                    <p class="card__text">"Signed in, the doctor also looks at the app’s keyCredentials, and finds which app holds the certificate. Only ids and thumbprints are sent for that, never the paste."</p>
                    <p class="actions"><a class="button" href=sign_in_here()>"Sign in with Microsoft Entra"</a></p>
                    <p class="secondary">"You come back here with what you pasted: it waits in this tab, secrets masked, and is sent nowhere."</p>
                }
                .into_html()
            }}
        </section>
    }
}

#[component]
fn WithoutScripts() -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Warning title="The doctor needs JavaScript and WebAssembly">
            <p>"What you paste may hold secrets, so it is read in the browser and never sent to the server. Without them nothing can read it here."</p>
            <p>"By hand: compare the thumbprint in the error with your certificate’s, and see "<a href=Route::Search.to_string()>"which app holds it"</a>". What each cause is and what to do about it is in "<a href=Route::Runbook.to_string()>"the runbook"</a>"."</p>
            <CodeBlock text=THUMBPRINTS label="the openssl commands"/>
        </MessageBar>
    }
}
