//! Makes a key pair with a certificate or a signing request in this browser. The key is saved by the person, or is gone.

use crate::api::KeepCertificate;
use crate::browser;
use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::code_block::CodeBlock;
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, signed_in, why_no_push};
use crate::components::problem_view::ProblemBar;
use crate::components::thumbprint::ThumbprintText;
use crate::components::timestamp::Day;
use crate::query::Query;
use crate::route::Route;
use crate::signer::{self, Made, Wish};
use leptos::form::ActionForm;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// What became of a wish.
#[derive(Clone)]
enum State {
    Nothing,
    Making,
    Refused(String),
    Made(Made),
}

#[component]
pub fn MakePage() -> impl IntoView {
    let nothing = Resource::new_blocking(|| (), |()| async { Ok(()) });
    signed_in(nothing, |viewer, ()| {
        view! {
            <Title text="Make a certificate"/>
            <Breadcrumbs trail=vec![("Upload", Route::Upload.to_string())] here="Make one"/>
            <Heading title="Make a certificate" lead="The key pair is made in this browser and never sent. Save it before you go on: there is no copy."/>
            {match why_no_push(&viewer) {
                Some(why) => view! { <MessageBar intent=Intent::Warning title="You cannot upload"><p>{why}</p></MessageBar> }.into_any(),
                None => view! { <Maker/> }.into_any(),
            }}
        }
    })
}

