//! What this is, which version, and what becomes of keys.

use crate::components::page::Heading;
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;
use crate::viewer::Viewer;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `viewer`: where somebody is signed in.
pub fn page(viewer: Option<Viewer>) -> Page {
    Page::new(Route::About.title(), || view! { <About viewer/> })
}

#[component]
fn About(viewer: Option<Viewer>) -> impl IntoView {
    view! {
        <Heading title="About Thumbprint" lead="The certificate desk for Microsoft Entra app registrations."/>
        <div class="columns">
            <section class="card" aria-labelledby="version-title">
                <div class="card__head"><h2 id="version-title">"This portal"</h2></div>
                <dl class="facts">
                    <dt>"Version"</dt>
                    <dd>{VERSION}</dd>
                    {viewer.map(|viewer| view! {
                        <dt>"Cloud"</dt>
                        <dd>{viewer.cloud}</dd>
                        <dt>"Tenant"</dt>
                        <dd><code class="mono">{viewer.tenant_id.to_string()}</code></dd>
                    })}
                    <dt>"Licence"</dt>
                    <dd>"MIT"</dd>
                    <dt>"Help"</dt>
                    <dd><a href=Route::Runbook.to_string()>"Runbook"</a>", "<a href=Route::Doctor.to_string()>"Doctor"</a></dd>
                </dl>
            </section>
            <section class="card" aria-labelledby="promises-title">
                <div class="card__head"><h2 id="promises-title">"What it does with keys and credentials"</h2></div>
                <ul class="prose">
                    <li>"A private key never leaves your browser. PFX files and PEM keys are opened there, and only the certificate is sent. The server refuses whatever holds a private key."</li>
                    <li>"The portal has no permission of its own. Each write is made with the rights of the person who is signed in, so that Entra decides."</li>
                    <li>"An app is read again right before writing. What others added since the preview is kept, and the receipt says so. Where that cannot be done without loss, nothing is written, and the receipt says why."</li>
                    <li>"What was written is read back until it is there. Each push leaves a receipt, and each of its apps a row in the audit."</li>
                </ul>
            </section>
        </div>
    }
}
