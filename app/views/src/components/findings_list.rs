//! What the doctor has read from a paste, item by item.

use super::thumbprint::{Ident, ThumbprintText};
use super::timestamp::Moment;
use crate::components::page::{grouped, plural};
use crate::prelude::*;
use domain::doctor::message::Reason;
use domain::doctor::paste::{Findings, HolderKind};
use domain::doctor::presented::{Dialect, Presented};
use domain::doctor::{SecretKind, Topic};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Codes that are named; of a longer list, how many more there are.
const MOST_CODES: usize = 12;

fn reason(reason: Reason, words: Option<&str>) -> String {
    match (reason, words) {
        (Reason::NoThumbprint, _) => "The key was not found, and no thumbprint was read from the header".into(),
        (Reason::NotFound, _) => "The key was not found".into(),
        (Reason::NotFoundCutOff, _) => "The key was not found; the text ends there".into(),
        (Reason::Expired, _) => "The key used is expired".into(),
        (Reason::SignatureMismatch, _) => "The signature did not match".into(),
        (Reason::VerificationFailed, _) => "The key was found, but did not verify the signature".into(),
        (Reason::Other, words) => words.unwrap_or("Another one").to_owned(),
    }
}

/// How the thumbprint arrived, and whether that is right.
pub fn dialect(presented: &Presented) -> &'static str {
    match presented.dialect {
        Dialect::Sha1 => "SHA-1: 20 bytes, 40 digits. That is the form of x5t.",
        Dialect::Sha256 => "SHA-256: 32 bytes, 64 digits. That is the form of x5t#S256.",
        Dialect::HexAsBase64 => {
            "The hexadecimal digits stood in the header as they are, and were decoded as if they were base64url."
        }
        Dialect::HexText => {
            "The letters of the hexadecimal text were encoded, in place of the bytes that they stand for."
        }
        Dialect::DecoratedHexText => "Hexadecimal text with colons or a label was encoded, in place of the bytes.",
        Dialect::TwiceEncoded => "It was encoded twice: base64 of base64.",
        Dialect::StrayBytes => "A line break went into the encoder behind the digest.",
        Dialect::Other => "No thumbprint in any form known here.",
        Dialect::CutOff => "The text ends inside the value.",
    }
}

fn topic(topic: Topic) -> &'static str {
    match topic {
        Topic::KeyVaultRole => "a Key Vault role or access policy",
        Topic::ManagedIdentity => "a managed identity",
        Topic::SubjectNameIssuer => "subject name and issuer",
        Topic::Renewed => "a renewal",
        Topic::ServicePrincipal => "the enterprise application",
        Topic::Intermittent => "that it works now and then",
        Topic::OnBehalfOf => "on-behalf-of",
        Topic::CredentialChain => "a chain of credentials that were tried in turn",
        Topic::KeyDoesNotBelong => "a private key that does not belong to the certificate",
    }
}

