//! Takes certificates: dropped, pasted, or chosen. The browser's worker reads them, and only leaf certificates are sent on;
//! without the worker the form sends the file to the server, which refuses private keys.

use super::icon::Icon;
use super::notices::RefusalSlot;
use super::workbench::{Bench, Workbench};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Form;
use crate::scene::use_sent;
use crate::tool::Tool;

const CERTIFICATES: &str = ".cer,.crt,.pem,.der,.p7b,.p7c,.spc,.txt,.json,.yaml,.yml,.xml,application/pkix-cert,application/x-x509-ca-cert,application/x-pem-file,application/x-pkcs7-certificates";
const CERTIFICATES_AND_PFX: &str = ".cer,.crt,.pem,.der,.p7b,.p7c,.spc,.pfx,.p12,.txt,.json,.yaml,.yml,.xml,application/pkix-cert,application/x-x509-ca-cert,application/x-pem-file,application/x-pkcs7-certificates,application/x-pkcs12";

/// A file that is chosen where the worker reads it has no name, and is never part of what the form sends: a PFX cannot be
/// posted. The named field is there only for browsers without scripts.
#[component]
pub fn DropZone(
    /// Object id of the app that the certificates are for, where one was chosen already.
    #[prop(optional, into)]
    app: String,
) -> impl IntoView {
    let text = use_sent(Form::UploadCertificate, "text", |_| true).unwrap_or_default();
    let typed = !text.is_empty();
    // Leptos writes what a text field holds as it is.
    let text = html_escape::encode_text(&text).into_owned();
    view! {
        <Workbench tool=Tool::Certificates bench=Bench::Upload { app: app.clone() } class="upload">
            <div class="drop" data-drop="">
                <form class="drop__form" method="post" action=Form::UploadCertificate.path() enctype="multipart/form-data" data-tool-form="read">
                    <input type="hidden" name="app" value=app/>
                    <span class="drop__icon"><Icon glyph=Glyph::Certificate/></span>
                    <p class="drop__title needs-shell">"Drop certificates here, or paste one"</p>
                    <p class="drop__hint">
                        "PEM, DER, base64 or PKCS#7"
                        <span class="needs-shell">", or a PFX, which is opened in this browser"</span>
                        ". At most 1 MiB each."
                    </p>
                    <div class="drop__choose needs-shell">
                        <label class="file">
                            <input type="file" multiple accept=CERTIFICATES_AND_PFX data-tool-file=""/>
                            <span class="button button--primary"><Icon glyph=Glyph::Upload/><span>"Choose files"</span></span>
                        </label>
                    </div>
                    <noscript>
                        <label class="file">
                            <span>"Certificates only, never a PFX or a private key: without scripts the file goes to the server to be read, which refuses and discards those."</span>
                            <input type="file" name="file" accept=CERTIFICATES/>
                        </label>
                    </noscript>
                    <details class="drop__text" open=typed>
                        <summary>"Paste it as text"</summary>
                        <label for="certificate-text">"Certificate as PEM or base64"</label>
                        <textarea
                            id="certificate-text"
                            name="text"
                            class="input input--mono"
                            rows="6"
                            spellcheck="false"
                            autocomplete="off"
                            placeholder="-----BEGIN CERTIFICATE-----"
                        >{text}</textarea>
                        <div class="needs-shell"><button type="submit" class="button">"Read the text"</button></div>
                    </details>
                    <noscript>
                        <div class="actions"><button type="submit" class="button button--primary">"Upload the certificate"</button></div>
                    </noscript>
                    <RefusalSlot form=Form::UploadCertificate/>
                </form>
            </div>
            <div data-tool-answer="read" aria-live="polite"></div>
            // Of forms that the worker has rendered, where they were sent without the shell.
            <RefusalSlot form=Form::KeepCertificate/>
            <RefusalSlot form=Form::KeepCertificates/>
        </Workbench>
    }
}
