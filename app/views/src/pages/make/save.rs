//! What was made, and the ways to keep its private key.

use crate::browser;
use crate::components::code_block::CodeBlock;
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::ProblemBar;
use crate::components::thumbprint::ThumbprintText;
use crate::components::timestamp::Day;
use crate::data::certificates::KeepCertificate;
use crate::query::href;
use crate::route::Route;
use crate::signer::Made;
use leptos::form::ActionForm;
use leptos::html::Input;
use leptos::prelude::*;

/// The last file that the browser was told to save.
type Saved = RwSignal<Option<String>>;

#[component]
pub fn MadeHere(made: Made, app: String) -> impl IntoView {
    let saved: Saved = RwSignal::new(None);
    let certificate = made.certificate.clone();
    let title = if certificate.is_some() { "The certificate is made" } else { "The signing request is made" };
    view! {
        <section class="card made__card" aria-labelledby="made-title">
            <div class="issued__head">
                <span class="issued__icon"><Icon glyph=Glyph::Certificate/></span>
                <h2 class="verdict__title" id="made-title">{title}</h2>
            </div>
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
            {match certificate {
                Some(certificate) => view! {
                    <AsPfx made=made.clone() saved/>
                    <AsPem made saved/>
                    <SavedFile saved/>
                    <Continue pem=certificate.pem() app saved/>
                }
                .into_any(),
                None => view! { <Request made app saved/> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn SavedFile(saved: Saved) -> impl IntoView {
    view! {
        <p class="made__saved secondary" role="status">
            {move || saved.get().map(|name| view! { <Icon glyph=Glyph::Check/><span>{format!("Handed to your browser as {name}")}</span> })}
        </p>
    }
}

/// The password is typed twice: a file that nobody can open is no copy.
#[component]
fn AsPfx(made: Made, saved: Saved) -> impl IntoView {
    let (password, again) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let error = RwSignal::new(None::<&'static str>);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(password), Some(again)) = (password.get_untracked(), again.get_untracked()) else { return };
        if password.value() != again.value() {
            error.set(Some("The two passwords differ. Type them again."));
            return;
        }
        let bytes = made.pfx(&password.value());
        password.set_value("");
        again.set_value("");
        let name = format!("{}.pfx", made.file_name());
        let begun = bytes.is_some_and(|bytes| browser::save(&name, "application/x-pkcs12", &bytes));
        error.set((!begun).then_some("The PFX could not be written. Save the PEM file."));
        if begun {
            saved.set(Some(name));
        }
    };
    let field = |id: &'static str, label: &'static str, node_ref: NodeRef<Input>| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input
                    class="input"
                    id=id
                    type="password"
                    autocomplete="new-password"
                    required
                    minlength="8"
                    node_ref=node_ref
                    aria-describedby="make-password-error"
                    aria-invalid=move || error.get().map(|_| "true")
                />
            </div>
        }
    };
    view! {
        <form class="made__way" on:submit=save autocomplete="off" aria-label="Save as PFX">
            <h3>"PFX, locked with a password"</h3>
            <div class="made__passwords">
                {field("make-password", "Password for the PFX", password)}
                {field("make-password-again", "The same again", again)}
                <button type="submit" class="button"><Icon glyph=Glyph::Download/><span>"Save as PFX"</span></button>
            </div>
            <p class="field__error" id="make-password-error" role="alert">{error}</p>
        </form>
    }
}

#[component]
fn AsPem(made: Made, saved: Saved) -> impl IntoView {
    let save = move |_| {
        let name = format!("{}.pem", made.file_name());
        if browser::save(&name, "application/x-pem-file", made.pem().as_bytes()) {
            saved.set(Some(name));
        }
    };
    view! {
        <div class="made__way">
            <h3>"PEM, not locked"</h3>
            <p class="secondary">"Private key and certificate in one file that anybody can read who gets it."</p>
            <div class="actions">
                <button type="button" class="button" on:click=save><Icon glyph=Glyph::Download/><span>"Save as PEM"</span></button>
            </div>
        </div>
    }
}

#[component]
fn Request(made: Made, app: String, saved: Saved) -> impl IntoView {
    let request = made.request.clone().unwrap_or_default();
    let file_name = made.file_name();
    let for_key = made;
    let key_name = format!("{file_name}.key");
    let save_key = move |_| {
        if browser::save(&key_name, "application/x-pem-file", for_key.pem().as_bytes()) {
            saved.set(Some(key_name.clone()));
        }
    };
    let request_name = format!("{file_name}.csr");
    let text = request.clone();
    let save_request = move |_| {
        if browser::save(&request_name, "application/pkcs10", text.as_bytes()) {
            saved.set(Some(request_name.clone()));
        }
    };
    let upload = href(&Route::Upload.to_string(), [("app", app.as_str())]);
    view! {
        <div class="made__way">
            <h3>"Private key, as PEM, not locked"</h3>
            <p class="secondary">"Anybody can read it who gets the file."</p>
            <div class="actions">
                <button type="button" class="button" on:click=save_key><Icon glyph=Glyph::Download/><span>"Save the private key"</span></button>
            </div>
        </div>
        <div class="made__way">
            <h3>"Signing request"</h3>
            <p class="secondary">"Send this to your certificate authority. When it has issued the certificate, " <a href=upload>"upload that"</a>"."</p>
            <CodeBlock text=request label="the signing request"/>
            <div class="actions">
                <button type="button" class="button" on:click=save_request><Icon glyph=Glyph::Download/><span>"Save the request"</span></button>
            </div>
        </div>
        <SavedFile saved/>
    }
}

/// Only once the key is saved: a registered certificate without its key is of no use.
#[component]
fn Continue(pem: String, app: String, saved: Saved) -> impl IntoView {
    let keep = ServerAction::<KeepCertificate>::new();
    let pending = keep.pending();
    let unsaved = move || saved.read().is_none();
    view! {
        {move || keep.value().get().and_then(Result::err).map(|problem| view! { <ProblemBar problem/> })}
        <ActionForm action=keep>
            <input type="hidden" name="text" value=pem/>
            <input type="hidden" name="app" value=app/>
            <div class="fix__register made__way made__way--last">
                <button type="submit" class="button button--primary" disabled=move || pending.get() || unsaved()>
                    <span>{move || if pending.get() { "Sending the certificate" } else { "Continue with this certificate" }}</span>
                    <Icon glyph=Glyph::ArrowRight/>
                </button>
                <span class="secondary">{move || if unsaved() { "Save the private key first." } else { "Only the certificate is sent." }}</span>
            </div>
        </ActionForm>
    }
}
