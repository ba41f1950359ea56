//! Where a paste or a certificate goes in.

use super::held;
use crate::browser::{self, Picked};
use crate::components::dialog::PasswordDialog;
use crate::components::drop_target::DropTarget;
use crate::components::drop_zone::{Reading, judge, open};
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use domain::certificate::Certificate;
use domain::doctor::paste::MAX_PASTE_BYTES;
use leptos::html::Textarea;
use leptos::prelude::*;
use std::time::Duration;

const EXAMPLE: &str = "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '…'] …";

/// `dropped`: the certificate that the client should use, where one was dropped.
#[component]
pub fn Input(text: RwSignal<String>, dropped: RwSignal<Option<Certificate>>) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let reading = RwSignal::new(Reading::Nothing);
    let settle = move |read: Reading| match read {
        Reading::Ready { upload, .. } => {
            dropped.set(Some(upload.leaf));
            reading.set(Reading::Nothing);
        }
        other => reading.set(other),
    };
    // Not every dropped file is a certificate: a log or a manifest is read as if it were pasted.
    let take = move |file: Picked| match judge(file.clone()) {
        read @ Reading::Refused { .. } if file.bytes.len() <= MAX_PASTE_BYTES => {
            // In whatever charset a shell has written it.
            let content = domain::peel::text(&file.bytes).map(|read| read.text);
            match content.filter(|content| !content.contains("PRIVATE KEY")) {
                Some(content) => {
                    if let Some(field) = field.get_untracked() {
                        field.set_value(&content);
                    }
                    text.set(content);
                }
                None => settle(read),
            }
        }
        read => settle(read),
    };
    let unlock = Callback::new(move |password: String| {
        let Reading::Locked { file, .. } = reading.get_untracked() else { return };
        reading.set(Reading::Locked { file: file.clone(), wrong_password: false, opening: true });
        set_timeout(move || settle(open(file, &password)), Duration::from_millis(30));
    });
    // What was pasted before the page was hydrated counts too; else what was there before a sign-in.
    Effect::new(move |_| {
        let Some(field) = field.get() else { return };
        let before = held::take();
        let value = field.value();
        if !value.is_empty() {
            if text.read_untracked().is_empty() {
                text.set(value);
            }
        } else if let Some((held, certificate)) = before {
            field.set_value(&held);
            text.set(held);
            dropped.set(certificate);
        }
    });
    let clear = move |_| {
        if let Some(field) = field.get_untracked() {
            field.set_value("");
            let _ = field.focus();
        }
        text.set(String::new());
        dropped.set(None);
        reading.set(Reading::Nothing);
    };
    view! {
        <DropTarget class="card paste" label="Paste or drop" on_file=take>
            <label class="paste__label" for="paste">"Paste the error, a log line, a token, a curl command, or keyCredentials JSON"</label>
            <textarea
                id="paste"
                class="input input--mono paste__text"
                rows="7"
                spellcheck="false"
                autocomplete="off"
                aria-describedby="paste-hint"
                placeholder=EXAMPLE
                node_ref=field
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            <div class="paste__below">
                <p class="secondary paste__hint" id="paste-hint"><Icon glyph=Glyph::Shield/><span>"Read in this browser; the text is never sent. Secrets and signatures in it are masked before anything is read."</span></p>
                <div class="actions needs-shell">
                    <label class="file">
                        <input type="file" on:change=move |event| browser::read_chosen(&event, take)/>
                        <span class="button button--small"><Icon glyph=Glyph::Certificate/><span>"Add the certificate"</span></span>
                    </label>
                    <button type="button" class="button button--small" on:click=clear>"Clear"</button>
                </div>
            </div>
            {move || dropped.get().map(|certificate| {
                let facts = certificate.facts();
                let name = facts.short_name();
                view! {
                    <p class="paste__certificate">
                        <Icon glyph=Glyph::Certificate/>
                        <span><strong>{name}</strong>" "<code class="mono mono--grouped secondary">{facts.sha1.grouped_hex()}</code></span>
                        <button type="button" class="button button--icon" aria-label="Leave the certificate out" title="Leave the certificate out" on:click=move |_| dropped.set(None)><Icon glyph=Glyph::Close/></button>
                    </p>
                }
            })}
            {move || match reading.get() {
                Reading::Refused { error, .. } => view! {
                    <MessageBar intent=Intent::Error title=error.to_string() live=true><p>{error.advice()}</p><p>"Nothing was sent."</p></MessageBar>
                }
                .into_any(),
                _ => ().into_any(),
            }}
        </DropTarget>
        <div class="without-shell">
            <MessageBar intent=Intent::Warning title="This page needs WebAssembly">
                <p>"What you paste may hold secrets, so it is read in the browser and never sent to the server. Without WebAssembly nothing can read it here: use a browser that has it."</p>
            </MessageBar>
        </div>
        <PasswordDialog reading on_password=unlock/>
    }
}
