//! Programs and scripts that get it right, as far as is known for whom.

use crate::components::icon::Icon;
use crate::components::sample_code::{ProofScriptTabs, Snippets};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::scene::PortalAuthority;
use crate::viewer::Viewer;
use domain::certificate::Certificate;
use domain::doctor::authority::Authority;
use domain::doctor::cloud::Cloud;
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::Findings;
use domain::doctor::snippets::Target;

/// What code and scripts are filled in with.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    for_scripts: Target,
    for_libraries: Target,
    /// In words.
    certificate: String,
}

impl Code {
    /// Where the code signs in: as far as it is known. A cloud that the paste names is the app's; else it is the portal's.
    pub(super) fn of(
        viewer: Option<&Viewer>,
        portal: Option<&PortalAuthority>,
        findings: &Findings,
        evidence: &Evidence,
        certificate: &Certificate,
    ) -> Option<Self> {
        let app = evidence.app_id.or_else(|| findings.app_id())?;
        let any = ["common", "organizations", "consumers"];
        let tenant =
            findings.tenants.iter().map(|found| found.value.clone()).find(|tenant| !any.contains(&tenant.as_str()));
        let tenant =
            tenant.or_else(|| evidence.tenant.clone()).or_else(|| viewer.map(|it| it.tenant_id.to_string()))?;
        let pasted = findings.hosts.iter().find_map(|host| Cloud::of_host(&host.value)).map(Authority::of);
        let (for_scripts, for_libraries) = match (pasted, portal) {
            (None, Some(portal)) => (portal.authority.clone(), portal.for_libraries().clone()),
            (pasted, _) => {
                let authority = pasted.unwrap_or_else(|| Authority::of(Cloud::Global));
                (authority.clone(), authority)
            }
        };
        let facts = certificate.facts();
        let name = facts.common_name.as_ref().unwrap_or(&facts.subject);
        let for_scripts = Target::new(app, &tenant, for_scripts, facts.sha1, facts.sha256).ok()?;
        Some(Self {
            for_libraries: for_scripts.clone().at(for_libraries),
            for_scripts,
            certificate: format!("{name}, {}", facts.sha1.grouped_hex()),
        })
    }
}

#[component]
pub fn CodeView(code: Option<Code>) -> impl IntoView {
    match code {
        Some(Code { for_scripts, for_libraries, certificate }) => view! {
            <section class="card" aria-labelledby="code-title">
                <div class="card__head"><h2 id="code-title">"Code that gets it right"</h2></div>
                <p class="card__text secondary">{format!("Filled in for this app and the certificate {certificate}. Each program checks first that it has loaded that one.")}</p>
                <Snippets libraries=for_libraries scripts=for_scripts.clone()/>
            </section>
            <section class="card" aria-labelledby="kit-title">
                <div class="card__head"><h2 id="kit-title">"Proof kit"</h2></div>
                <p class="card__text secondary">"Run it beside the private key, and paste its output above. It prints neither the key nor a token."</p>
                <ProofScriptTabs target=for_scripts/>
            </section>
        }
        .into_html(),
        None => view! {
            <p class="secondary hint"><Icon glyph=Glyph::Info/><span>"With the certificate, the client id and the tenant known, corrected code for MSAL and a proof kit appear here. Add the certificate above, or paste more."</span></p>
        }
        .into_html(),
    }
}
