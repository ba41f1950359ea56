//! Takes a certificate: dropped, pasted, or chosen. With WebAssembly it is read here at once and only the leaf
//! certificate is sent on; without, the form sends the file to the server, which refuses private keys.

use super::certificate_facts::{AssessmentBars, FactsList};
use super::dialog::PasswordDialog;
use super::drop_target::DropTarget;
use super::icon::{Glyph, Icon};
use super::message_bar::{Intent, MessageBar};
use super::problem_view::{ProblemBar, form_problem};
use crate::browser::{self, Picked};
use crate::contract::certificates::{KeepCertificate, UploadCertificate};
use crate::now::use_now;
use domain::suitability;
use domain::upload::{self, ReadError, Upload};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the browser knows about the file in hand.
#[derive(Clone)]
pub enum Reading {
    Nothing,
    Refused {
        name: String,
        error: ReadError,
    },
    /// A PFX that waits for its password.
    Locked {
        file: Picked,
        wrong_password: bool,
        opening: bool,
    },
    Ready {
        name: String,
        upload: Box<Upload>,
    },
}

/// Reads by content. A PFX waits for its password.
pub fn judge(file: Picked) -> Reading {
    match upload::read(&file.bytes) {
        Ok(upload) => Reading::Ready { name: file.name, upload: Box::new(upload) },
        Err(ReadError::Pkcs12) => Reading::Locked { file, wrong_password: false, opening: false },
        Err(error) => Reading::Refused { name: file.name, error },
    }
}

#[cfg(feature = "hydrate")]
pub fn open(file: Picked, password: &str) -> Reading {
    match upload::read_pkcs12(&file.bytes, password) {
        Ok(upload) => Reading::Ready { name: file.name, upload: Box::new(upload) },
        Err(ReadError::WrongPassword) => Reading::Locked { file, wrong_password: true, opening: false },
        Err(error) => Reading::Refused { name: file.name, error },
    }
}

/// The server cannot open a PFX: it is built without the code.
#[cfg(not(feature = "hydrate"))]
pub fn open(file: Picked, _: &str) -> Reading {
    Reading::Refused { name: file.name, error: ReadError::Pkcs12 }
}

const CERTIFICATES: &str = ".cer,.crt,.pem,.der,.p7b,.p7c,.spc,.txt,.json,.yaml,.yml,.xml,application/pkix-cert,application/x-x509-ca-cert,application/x-pem-file,application/x-pkcs7-certificates";
const CERTIFICATES_AND_PFX: &str = ".cer,.crt,.pem,.der,.p7b,.p7c,.spc,.pfx,.p12,.txt,.json,.yaml,.yml,.xml,application/pkix-cert,application/x-x509-ca-cert,application/x-pem-file,application/x-pkcs7-certificates,application/x-pkcs12";

