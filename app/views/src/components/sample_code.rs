//! Programs and scripts filled in for one app and one certificate.

use super::code_block::CodeBlock;
use super::tabs::Tabs;
use crate::prelude::*;
use domain::doctor::proof_script::ProofScript;
use domain::doctor::snippets::{Language, Target, snippet};

/// Code that signs in with the certificate, for each library; with curl as `scripts` says.
#[component]
pub fn Snippets(libraries: Target, scripts: Target) -> impl IntoView {
    let tabs = Language::ALL
        .into_iter()
        .map(|language| {
            let label = format!("the code for {}", language.name());
            let target = if language == Language::Bash { &scripts } else { &libraries };
            (language.name(), view! { <CodeBlock text=snippet(language, target) label/> }.into_html())
        })
        .collect();
    view! { <Tabs id="snippets" label="Library" tabs/> }
}

/// The script that a person runs beside the private key.
#[component]
pub fn ProofScriptTabs(target: Target) -> impl IntoView {
    let script = ProofScript::new(&target);
    let tabs = vec![
        ("bash, openssl, curl", view! { <CodeBlock text=script.bash label="the proof kit for bash"/> }.into_html()),
        ("PowerShell", view! { <CodeBlock text=script.powershell label="the proof kit for PowerShell"/> }.into_html()),
    ];
    view! { <Tabs id="kit" label="Shell" tabs/> }
}
