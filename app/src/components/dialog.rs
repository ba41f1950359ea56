//! Native dialogs.

use super::drop_zone::Reading;
use crate::browser;
use leptos::html::{Dialog, Input};
use leptos::prelude::*;

/// Asks for the password of a PFX. It is used in this browser and forgotten.
#[component]
pub fn PasswordDialog(reading: RwSignal<Reading>, on_password: Callback<String>) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let field = NodeRef::<Input>::new();
    let state = move || match reading.get() {
        Reading::Locked { file, wrong_password, opening } => Some((file.name, wrong_password, opening)),
        _ => None,
    };
    Effect::new(move |_| match state() {
        Some(_) => browser::open_dialog(dialog),
        None => browser::close_dialog(dialog),
    });
    let opening = move || state().is_some_and(|(_, _, opening)| opening);
    let wrong = move || state().is_some_and(|(_, wrong, _)| wrong);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get() {
            let password = field.value();
            field.set_value("");
            on_password.run(password);
        }
    };
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            aria-labelledby="pfx-title"
            on:close=move |_| {
                if matches!(reading.get_untracked(), Reading::Locked { .. }) {
                    reading.set(Reading::Nothing);
                }
            }
        >
            <form on:submit=submit autocomplete="off">
                <h2 id="pfx-title">"This file is locked with a password"</h2>
                <p>{move || state().map(|(name, ..)| name)}</p>
                <p class="secondary">"It is opened in this browser. Neither the file, nor its private key, nor the password is sent anywhere."</p>
                <div class="field">
                    <label for="pfx-password">"Password"</label>
                    <input
                        class="input"
                        id="pfx-password"
                        type="password"
                        node_ref=field
                        autocomplete="off"
                        aria-describedby="pfx-error"
                        aria-invalid=move || wrong().then_some("true")
                        disabled=opening
                    />
                    <p class="field__error" id="pfx-error" role="alert">{move || wrong().then_some("That password does not open the file. Try again.")}</p>
                </div>
                <div class="dialog__actions">
                    <button type="button" class="button" on:click=move |_| reading.set(Reading::Nothing)>"Cancel"</button>
                    <button type="submit" class="button button--primary" disabled=opening>{move || if opening() { "Opening" } else { "Open" }}</button>
                </div>
            </form>
        </dialog>
    }
}