#[component]
pub fn DropZone(
    /// Object id of the app that the certificate is for, where one was chosen already.
    #[prop(optional, into)]
    app: String,
) -> impl IntoView {
    let reading = RwSignal::new(Reading::Nothing);
    let interactive = RwSignal::new(false);
    let take = move |file: Picked| reading.set(judge(file));
    let keep = ServerAction::<KeepCertificate>::new();
    let sent_plainly = form_problem::<UploadCertificate>();

    Effect::new(move |_| {
        interactive.set(true);
        browser::on_paste_anywhere(move |event| browser::read_pasted(event, take));
    });

    let read_text = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (fields, _) = browser::submitted(&event);
        let text = fields.into_iter().find(|(name, _)| name == "text").map(|(_, text)| text).unwrap_or_default();
        take(Picked { name: "Pasted text".into(), bytes: text.into_bytes() });
    };
    let for_plain_form = app.clone();
    let unlock = Callback::new(move |password: String| {
        let Reading::Locked { file, .. } = reading.get_untracked() else { return };
        reading.set(Reading::Locked { file: file.clone(), wrong_password: false, opening: true });
        // The key derivation takes a moment: let the browser draw "Opening" first.
        set_timeout(move || reading.set(open(file, &password)), std::time::Duration::from_millis(30));
    });

    view! {
        <div class="upload">
            {sent_plainly.map(|problem| view! { <ProblemBar problem/> })}
            <DropTarget class="drop" on_file=take>
                <form class="drop__form" method="post" action=UploadCertificate::url() enctype="multipart/form-data" on:submit=read_text>
                    <input type="hidden" name="app" value=for_plain_form/>
                    <span class="drop__icon"><Icon glyph=Glyph::Certificate/></span>
                    <p class="drop__title needs-wasm">"Drop a certificate here, or paste it"</p>
                    <p class="drop__hint">
                        "PEM, DER, base64 or PKCS#7"
                        <span class="needs-wasm">", or a PFX, which is opened in this browser"</span>
                        ". At most 1 MiB."
                    </p>
                    <div class="drop__choose">
                        <label class="file">
                            <input
                                type="file"
                                name="file"
                                accept=move || if interactive.get() { CERTIFICATES_AND_PFX } else { CERTIFICATES }
                                on:change=move |event| browser::read_chosen(&event, take)
                            />
                            <span class="button button--primary"><Icon glyph=Glyph::Upload/><span>"Choose a file"</span></span>
                        </label>
                    </div>
                    <details class="drop__text">
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
                        ></textarea>
                        <div><button type="submit" class="button needs-wasm">"Read the text"</button></div>
                    </details>
                    <div class="drop__plain">
                        <p>
                            "Without WebAssembly the file goes to the server to be read. Choose a certificate only, never a PFX or a private key: the server refuses and discards those."
                        </p>
                        <button type="submit" class="button button--primary">"Upload the certificate"</button>
                    </div>
                </form>
            </DropTarget>
            <div aria-live="polite">
                {move || match reading.get() {
                    Reading::Nothing | Reading::Locked { .. } => ().into_any(),
                    Reading::Refused { name, error } => view! { <Refused name error/> }.into_any(),
                    Reading::Ready { name, upload } => view! { <Ready name upload=*upload app=app.clone() keep/> }.into_any(),
                }}
            </div>
            <PasswordDialog reading on_password=unlock/>
        </div>
    }
}

#[component]
fn Refused(name: String, error: ReadError) -> impl IntoView {
    let kept =
        matches!(error, ReadError::PrivateKeyOnly | ReadError::PrivateKeyInUpload | ReadError::JavaKeystore { .. });
    view! {
        <MessageBar intent=Intent::Error title=error.to_string() live=true>
            <p>{error.advice()}</p>
            {kept.then(|| view! { <p>"Nothing was sent: the private key stayed in this browser."</p> })}
            <p class="secondary">{name}</p>
        </MessageBar>
    }
}

#[component]
fn Ready(name: String, upload: Upload, app: String, keep: ServerAction<KeepCertificate>) -> impl IntoView {
    let now = use_now().get_untracked();
    let facts = upload.leaf.facts().clone();
    let assessment = suitability::assess(&facts, now);
    let validity = suitability::validity(Some(facts.not_before), Some(facts.not_after), now);
    let usable = assessment.usable();
    let title = facts.short_name();
    let pending = keep.pending();
    view! {
        <section class="card read" aria-labelledby="read-title">
            <div class="card__head">
                <h2 id="read-title">{title}</h2>
                <p class="secondary">{format!("{name} · {}", upload.container)}</p>
            </div>
            {upload.private_key_left_out.then(|| view! {
                <MessageBar intent=Intent::Success title="The private key stayed in this browser">
                    <p>"The file holds a private key as well. It was left out: only the certificate is sent on."</p>
                </MessageBar>
            })}
            {[upload.choice(), upload.unwrapped(), upload.passed_over()]
                .into_iter()
                .flatten()
                .map(|title| view! { <MessageBar intent=Intent::Info title/> })
                .collect_view()}
            <AssessmentBars assessment/>
            <FactsList facts validity/>
            {move || keep.value().get().and_then(Result::err).map(|problem| view! { <ProblemBar problem/> })}
            {if usable {
                view! {
                    <ActionForm action=keep>
                        <input type="hidden" name="text" value=upload.leaf.pem()/>
                        <input type="hidden" name="app" value=app/>
                        <div class="actions">
                            <button type="submit" class="button button--primary" disabled=move || pending.get()>
                                <span>{move || if pending.get() { "Sending the certificate" } else { "Continue with this certificate" }}</span>
                                <Icon glyph=Glyph::ArrowRight/>
                            </button>
                        </div>
                    </ActionForm>
                }
                .into_any()
            } else {
                view! { <p class="secondary">"It cannot be used for client authentication. Choose another file above."</p> }.into_any()
            }}
        </section>
    }
}