fn masked(findings: &Findings) -> Option<String> {
    let count = |kind: SecretKind| findings.secrets.iter().filter(|found| found.value == kind).count();
    let parts: Vec<_> = [
        (count(SecretKind::PrivateKey), "private key"),
        (count(SecretKind::Value), "secret or token"),
        (count(SecretKind::Signature), "signature"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| match (count, what) {
        (1, what) => format!("1 {what}"),
        (count, "secret or token") => format!("{count} secrets or tokens"),
        (count, what) => plural(count, what),
    })
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[component]
fn Arrived(presented: Presented) -> impl IntoView {
    let shown = match (presented.sha1, presented.sha256) {
        (Some(sha1), _) => view! { <ThumbprintText thumbprint=sha1/> }.into_html(),
        (None, Some(sha256)) => view! { <Ident value=sha256.hex() what="the thumbprint"/> }.into_html(),
        (None, None) => view! { <code class="mono mono--break">{presented.text.clone()}</code> }.into_html(),
    };
    let as_sent = (!presented.is_plain() && (presented.sha1.is_some() || presented.sha256.is_some()))
        .then(|| view! { <span class="secondary">"as it arrived: "<code class="mono mono--break">{presented.text.clone()}</code></span> });
    view! {
        <span class="stacked">
            {shown}
            <span class="secondary">{dialect(&presented)}</span>
            {as_sent}
        </span>
    }
}

#[component]
pub fn FindingsList(findings: Arc<Findings>) -> impl IntoView {
    let cause = findings.cause();
    let mut seen = BTreeSet::new();
    let once = findings.codes.iter().map(|found| found.code).filter(|code| seen.insert(*code));
    let mut codes: Vec<String> = once.map(|code| format!("AADSTS{code}")).collect();
    if codes.len() > MOST_CODES {
        let more = format!("and {} more", grouped(codes.len() - MOST_CODES));
        codes.truncate(MOST_CODES);
        codes.push(more);
    }
    let oauth = findings.oauth_error.as_ref().map(|found| found.value.clone());
    let reason = cause.as_ref().and_then(|cause| Some(reason(cause.reason?, cause.reason_text.as_deref())));
    let arrived = cause.as_ref().and_then(|cause| cause.thumbprint.clone());
    let assertion = findings.assertion().cloned();
    let header = assertion.as_ref().map(|assertion| {
        let header = &assertion.header;
        let members = [
            ("alg", header.alg.as_deref()),
            ("x5t", header.x5t.as_deref()),
            ("x5t#S256", header.x5t_s256.as_deref()),
            ("kid", header.kid.as_deref()),
        ];
        let shown: Vec<_> = members.iter().filter_map(|(name, value)| Some(format!("{name} {}", (*value)?))).collect();
        if shown.is_empty() { "names no certificate".to_owned() } else { shown.join(", ") }
    });
    let alone: Vec<_> = findings.thumbprints.iter().map(|found| found.value).take(4).collect();
    let mut tenants: Vec<String> = findings.tenants.iter().map(|found| found.value.clone()).collect();
    tenants.dedup();
    tenants.truncate(3);
    let host = findings.hosts.first().map(|found| found.value.clone());
    let certificates: Vec<_> =
        findings.certificates.iter().map(|found| found.value.certificate.facts().subject.clone()).take(3).collect();
    let credentials: Vec<_> = findings
        .credentials
        .iter()
        .map(|found| {
            let of = match found.value.holding {
                HolderKind::Application => " of an app",
                HolderKind::ServicePrincipal => " of a service principal",
                HolderKind::Unknown => "",
            };
            let count = found.value.credentials.len();
            format!("{count} {}{of}", if count == 1 { "entry" } else { "entries" })
        })
        .collect();
    let topics: Vec<_> = findings.topics.iter().map(|found| topic(found.value)).collect();
    let id = |name: &'static str, what: &'static str, value: Option<String>| {
        value.map(|value| view! { <dt>{name}</dt><dd><Ident value what/></dd> })
    };
    view! {
        <dl class="facts facts--stacked">
            {(!codes.is_empty()).then(|| view! { <dt>"Code"</dt><dd><strong>{codes.join(", ")}</strong>{oauth.map(|error| view! { <span class="secondary">" · "{error}</span> })}</dd> })}
            {reason.map(|reason| view! { <dt>"Entra’s reason"</dt><dd>{reason}</dd> })}
            {arrived.map(|presented| view! { <dt>"Thumbprint that the client sent"</dt><dd><Arrived presented/></dd> })}
            {(!alone.is_empty()).then(|| view! { <dt>"Thumbprint"</dt><dd><span class="stacked">{alone.into_iter().map(|thumbprint| view! { <ThumbprintText thumbprint/> }).collect_view()}</span></dd> })}
            {header.map(|words| view! { <dt>"Header of the assertion"</dt><dd class="mono mono--break">{words}</dd> })}
            {id("Client id", "the client id", findings.app_id().map(|id| id.to_string()))}
            {(!tenants.is_empty()).then(|| view! { <dt>"Tenant"</dt><dd class="mono mono--break">{tenants.join(", ")}</dd> })}
            {host.map(|host| view! { <dt>"Sign-in host"</dt><dd class="mono mono--break">{host}</dd> })}
            {(!certificates.is_empty()).then(|| view! { <dt>"Certificate"</dt><dd>{certificates.join("; ")}</dd> })}
            {(!credentials.is_empty()).then(|| view! { <dt>"keyCredentials"</dt><dd>{credentials.join("; ")}</dd> })}
            {(!topics.is_empty()).then(|| view! { <dt>"It speaks of"</dt><dd>{topics.join(", ")}</dd> })}
            {findings.timestamp.map(|at| view! { <dt>"When"</dt><dd><Moment at/></dd> })}
            {id("Trace id", "the trace id", findings.trace_id.as_ref().map(|found| found.value.to_string()))}
            {id("Correlation id", "the correlation id", findings.correlation_id.as_ref().map(|found| found.value.to_string()))}
            {masked(&findings).map(|words| view! { <dt>"Masked and not read"</dt><dd>{words}</dd> })}
        </dl>
    }
}
