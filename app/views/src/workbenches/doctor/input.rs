//! Where a paste or a certificate goes in.

use crate::components::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;
use domain::certificate::Certificate;

const EXAMPLE: &str = "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '…'] …";

#[component]
pub(super) fn Input() -> impl IntoView {
    view! {
        <div class="card paste" role="region" aria-label="Paste or drop" data-drop="">
            <label class="paste__label" for="paste">"Paste the error, a log line, a token, a curl command, or keyCredentials JSON"</label>
            <textarea
                id="paste"
                class="input input--mono paste__text"
                rows="7"
                spellcheck="false"
                autocomplete="off"
                aria-describedby="paste-hint"
                placeholder=EXAMPLE
                data-tool-text=""
            ></textarea>
            <div class="paste__below">
                <p class="secondary paste__hint" id="paste-hint"><Icon glyph=Glyph::Shield/><span>"Read in this browser; the text is never sent. Secrets and signatures in it are masked before anything is read."</span></p>
                <div class="actions needs-shell">
                    <label class="file" data-tool-second="">
                        <input type="file" data-tool-file=""/>
                        <span class="button button--small"><Icon glyph=Glyph::Certificate/><span>"Add the certificate"</span></span>
                    </label>
                    <button type="button" class="button button--small" data-tool-do="clear">"Clear"</button>
                </div>
            </div>
            <div data-tool-answer="dropped"></div>
            <div data-tool-answer="read"></div>
        </div>
    }
}

/// The certificate that the client should use.
#[component]
pub fn Dropped(certificate: Certificate) -> impl IntoView {
    let facts = certificate.facts();
    let name = facts.short_name();
    view! {
        <p class="paste__certificate">
            <Icon glyph=Glyph::Certificate/>
            <span><strong>{name}</strong>" "<code class="mono mono--grouped secondary">{facts.sha1.grouped_hex()}</code></span>
            <button type="button" class="button button--icon" data-tool-do="leave-out" aria-label="Leave the certificate out" title="Leave the certificate out"><Icon glyph=Glyph::Close/></button>
        </p>
    }
}
