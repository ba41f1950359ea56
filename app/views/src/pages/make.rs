//! Makes a key pair with a certificate or a signing request in this browser. The key is saved by the person, or is gone.

mod save;

use crate::browser;
use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, signed_in, why_no_push};
use crate::query::{Query, href, use_query};
use crate::route::Route;
use crate::signer::{self, Made, Wish};
use leptos::prelude::*;
use leptos::task::spawn_local;
use save::MadeHere;

/// What became of a wish.
#[derive(Clone)]
enum State {
    Nothing,
    Making,
    Refused(String),
    Made(Box<Made>),
}

#[component]
pub fn MakePage() -> impl IntoView {
    let query = use_query();
    let app = Memo::new(move |_| query.read().text("app"));
    let nothing = Resource::new_blocking(move || app.get(), |app| async { Ok(app) });
    signed_in(nothing, |viewer, app| {
        let upload = href(&Route::Upload.to_string(), [("app", app.as_str())]);
        view! {
            <Breadcrumbs trail=vec![("Upload", upload)] here="Make one"/>
            <Heading title="Make a certificate" lead="The key pair is made in this browser, and its private key is never sent. You save it, then go on with the certificate."/>
            {match why_no_push(&viewer) {
                Some(why) => view! { <MessageBar intent=Intent::Warning title="You cannot upload"><p>{why}</p></MessageBar> }.into_any(),
                None => view! { <Maker app/> }.into_any(),
            }}
        }
    })
}

fn wish(fields: &Query) -> Wish {
    Wish {
        common_name: fields.text("name"),
        organization: fields.text("organization"),
        bits: fields.text("bits").parse().unwrap_or(2048),
        days: fields.text("days").parse().unwrap_or(365),
        request_only: fields.text("kind") == "request",
    }
}

#[component]
fn Maker(
    /// Object id of the app that the certificate is for, where one was chosen already.
    app: String,
) -> impl IntoView {
    let state = RwSignal::new(State::Nothing);
    let making = move || matches!(*state.read(), State::Making);
    let request_only = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (fields, _) = browser::submitted(&event);
        let wish = wish(&Query::from(fields));
        state.set(State::Making);
        spawn_local(async move {
            let end = match signer::make(wish).await {
                Ok(made) => State::Made(Box::new(made)),
                Err(why) => State::Refused(why),
            };
            state.try_set(end);
        });
    };
    let kind = move |value: &'static str, title: &'static str, text: &'static str| {
        let request = value == "request";
        view! {
            <label class="option">
                <input type="radio" name="kind" value=value checked=!request autocomplete="off" on:change=move |_| request_only.set(request)/>
                <span class="stacked"><strong>{title}</strong><span class="secondary">{text}</span></span>
            </label>
        }
    };
    view! {
        <div class="without-shell">
            <MessageBar intent=Intent::Warning title="This page needs WebAssembly">
                <p>"The key pair is made in the browser. Without WebAssembly, make one with openssl, as the upload page shows."</p>
            </MessageBar>
        </div>
        <form class="card make" on:submit=submit autocomplete="off">
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
                    <select class="input" id="make-days" name="days" autocomplete="off" aria-describedby="make-days-hint" disabled=move || request_only.get()>
                        <option value="90">"90 days"</option>
                        <option value="180">"180 days"</option>
                        <option value="365" selected=true>"1 year"</option>
                        <option value="730">"2 years"</option>
                    </select>
                    <p class="field__hint" id="make-days-hint">
                        {move || if request_only.get() { "Your certificate authority decides." } else { "A policy of your organization may allow less." }}
                    </p>
                </div>
            </div>
            <div class="actions needs-shell">
                <button type="submit" class="button button--primary" disabled=making>
                    <Icon glyph=Glyph::Key/>
                    <span>{move || if making() { "Making the key pair" } else { "Make it in this browser" }}</span>
                </button>
            </div>
        </form>
        <div class="made" aria-live="polite">
            {move || match state.get() {
                State::Nothing => ().into_any(),
                State::Making => view! { <progress class="progress" aria-label="Making the key pair"></progress> }.into_any(),
                State::Refused(why) => view! { <MessageBar intent=Intent::Error title=why/> }.into_any(),
                State::Made(made) => view! { <MadeHere made=*made app=app.clone()/> }.into_any(),
            }}
        </div>
    }
}
