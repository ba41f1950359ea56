//! What a certificate says, and what that means for client authentication.

use super::copy_button::CopyButton;
use super::message_bar::{Intent, MessageBar};
use super::timestamp::Day;
use super::validity_pill::ValidityPill;
use crate::prelude::*;
use domain::certificate::CertificateFacts;
use domain::suitability::{Assessment, Validity};

#[component]
pub fn AssessmentBars(assessment: Assessment) -> impl IntoView {
    let refusals = assessment.refusals.iter().map(|it| (Intent::Error, it.title(), it.advice()));
    let warnings = assessment.warnings.iter().map(|it| (Intent::Warning, it.title(), it.advice()));
    let notes = assessment.notes.iter().map(|it| (Intent::Info, it.title(), it.advice()));
    refusals
        .chain(warnings)
        .chain(notes)
        .map(|(intent, title, advice)| view! { <MessageBar intent title><p>{advice}</p></MessageBar> })
        .collect_view()
}

/// `thumbprint`: with the SHA-1 thumbprint, where [`Thumbprints`] do not follow.
#[component]
pub fn FactsList(facts: CertificateFacts, validity: Validity, #[prop(optional)] thumbprint: bool) -> impl IntoView {
    let issuer = if facts.self_signed { "Self-signed".to_owned() } else { facts.issuer.clone() };
    view! {
        <dl class="facts">
            <dt>"Subject"</dt>
            <dd>{if facts.has_subject { facts.subject.clone() } else { "None".to_owned() }}</dd>
            {(!facts.alternative_names.is_empty()).then(|| view! {
                <dt>"Other names"</dt>
                <dd>{facts.alternative_names.join(", ")}</dd>
            })}
            <dt>"Issuer"</dt>
            <dd>{issuer}</dd>
            <dt>"Validity"</dt>
            <dd><ValidityPill validity start=Some(facts.not_before) end=Some(facts.not_after)/></dd>
            <dt>"Starts"</dt>
            <dd><Day at=facts.not_before/></dd>
            <dt>"Ends"</dt>
            <dd><Day at=facts.not_after until=true/></dd>
            <dt>"Key"</dt>
            <dd>{facts.public_key.to_string()}</dd>
            <dt>"Signature"</dt>
            <dd>{facts.signature_algorithm.clone()}</dd>
            {facts.purposes.as_ref().map(|purposes| view! {
                <dt>"Purposes"</dt>
                <dd>{purposes.join(", ")}</dd>
            })}
            <dt>"Serial number"</dt>
            <dd class="mono mono--break">{facts.serial.clone()}</dd>
            {thumbprint.then(|| view! {
                <dt>"SHA-1 thumbprint"</dt>
                <dd class="mono mono--break">{facts.sha1.grouped_hex()}</dd>
            })}
        </dl>
    }
}

/// The SHA-1 thumbprint in the three spellings that Entra, Graph and client libraries use, and the SHA-256.
#[component]
pub fn Thumbprints(facts: CertificateFacts) -> impl IntoView {
    let sha1 = facts.sha1;
    let sha256 = facts.sha256;
    let row = |label: &'static str, hint: &'static str, shown: String, copied: String| {
        view! {
            <div class="print">
                <dt><span class="print__label">{label}</span><span class="print__hint secondary">{hint}</span></dt>
                <dd>
                    <code class="mono mono--grouped">{shown}</code>
                    <CopyButton text=copied what=format!("the thumbprint, {label}")/>
                </dd>
            </div>
        }
    };
    view! {
        <h3>"SHA-1"</h3>
        <dl class="prints">
            {row("Hexadecimal", "In the Entra admin center and in AADSTS700027", sha1.grouped_hex(), sha1.hex())}
            {row("Base64", "customKeyIdentifier in the app manifest", sha1.base64(), sha1.base64())}
            {row("Base64url", "x5t in a client assertion", sha1.base64url(), sha1.base64url())}
        </dl>
        <h3>"SHA-256"</h3>
        <dl class="prints">
            {row("Hexadecimal", "From openssl x509 -fingerprint -sha256", sha256.grouped_hex(), sha256.hex())}
            {row("Base64url", "x5t#S256 in a client assertion", sha256.base64url(), sha256.base64url())}
        </dl>
    }
}
