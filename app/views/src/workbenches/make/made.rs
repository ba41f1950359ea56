//! What was made, and the ways to keep its private key.

use crate::components::code_block::CodeBlock;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::thumbprint::ThumbprintText;
use crate::components::timestamp::Day;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use domain::certificate::Certificate;

/// What came of a key pair. The key itself is the worker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    Certificate(Box<Certificate>),
    /// A signing request, in PEM.
    Request(String),
}

/// `app`: object id of the app that it is for; may be empty.
#[component]
pub fn MadeHere(made: Made, app: String) -> impl IntoView {
    let title = match made {
        Made::Certificate(_) => "The certificate is made",
        Made::Request(_) => "The signing request is made",
    };
    let keep = view! {
        <MessageBar intent=Intent::Warning title="There is no copy of the private key">
            <p>"It is in this page alone, and gone when you leave it. Save it now, to where the app will use it."</p>
        </MessageBar>
    };
    view! {
        <section class="card made__card" aria-labelledby="made-title">
            <div class="issued__head">
                <span class="issued__icon"><Icon glyph=Glyph::Certificate/></span>
                <h2 class="verdict__title" id="made-title">{title}</h2>
            </div>
            {match made {
                Made::Certificate(certificate) => {
                    let facts = certificate.facts().clone();
                    view! {
                        <dl class="facts">
                            <dt>"Subject"</dt><dd>{facts.subject}</dd>
                            <dt>"Key"</dt><dd>{facts.public_key.to_string()}</dd>
                            <dt>"Ends"</dt><dd><Day at=facts.not_after/></dd>
                            <dt>"Thumbprint"</dt><dd><ThumbprintText thumbprint=facts.sha1/></dd>
                        </dl>
                        {keep}
                        <AsPfx/>
                        <AsPem/>
                        <p class="made__saved secondary" role="status" data-tool-answer="saved"></p>
                        <div data-tool-answer="next"><Next pem=certificate.pem() app saved=false/></div>
                    }
                    .into_html()
                }
                Made::Request(request) => view! { {keep} <Request request app/> }.into_html(),
            }}
        </section>
    }
}

/// The file that the browser was told to save last.
#[component]
pub fn Saved(name: String) -> impl IntoView {
    view! { <Icon glyph=Glyph::Check/><span>{format!("Handed to your browser as {name}")}</span> }
}

/// The password is typed twice: a file that nobody can open is no copy.
#[component]
fn AsPfx() -> impl IntoView {
    let field = |id: &'static str, label: &'static str| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input class="input" id=id type="password" data-tool-secret="" autocomplete="new-password" required minlength="8" aria-describedby="make-password-error"/>
            </div>
        }
    };
    view! {
        <form class="made__way" data-tool-form="save-pfx" autocomplete="off" aria-label="Save as PFX">
            <h3>"PFX, locked with a password"</h3>
            <div class="made__passwords">
                {field("make-password", "Password for the PFX")}
                {field("make-password-again", "The same again")}
                <button type="submit" class="button"><Icon glyph=Glyph::Download/><span>"Save as PFX"</span></button>
            </div>
            <p class="field__error" id="make-password-error" role="alert" data-tool-answer="pfx"></p>
        </form>
    }
}

#[component]
fn AsPem() -> impl IntoView {
    view! {
        <div class="made__way">
            <h3>"PEM, not locked"</h3>
            <p class="secondary">"Private key and certificate in one file that anybody can read who gets it."</p>
            <div class="actions">
                <button type="button" class="button" data-tool-do="save-pem"><Icon glyph=Glyph::Download/><span>"Save as PEM"</span></button>
            </div>
        </div>
    }
}

#[component]
fn Request(request: String, app: String) -> impl IntoView {
    let upload = href(&Route::Upload.to_string(), [("app", app.as_str())]);
    view! {
        <div class="made__way">
            <h3>"Private key, as PEM, not locked"</h3>
            <p class="secondary">"Anybody can read it who gets the file."</p>
            <div class="actions">
                <button type="button" class="button" data-tool-do="save-pem"><Icon glyph=Glyph::Download/><span>"Save the private key"</span></button>
            </div>
        </div>
        <div class="made__way">
            <h3>"Signing request"</h3>
            <p class="secondary">"Send this to your certificate authority. When it has issued the certificate, " <a href=upload>"upload that"</a>"."</p>
            <CodeBlock text=request label="the signing request"/>
            <div class="actions">
                <button type="button" class="button" data-tool-do="save-request"><Icon glyph=Glyph::Download/><span>"Save the request"</span></button>
            </div>
        </div>
        <p class="made__saved secondary" role="status" data-tool-answer="saved"></p>
    }
}

/// Only once the key is saved: a registered certificate without its key is of no use.
#[component]
pub fn Next(
    /// The certificate.
    pem: String,
    app: String,
    /// The key is.
    saved: bool,
) -> impl IntoView {
    view! {
        <form method="post" action=Form::KeepCertificate.path()>
            <input type="hidden" name="text" value=pem/>
            <input type="hidden" name="app" value=app/>
            <div class="fix__register made__way made__way--last">
                <button type="submit" class="button button--primary" disabled=!saved data-pending="Sending the certificate">
                    <span>"Continue with this certificate"</span>
                    <Icon glyph=Glyph::ArrowRight/>
                </button>
                <span class="secondary">{if saved { "Only the certificate is sent." } else { "Save the private key first." }}</span>
            </div>
            <RefusalSlot form=Form::KeepCertificate/>
        </form>
    }
}
