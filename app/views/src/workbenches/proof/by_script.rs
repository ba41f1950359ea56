//! With a script that a person runs beside the private key, and whose output is pasted back.

use crate::components::message_bar::{Intent, MessageBar};
use crate::components::sample_code::ProofScriptTabs;
use crate::components::verdict_view::BestVerdict;
use crate::data::proofs::ProofSubject;
use crate::prelude::*;
use crate::scene::use_now;
use domain::doctor::authority::Authority;
use domain::doctor::diagnosis::diagnose;
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::Findings;
use domain::doctor::snippets::Target;

/// The script for the app's certificate that lasts longest.
fn target(subject: &ProofSubject) -> Option<Target> {
    let certificate = subject.certificates().into_iter().next()?;
    let tenant = subject.target.tenant_id.to_string();
    // {authority}/{tenant}/oauth2/v2.0/token and {graph}/.default
    let (origin, _) = subject.target.token_endpoint.split_once(&format!("/{tenant}/"))?;
    let graph_root = subject.target.scope.strip_suffix("/.default")?;
    let authority = Authority::new(origin, graph_root).ok()?;
    Target::new(subject.target.app_id, &tenant, authority, certificate.sha1(), certificate.sha256()).ok()
}

/// The script prints the token endpoint's answer with the token left out.
fn issued(output: &str) -> bool {
    output.contains("\"access_token\"") && output.contains("(left out)")
}

#[component]
pub(super) fn ByScript(subject: ProofSubject) -> impl IntoView {
    view! {
        <p class="card__text secondary">"Run this where the private key is. It prints neither the key nor a token."</p>
        {match target(&subject) {
            Some(target) => view! { <ProofScriptTabs target/> }.into_html(),
            None => view! { <MessageBar intent=Intent::Warning title="The app has no certificate for which a script could be written"/> }.into_html(),
        }}
        <div class="field needs-shell">
            <label for="kit-output">"Its output"</label>
            <textarea class="input input--mono" id="kit-output" rows="4" spellcheck="false" autocomplete="off" aria-describedby="kit-hint" data-tool-text="" data-tool-second=""></textarea>
            <p class="field__hint" id="kit-hint">"Read in this browser, and not sent."</p>
        </div>
        <div data-tool-answer="kit" aria-live="polite"></div>
    }
}

/// What the script's output says. `findings`: what was read in it; `evidence`: what the directory knows.
#[component]
pub fn ScriptAnswer(output: String, findings: Findings, evidence: Option<Evidence>) -> impl IntoView {
    if output.trim().is_empty() {
        return ().into_html();
    }
    if issued(&output) {
        return view! { <MessageBar intent=Intent::Success title="Token issued: the certificate works" live=true/> }
            .into_html();
    }
    let evidence = evidence.unwrap_or_else(|| Evidence::at(use_now()));
    let verdict = diagnose(&findings, &evidence).into_iter().next();
    verdict.map(|verdict| view! { <BestVerdict verdict/> }).into_html()
}
