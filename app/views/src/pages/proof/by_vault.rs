//! With Key Vault: the key stays there and signs there, with the person's own rights.

use super::Subject;
use super::progress::{Progress, ask};
use crate::browser;
use crate::components::icon::{Glyph, Icon};
use crate::data::proofs;
use crate::query::Query;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn ByVault(subject: Subject, progress: RwSignal<Progress>) -> impl IntoView {
    let app = subject.target.app_id.to_string();
    let fresh = subject.target.fresh;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (fields, _) = browser::submitted(&event);
        let fields = Query::from(fields);
        let (vault, name, version) = (fields.text("vault"), fields.text("name"), fields.text("version"));
        let app = app.clone();
        spawn_local(ask(progress, fresh, move || {
            proofs::prove_with_vault(app.clone(), vault.clone(), name.clone(), version.clone())
        }));
    };
    view! {
        <p class="card__text secondary">"Key Vault signs the assertion, also with a key that cannot be exported. You need the right to use it: Key Vault Crypto User on the vault, which is a role for signing and registers nothing."</p>
        <form class="vault" on:submit=submit autocomplete="off">
            <div class="field">
                <label for="vault-name">"Vault"</label>
                <input class="input" id="vault-name" name="vault" required spellcheck="false" placeholder="contoso-certs"/>
            </div>
            <div class="field">
                <label for="vault-certificate">"Certificate"</label>
                <input class="input" id="vault-certificate" name="name" required spellcheck="false" placeholder="payroll"/>
            </div>
            <div class="field">
                <label for="vault-version">"Version"</label>
                <input class="input input--mono" id="vault-version" name="version" spellcheck="false" placeholder="The current one"/>
            </div>
            <div class="actions needs-shell">
                <button type="submit" class="button button--primary" disabled=move || progress.read().busy()>
                    <span>{move || if progress.read().busy() { "Asking" } else { "Sign there and get a token" }}</span>
                    <Icon glyph=Glyph::ArrowRight/>
                </button>
            </div>
        </form>
    }
}
