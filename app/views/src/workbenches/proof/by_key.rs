//! With the private key in this browser. The worker checks first what Entra would refuse, then signs, and the assertion
//! alone is sent.

use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::thumbprint::ThumbprintText;
use crate::data::proofs::ProofSubject;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Form;
use domain::certificate::Certificate;

#[component]
pub(super) fn ByKey() -> impl IntoView {
    view! {
        <div class="drop drop--small needs-shell" data-drop="">
            <span class="drop__icon"><Icon glyph=Glyph::Key/></span>
            <div class="drop__words">
                <p class="drop__title">"Drop the PFX, or the PEM file with the private key"</p>
                <p class="drop__hint">"It is opened and used in this browser. Neither key nor password is sent or stored."</p>
            </div>
            <label class="file">
                <input type="file" accept=".pfx,.p12,.pem,.key,application/x-pkcs12" data-tool-file=""/>
                <span class="button"><Icon glyph=Glyph::Upload/><span>"Choose a file"</span></span>
            </label>
        </div>
        <p class="without-shell">"The private key never leaves the browser, so this way needs JavaScript and WebAssembly. Use one of the other ways."</p>
        <div data-tool-answer="key" aria-live="polite"></div>
    }
}

#[component]
fn Check(good: bool, #[prop(into)] words: String) -> impl IntoView {
    let (class, glyph, word) =
        if good { ("for", Glyph::Check, "Passed: ") } else { ("failed", Glyph::ErrorCircle, "Failed: ") };
    view! { <li class=format!("reason reason--{class}")><Icon glyph/><span><span class="sr-only">{word}</span>{words}</span></li> }
}

/// A certificate whose public key is the private key's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub certificate: Certificate,
    /// On the app, and in force.
    pub registered: bool,
}

/// The key in the file is that of no certificate.
#[component]
pub fn BelongsToNothing(
    /// Name of the file.
    file: String,
    subject: ProofSubject,
) -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Error title="This private key belongs to no certificate here" live=true>
            <p>{format!("Its public key was compared with the certificates in {file} and with those on {}: none has it.", subject.name)}</p>
            <p>"Choose the file with the right key, or upload the certificate that belongs to this one and register it."</p>
        </MessageBar>
    }
}

/// A key that can sign. `candidates`: the registered ones first; at least one.
#[component]
pub fn Ready(
    /// Name of the file.
    file: String,
    candidates: Vec<Candidate>,
    subject: ProofSubject,
) -> impl IntoView {
    let Some(Candidate { certificate: first, registered }) = candidates.first().cloned() else { return ().into_html() };
    let several = candidates.len() > 1;
    let on_app = subject.certificates().iter().any(|it| it.sha256() == first.sha256());
    let facts = first.facts().clone();
    let place = if registered {
        format!("The certificate is registered on {} and in force.", subject.name)
    } else if on_app {
        format!("The certificate is on {}, but its entry is not in force.", subject.name)
    } else {
        format!("The certificate is not registered on {}.", subject.name)
    };
    let way = |value: &'static str, title: &'static str, text: &'static str| {
        view! {
            <label class="option">
                <input type="radio" name="algorithm" value=value checked={value == "PS256"} autocomplete="off"/>
                <span class="stacked"><strong>{title}</strong><span class="secondary">{text}</span></span>
            </label>
        }
    };
    let option = |(at, it): (usize, &Candidate)| {
        let facts = it.certificate.facts();
        view! { <option value=at.to_string()>{format!("{} · {}", facts.subject, facts.sha1.grouped_hex())}</option> }
    };
    view! {
        <div class="key">
            <p class="key__name"><Icon glyph=Glyph::Certificate/><strong>{facts.short_name()}</strong><ThumbprintText thumbprint=facts.sha1/><span class="secondary">{file}</span></p>
            <ul class="reasons" aria-label="Checked before anything is sent">
                <Check good=true words="The private key belongs to this certificate: their public keys are equal."/>
                <Check good=registered words=place/>
            </ul>
            {if registered {
                view! {
                    <form data-tool-form="prove">
                        {several.then(|| view! {
                            <div class="field">
                                <label for="which">"Several certificates have this key. Name this one in the header:"</label>
                                <select class="input select" id="which" name="which">{candidates.iter().enumerate().map(option).collect_view()}</select>
                            </div>
                        })}
                        <fieldset class="options options--row">
                            <legend class="sr-only">"Algorithm"</legend>
                            {way("PS256", "PS256, x5t#S256", "What Entra’s documentation asks for.")}
                            {way("RS256", "RS256, x5t", "What older clients send.")}
                        </fieldset>
                        <div class="actions" data-tool-answer="ask"><Ask busy=false/></div>
                    </form>
                }
                .into_html()
            } else {
                view! { <RegisterFirst certificate=first app=subject.object_id.to_string()/> }.into_html()
            }}
        </div>
    }
    .into_html()
}

/// The button that asks for a token.
#[component]
pub fn Ask(busy: bool) -> impl IntoView {
    view! {
        <button type="submit" class="button button--primary" disabled=busy>
            <span>{if busy { "Asking" } else { "Get a token" }}</span>
            <Icon glyph=Glyph::ArrowRight/>
        </button>
    }
}

#[component]
fn RegisterFirst(certificate: Certificate, app: String) -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Warning title="Entra would answer AADSTS700027, so nothing was sent">
            <p>"Register the certificate first. Only its public part is sent, and a preview comes before any change."</p>
        </MessageBar>
        <form method="post" action=Form::Register.path()>
            <input type="hidden" name="app" value=app/>
            <input type="hidden" name="text" value=certificate.pem()/>
            <div class="actions">
                <button type="submit" class="button button--primary" data-pending="Reading the app"><span>"Register it on this app"</span><Icon glyph=Glyph::ArrowRight/></button>
            </div>
            <RefusalSlot form=Form::Register/>
        </form>
    }
}
