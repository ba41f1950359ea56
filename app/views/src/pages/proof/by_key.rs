//! With the private key in this browser. Checks first what Entra would refuse, then signs, and sends the assertion alone.

use super::Subject;
use super::progress::{Progress, ask};
use crate::browser::{self, Picked};
use crate::components::dialog::PasswordDialog;
use crate::components::drop_target::DropTarget;
use crate::components::drop_zone::Reading;
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::ProblemBar;
use crate::components::thumbprint::ThumbprintText;
use crate::data::plans::Register;
use crate::data::problem::Problem;
use crate::data::proofs;
use crate::data::proofs::{Proof, ProofTarget};
use crate::signer::{self, KeyInHand, Taken};
use domain::certificate::Certificate;
use domain::client_assertion::{Algorithm, Assertion};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;

const LIFETIME: time::Duration = time::Duration::minutes(5);

/// Certificates of the key, registered ones first.
fn matching(key: &KeyInHand, subject: &Subject) -> Vec<Certificate> {
    let mut found: Vec<Certificate> = Vec::new();
    let registered = subject.certificates();
    for certificate in registered.iter().chain(&key.certificates) {
        if key.belongs_to(certificate) && found.iter().all(|it| it.sha256() != certificate.sha256()) {
            found.push(certificate.clone());
        }
    }
    found.sort_by_key(|it| !subject.is_registered(it));
    found
}

async fn sign_and_send(
    key: KeyInHand,
    certificate: Certificate,
    algorithm: Algorithm,
    target: ProofTarget,
) -> Result<Proof, Problem> {
    let cannot = || {
        Problem::new(400, "cannot-sign", "This browser could not sign", "WebCrypto is not there, or refused the key.")
            .advice("Open the portal over HTTPS in a current browser, or use the copy-and-paste way.")
    };
    let jti = uuid::Builder::from_random_bytes(browser::random().ok_or_else(cannot)?).into_uuid();
    let assertion =
        Assertion::new(&certificate, algorithm, target.app_id, &target.token_endpoint, jti, browser::now(), LIFETIME);
    let signature = key.sign(algorithm, assertion.signing_input().as_bytes()).await.ok_or_else(cannot)?;
    proofs::prove(target.app_id.to_string(), assertion.with_signature(&signature)).await
}

#[component]
pub fn ByKey(subject: Subject, progress: RwSignal<Progress>) -> impl IntoView {
    let held = RwSignal::new(None::<KeyInHand>);
    let refused = RwSignal::new(None::<(String, String)>);
    let reading = RwSignal::new(Reading::Nothing);
    let settle = move |taken: Taken| {
        refused.set(None);
        let state = match taken {
            Taken::Ready(key) => {
                held.set(Some(key));
                progress.set(Progress::Idle);
                Reading::Nothing
            }
            Taken::Locked(file) => Reading::Locked { file, wrong_password: false, opening: false },
            Taken::WrongPassword(file) => Reading::Locked { file, wrong_password: true, opening: false },
            Taken::Refused { name, title, advice } => {
                held.set(None);
                refused.set(Some((title, format!("{advice} ({name})"))));
                Reading::Nothing
            }
        };
        reading.set(state);
    };
    let take = move |file: Picked| settle(signer::take(file));
    let unlock = Callback::new(move |password: String| {
        let Reading::Locked { file, .. } = reading.get_untracked() else { return };
        reading.set(Reading::Locked { file: file.clone(), wrong_password: false, opening: true });
        set_timeout(move || settle(signer::unlock(file, &password)), std::time::Duration::from_millis(30));
    });
    let subject = StoredValue::new(subject);
    view! {
        <p class="without-shell">"The private key never leaves the browser, so this way needs WebAssembly. Use one of the other ways."</p>
        <DropTarget class="drop drop--small needs-shell" on_file=take>
            <span class="drop__icon"><Icon glyph=Glyph::Key/></span>
            <div class="drop__words">
                <p class="drop__title">"Drop the PFX, or the PEM file with the private key"</p>
                <p class="drop__hint">"It is opened and used in this browser. Neither key nor password is sent or stored."</p>
            </div>
            <label class="file">
                <input type="file" accept=".pfx,.p12,.pem,.key,application/x-pkcs12" on:change=move |event| browser::read_chosen(&event, take)/>
                <span class="button"><Icon glyph=Glyph::Upload/><span>"Choose a file"</span></span>
            </label>
        </DropTarget>
        {move || refused.get().map(|(title, advice)| view! {
            <MessageBar intent=Intent::Error title live=true><p>{advice}</p><p>"Nothing was sent."</p></MessageBar>
        })}
        {move || held.get().map(|key| view! { <Ready key subject=subject.get_value() progress/> })}
        <PasswordDialog reading on_password=unlock/>
    }
}

