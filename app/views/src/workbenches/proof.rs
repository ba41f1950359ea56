//! Proof that a certificate works: a client assertion for the app, signed where the private key is, and Entra's answer.

mod by_key;
mod by_script;
mod by_vault;
mod outcome;
mod progress;

pub use by_key::{Ask, BelongsToNothing, Candidate, Ready};
pub use by_script::ScriptAnswer;
pub use by_vault::VaultKeyChoice;
pub use outcome::{Outcome, is_on_its_way};
pub use progress::{PAUSE_SECONDS, ProgressView, ProofProgress};

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::page::Heading;
use crate::components::tabs::Tabs;
use crate::components::thumbprint::{Ident, ThumbprintText};
use crate::components::workbench::{Bench, Workbench};
use crate::data::proofs::{ProofSubject, ProofTarget};
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;
use crate::tool::Tool;
use by_key::ByKey;
use by_script::ByScript;
use by_vault::ByVault;
use domain::client_assertion::AssertionAnswer;

/// What the worker puts in: [`Ready`] and the like into `key`, [`Ask`] into `ask`, [`ProgressView`] and then the server's
/// [`Outcome`] into `proof`. The doctor's, which comes when it is needed, puts [`ScriptAnswer`] into `kit`.
pub fn page(subject: ProofSubject) -> Page {
    prove(subject, VaultKeyChoice::default(), None)
}

/// What came of [`Form::ProveWithVault`](crate::route::Form::ProveWithVault): the same page, with what was asked for.
pub fn answer(subject: ProofSubject, asked: VaultKeyChoice, proof: AssertionAnswer) -> Page {
    prove(subject, asked, Some(proof))
}

/// A refusal is judged by the doctor.
fn prove(subject: ProofSubject, asked: VaultKeyChoice, proof: Option<AssertionAnswer>) -> Page {
    Page::new(format!("Prove {}", subject.name), || view! { <Prove subject asked proof/> }).tool(Tool::Proof)
}

#[component]
fn Prove(subject: ProofSubject, asked: VaultKeyChoice, proof: Option<AssertionAnswer>) -> impl IntoView {
    let ProofSubject { object_id, name, target, .. } = subject.clone();
    let tabs = vec![
        ("Private key", view! { <ByKey/> }.into_html()),
        ("Key Vault", view! { <ByVault app=target.app_id asked/> }.into_html()),
        ("Copy and paste", view! { <ByScript subject=subject.clone()/> }.into_html()),
    ];
    let outcome = proof.map(|proof| {
        let subject = subject.clone();
        view! { <Outcome subject proof attempts=1/> }
    });
    // It is made of strings and numbers alone, which JSON has.
    let given = serde_json::to_string(&subject).unwrap_or_default();
    let current = usize::from(outcome.is_some());
    view! {
        <Breadcrumbs trail=vec![("Apps".to_owned(), Route::Apps.to_string()), (name.clone(), Route::App(object_id).to_string())] here="Proof"/>
        <Heading title=format!("Prove it: sign in as {name}") lead="An assertion is signed where the private key is, and only the assertion is sent on. The token that comes back is shown in words and not kept."/>
        <Workbench tool=Tool::Proof bench=Bench::Proof(given) class="columns columns--side">
            <div class="columns__main">
                <section class="card" aria-label="Ways to sign">
                    <Tabs id="way" label="Where the private key is" tabs current/>
                </section>
                <div class="proof" id="outcome" aria-live="polite" data-tool-answer="proof">{outcome}</div>
            </div>
            <aside class="columns__side"><Target target/></aside>
        </Workbench>
    }
}

#[component]
fn Target(target: ProofTarget) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="target-title">
            <div class="card__head"><h2 id="target-title">"Where it goes"</h2></div>
            <dl class="facts facts--stacked">
                <dt>"Client id"</dt>
                <dd><Ident value=target.app_id.to_string() what="the client id"/></dd>
                <dt>"Token endpoint"</dt>
                <dd class="mono mono--break">{target.token_endpoint}</dd>
                <dt>"Scope"</dt>
                <dd class="mono mono--break">{target.scope}</dd>
                <dt>"Registered and in force"</dt>
                <dd>
                    {if target.registered.is_empty() {
                        view! { <span class="secondary">"No certificate"</span> }.into_html()
                    } else {
                        target.registered.into_iter().map(|thumbprint| view! { <ThumbprintText thumbprint/> }).collect_view().into_html()
                    }}
                </dd>
            </dl>
        </section>
    }
}