#[component]
fn Maker() -> impl IntoView {
    let state = RwSignal::new(State::Nothing);
    let making = move || matches!(*state.read(), State::Making);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (fields, _) = browser::submitted(&event);
        let fields = Query::from(fields);
        let wish = Wish {
            common_name: fields.text("name"),
            bits: fields.text("bits").parse().unwrap_or(2048),
            days: fields.text("days").parse().unwrap_or(365),
            request_only: fields.text("kind") == "request",
        };
        state.set(State::Making);
        spawn_local(async move {
            let end = match signer::make(wish).await {
                Ok(made) => State::Made(made),
                Err(why) => State::Refused(why),
            };
            state.try_set(end);
        });
    };
    view! {
        <div class="without-wasm"><MessageBar intent=Intent::Warning title="This page needs WebAssembly"><p>"The key pair is made in the browser. Without WebAssembly, make one with openssl, as the upload page shows."</p></MessageBar></div>
        <form class="card make" on:submit=submit autocomplete="off">
            <div class="field">
                <label for="make-name">"Common name"</label>
                <input class="input" id="make-name" name="name" required maxlength="64" spellcheck="false" placeholder="payroll-2027"/>
            </div>
            <div class="make__row">
                <div class="field">
                    <label for="make-bits">"RSA key"</label>
                    <select class="input select" id="make-bits" name="bits">
                        <option value="2048">"2048 bits"</option>
                        <option value="3072">"3072 bits"</option>
                        <option value="4096">"4096 bits, slower to sign"</option>
                    </select>
                </div>
                <div class="field">
                    <label for="make-days">"Lifetime"</label>
                    <select class="input select" id="make-days" name="days">
                        <option value="90">"90 days"</option>
                        <option value="180">"180 days"</option>
                        <option value="365" selected=true>"1 year"</option>
                        <option value="730">"2 years"</option>
                    </select>
                </div>
            </div>
            <fieldset class="options options--row">
                <legend class="sr-only">"Kind"</legend>
                <label class="option">
                    <input type="radio" name="kind" value="certificate" checked=true/>
                    <span class="stacked"><strong>"Self-signed certificate"</strong><span class="secondary">"Ready for Entra at once."</span></span>
                </label>
                <label class="option">
                    <input type="radio" name="kind" value="request"/>
                    <span class="stacked"><strong>"Signing request"</strong><span class="secondary">"For your certificate authority, which decides on the lifetime."</span></span>
                </label>
            </fieldset>
            <div class="actions needs-wasm">
                <button type="submit" class="button button--primary" disabled=making><Icon glyph=Glyph::Key/><span>{move || if making() { "Making the key pair" } else { "Make it in this browser" }}</span></button>
            </div>
        </form>
        <div class="proof" aria-live="polite">
            {move || match state.get() {
                State::Nothing => ().into_any(),
                State::Making => view! { <progress class="progress" aria-label="Making the key pair"></progress> }.into_any(),
                State::Refused(why) => view! { <MessageBar intent=Intent::Error title=why/> }.into_any(),
                State::Made(made) => view! { <MadeHere made/> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn MadeHere(made: Made) -> impl IntoView {
    let saved = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let password = NodeRef::<Input>::new();
    let name = made.file_name();
    let for_pfx = made.clone();
    let pfx_name = format!("{name}.pfx");
    let save_pfx = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = password.get_untracked() else { return };
        let bytes = for_pfx.pfx(&field.value());
        field.set_value("");
        failed.set(bytes.is_none());
        if let Some(bytes) = bytes {
            saved.set(browser::save(&pfx_name, "application/x-pkcs12", &bytes));
        }
    };
    let for_pem = made.clone();
    let pem_name = format!("{name}.pem");
    let save_pem = move |_| saved.set(browser::save(&pem_name, "application/x-pem-file", for_pem.pem().as_bytes()));
    let certificate = made.certificate.clone();
    let with_certificate = certificate.is_some();
    view! {
        <section class="card summary--good" aria-labelledby="made-title">
            <div class="card__head"><h2 id="made-title">{if with_certificate { "The certificate is made" } else { "The request is made" }}</h2></div>
            {certificate.as_ref().map(|certificate| {
                let facts = certificate.facts().clone();
                view! {
                    <dl class="facts">
                        <dt>"Subject"</dt><dd>{facts.subject}</dd>
                        <dt>"Key"</dt><dd>{facts.public_key.to_string()}</dd>
                        <dt>"Ends"</dt><dd><Day at=facts.not_after/></dd>
                        <dt>"Thumbprint"</dt><dd><ThumbprintText thumbprint=facts.sha1/></dd>
                    </dl>
                }
            })}
            <MessageBar intent=Intent::Warning title="There is no copy of the private key">
                <p>"It is in this page alone, and gone when you leave it. Save it now, to where the app will use it."</p>
            </MessageBar>
            {with_certificate.then(|| view! {
                <form class="make__save" on:submit=save_pfx autocomplete="off">
                    <div class="field">
                        <label for="make-password">"Password for the PFX"</label>
                        <input class="input" id="make-password" type="password" autocomplete="new-password" required minlength="8" node_ref=password/>
                    </div>
                    <button type="submit" class="button"><Icon glyph=Glyph::Download/><span>"Save as PFX"</span></button>
                </form>
            })}
            <div class="actions">
                <button type="button" class="button" on:click=save_pem><Icon glyph=Glyph::Download/><span>{if with_certificate { "Save key and certificate as PEM, unencrypted" } else { "Save the key as PEM, unencrypted" }}</span></button>
            </div>
            {move || failed.get().then(|| view! { <MessageBar intent=Intent::Error title="The PFX could not be written"/> })}
            {made.request.clone().map(|request| view! { <CodeBlock text=request label="the signing request"/> })}
            {certificate.map(|certificate| view! { <Continue pem=certificate.pem() saved/> })}
        </section>
    }
}

/// Only once the key is saved: a registered certificate without its key is of no use.
#[component]
fn Continue(pem: String, saved: RwSignal<bool>) -> impl IntoView {
    let keep = ServerAction::<KeepCertificate>::new();
    let pending = keep.pending();
    view! {
        {move || keep.value().get().and_then(Result::err).map(|problem| view! { <ProblemBar problem/> })}
        <ActionForm action=keep>
            <input type="hidden" name="text" value=pem/>
            <input type="hidden" name="app" value=""/>
            <div class="fix__register">
                <button type="submit" class="button button--primary" disabled=move || pending.get() || !saved.get()>
                    <span>"Continue with this certificate"</span>
                    <Icon glyph=Glyph::ArrowRight/>
                </button>
                <span class="secondary" role="status">{move || if saved.get() { "Only the certificate is sent." } else { "Save the private key first." }}</span>
            </div>
        </ActionForm>
    }
}