#[component]
fn Check(good: bool, #[prop(into)] words: String) -> impl IntoView {
    let (class, glyph, word) =
        if good { ("for", Glyph::Check, "Passed: ") } else { ("failed", Glyph::ErrorCircle, "Failed: ") };
    view! { <li class=format!("reason reason--{class}")><Icon glyph/><span><span class="sr-only">{word}</span>{words}</span></li> }
}

#[component]
fn Ready(key: KeyInHand, subject: Subject, progress: RwSignal<Progress>) -> impl IntoView {
    let candidates = matching(&key, &subject);
    let chosen = RwSignal::new(0_usize);
    let Some(first) = candidates.first().cloned() else {
        return view! {
            <MessageBar intent=Intent::Error title="This private key belongs to no certificate here" live=true>
                <p>{format!("Its public key was compared with the certificates in {} and with those on {}: none has it.", key.name, subject.name)}</p>
                <p>"Choose the file with the right key, or upload the certificate that belongs to this one and register it."</p>
            </MessageBar>
        }
        .into_any();
    };
    let registered = subject.is_registered(&first);
    let several = candidates.len() > 1;
    let on_app = subject.certificates().iter().any(|it| it.sha256() == first.sha256());
    let facts = first.facts().clone();
    let title = facts.short_name();
    let algorithm = RwSignal::new(Algorithm::Ps256);
    let target = subject.target.clone();
    let fresh = target.fresh;
    let for_sending = candidates.clone();
    let file = key.name.clone();
    let start = move |_| {
        let Some(certificate) = for_sending.get(chosen.get_untracked()).cloned() else { return };
        let (key, target, algorithm) = (key.clone(), target.clone(), algorithm.get_untracked());
        spawn_local(ask(progress, fresh, move || {
            sign_and_send(key.clone(), certificate.clone(), algorithm, target.clone())
        }));
    };
    let way = move |value: Algorithm, title: &'static str, text: &'static str| {
        view! {
            <label class="option">
                <input type="radio" name="algorithm" checked={value == Algorithm::Ps256} autocomplete="off" on:change=move |_| algorithm.set(value)/>
                <span class="stacked"><strong>{title}</strong><span class="secondary">{text}</span></span>
            </label>
        }
    };
    view! {
        <div class="key">
            <p class="key__name"><Icon glyph=Glyph::Certificate/><strong>{title}</strong><ThumbprintText thumbprint=facts.sha1/><span class="secondary">{file}</span></p>
            <ul class="reasons" aria-label="Checked before anything is sent">
                <Check good=true words="The private key belongs to this certificate: their public keys are equal."/>
                <Check good=registered words=if registered { format!("The certificate is registered on {} and in force.", subject.name) } else if on_app { format!("The certificate is on {}, but its entry is not in force.", subject.name) } else { format!("The certificate is not registered on {}.", subject.name) }/>
            </ul>
            {several.then(|| view! {
                <div class="field">
                    <label for="which">"Several certificates have this key. Name this one in the header:"</label>
                    <select class="input select" id="which" on:change=move |event| chosen.set(event_target_value(&event).parse().unwrap_or_default())>
                        {candidates.iter().enumerate().map(|(at, it)| view! { <option value=at.to_string()>{format!("{} · {}", it.facts().subject, it.sha1().grouped_hex())}</option> }).collect_view()}
                    </select>
                </div>
            })}
            {if registered {
                view! {
                    <fieldset class="options options--row">
                        <legend class="sr-only">"Algorithm"</legend>
                        {way(Algorithm::Ps256, "PS256, x5t#S256", "What Entra’s documentation asks for.")}
                        {way(Algorithm::Rs256, "RS256, x5t", "What older clients send.")}
                    </fieldset>
                    <div class="actions">
                        <button type="button" class="button button--primary" disabled=move || progress.read().busy() on:click=start>
                            <span>{move || if progress.read().busy() { "Asking" } else { "Get a token" }}</span>
                            <Icon glyph=Glyph::ArrowRight/>
                        </button>
                    </div>
                }
                .into_any()
            } else {
                view! { <RegisterFirst certificate=first app=subject.object_id.to_string()/> }.into_any()
            }}
        </div>
    }
    .into_any()
}

#[component]
fn RegisterFirst(certificate: Certificate, app: String) -> impl IntoView {
    let register = ServerAction::<Register>::new();
    let pending = register.pending();
    view! {
        <MessageBar intent=Intent::Warning title="Entra would answer AADSTS700027, so nothing was sent">
            <p>"Register the certificate first. Only its public part is sent, and a preview comes before any change."</p>
        </MessageBar>
        <ActionForm action=register>
            <input type="hidden" name="app" value=app/>
            <input type="hidden" name="text" value=certificate.pem()/>
            <div class="actions">
                <button type="submit" class="button button--primary" disabled=move || pending.get()><span>"Register it on this app"</span><Icon glyph=Glyph::ArrowRight/></button>
            </div>
        </ActionForm>
        {move || register.value().get().and_then(Result::err).map(|problem| view! { <ProblemBar problem/> })}
    }
}
