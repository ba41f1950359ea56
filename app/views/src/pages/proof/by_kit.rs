//! With a script that a person runs beside the private key, and whose output is pasted back.

use super::Subject;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::sample_code::Kit;
use crate::components::verdict_view::BestVerdict;
use crate::scene::use_now;
use domain::doctor::authority::Authority;
use domain::doctor::diagnosis::diagnose;
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::recognise;
use domain::doctor::snippets::Target;
use leptos::prelude::*;

/// The script for the app's certificate that lasts longest.
fn target(subject: &Subject) -> Option<Target> {
    let certificate = subject.certificates().into_iter().next()?;
    let tenant = subject.target.tenant_id.to_string();
    // {authority}/{tenant}/oauth2/v2.0/token and {graph}/.default
    let (origin, _) = subject.target.token_endpoint.split_once(&format!("/{tenant}/"))?;
    let graph_root = subject.target.scope.strip_suffix("/.default")?;
    let authority = Authority::new(origin, graph_root).ok()?;
    Target::new(subject.target.app_id, &tenant, authority, certificate.sha1(), certificate.sha256()).ok()
}

/// The kit prints the token endpoint's answer with the token left out.
fn issued(output: &str) -> bool {
    output.contains("\"access_token\"") && output.contains("(left out)")
}

#[component]
pub fn ByKit(subject: Subject) -> impl IntoView {
    let now = use_now();
    let output = RwSignal::new(String::new());
    let evidence = subject.known().cloned();
    let kit = match target(&subject) {
        Some(target) => view! { <Kit target/> }.into_any(),
        None => view! { <MessageBar intent=Intent::Warning title="The app has no certificate for which a script could be written"/> }.into_any(),
    };
    view! {
        <p class="card__text secondary">"Run this where the private key is. It prints neither the key nor a token."</p>
        {kit}
        <div class="field needs-shell">
            <label for="kit-output">"Its output"</label>
            <textarea class="input input--mono" id="kit-output" rows="4" spellcheck="false" autocomplete="off" aria-describedby="kit-hint" on:input=move |event| output.set(event_target_value(&event))></textarea>
            <p class="field__hint" id="kit-hint">"Read in this browser, and not sent."</p>
        </div>
        {move || {
            let text = output.get();
            if text.trim().is_empty() {
                return ().into_any();
            }
            if issued(&text) {
                return view! { <MessageBar intent=Intent::Success title="Token issued: the certificate works" live=true/> }.into_any();
            }
            let evidence = evidence.clone().unwrap_or_else(|| Evidence::at(now));
            let verdict = diagnose(&recognise(&text), &evidence).into_iter().next();
            verdict.map(|verdict| view! { <BestVerdict verdict/> }).into_any()
        }}
    }
}
