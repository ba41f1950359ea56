//! Proof that a certificate works: a client assertion for the app, signed where the private key is, and Entra's answer.

mod by_key;
mod by_kit;
mod by_vault;
mod progress;

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::page::{Heading, no_such_page, signed_in, use_param};
use crate::components::tabs::Tabs;
use crate::components::thumbprint::{Ident, ThumbprintText};
use crate::data::apps::AppDetail;
use crate::data::proofs::ProofTarget;
use crate::data::search::EvidenceView;
use crate::data::{apps, proofs, search};
use crate::route::Route;
use by_key::ByKey;
use by_kit::ByKit;
use by_vault::ByVault;
use domain::certificate::Certificate;
use domain::doctor::evidence::Evidence;
use domain::ids::ObjectId;
use domain::key_credential::KeyCredential;
use leptos::prelude::*;
use progress::{Outcome, Progress};
use serde::{Deserialize, Serialize};

/// All that the page needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub object_id: ObjectId,
    pub name: String,
    pub target: ProofTarget,
    /// What the doctor needs to judge a refusal; a courtesy.
    pub evidence: Option<EvidenceView>,
}

impl Subject {
    /// Certificates of the app that Graph returned whole, those in force first, the one that lasts longest in front.
    pub fn certificates(&self) -> Vec<Certificate> {
        let credentials = self.evidence.as_ref().and_then(|view| view.evidence.app_credentials.as_ref());
        let mut all: Vec<_> = credentials
            .into_iter()
            .flatten()
            .filter(|entry| entry.is_for_sign_in())
            .filter_map(KeyCredential::certificate)
            .cloned()
            .collect();
        all.sort_by_key(|it| (!self.is_registered(it), std::cmp::Reverse(it.facts().not_after)));
        all
    }

    /// On the app, and in force.
    pub fn is_registered(&self, certificate: &Certificate) -> bool {
        self.target.registered.contains(&certificate.sha1())
    }

    pub fn known(&self) -> Option<&Evidence> {
        self.evidence.as_ref().map(|view| &view.evidence)
    }
}

#[component]
pub fn ProofPage() -> impl IntoView {
    let id = use_param::<ObjectId>("id");
    let subject = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            let Some(id) = id else { return Err(no_such_page()) };
            let AppDetail { object_id, app_id, display_name, .. } = apps::app(id.to_string()).await?;
            let target = proofs::proof_target(app_id.to_string()).await?;
            let evidence = search::doctor_evidence(app_id.to_string(), String::new(), String::new()).await.ok();
            Ok(Subject { object_id, name: display_name, target, evidence })
        },
    );
    signed_in(subject, |_, subject| view! { <Prove subject/> })
}

#[component]
fn Prove(subject: Subject) -> impl IntoView {
    let progress = RwSignal::new(Progress::Idle);
    let Subject { object_id, name, target, .. } = subject.clone();
    let tabs = vec![
        ("Private key", view! { <ByKey subject=subject.clone() progress/> }.into_any()),
        ("Key Vault", view! { <ByVault subject=subject.clone() progress/> }.into_any()),
        ("Copy and paste", view! { <ByKit subject=subject.clone()/> }.into_any()),
    ];
    view! {
        <Breadcrumbs trail=vec![("Apps".to_owned(), Route::Apps.to_string()), (name.clone(), Route::App(object_id).to_string())] here="Proof"/>
        <Heading title=format!("Prove it: sign in as {name}") lead="An assertion is signed where the private key is, and only the assertion is sent on. The token that comes back is shown in words and not kept."/>
        <div class="columns columns--side">
            <div class="columns__main">
                <section class="card" aria-label="Ways to sign">
                    <Tabs id="way" label="Where the private key is" tabs/>
                </section>
                <Outcome subject progress/>
            </div>
            <aside class="columns__side">
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
                                view! { <span class="secondary">"No certificate"</span> }.into_any()
                            } else {
                                target.registered.into_iter().map(|thumbprint| view! { <ThumbprintText thumbprint/> }).collect_view().into_any()
                            }}
                        </dd>
                    </dl>
                </section>
            </aside>
        </div>
    }
}
