//! Whatever a person pastes, read as far as it can be read.

mod codes;

use super::assertion::Assertion;
use super::json::{self, FoundCredentials};
use super::message::{self, Message};
use super::normal::{Normal, decoded, folded, unframed, without_base64};
use super::redact::{self, SecretKind};
use super::request;
use super::scan::{Found, Origin, Span, after, find_all, guid, is_base64, pairs, percent_decode, runs, wrapped_guid};
use super::signin;
use super::topic::{self, Topic};
use crate::certificate::{Certificate, ReadCertificate};
use crate::ids::AppId;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};
use crate::upload;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::OffsetDateTime;
use uuid::Uuid;

pub use super::json::HolderKind;
pub use super::redact::SecretKind as Secret;
pub use codes::FoundCode;

/// 256 KiB. What follows is not read.
pub const MAX_PASTE_BYTES: usize = 256 * 1024;

/// A certificate in the paste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundCertificate {
    /// Read from PEM or base64.
    pub certificate: Certificate,
}

/// All that was read. Secrets were masked before: they are in no field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Nothing but white space was pasted.
    pub is_empty: bool,
    /// The paste was longer than [`MAX_PASTE_BYTES`].
    pub shortened: bool,
    /// Every code, in the order of the text.
    pub codes: Vec<FoundCode>,
    /// Every error message, in the order of the text.
    pub messages: Vec<Message>,
    /// `error` of the token endpoint's JSON: `invalid_client`, …
    pub oauth_error: Option<Found<String>>,
    /// The first `Trace ID`.
    pub trace_id: Option<Found<Uuid>>,
    /// The first `Correlation ID`.
    pub correlation_id: Option<Found<Uuid>>,
    /// When Entra refused.
    #[serde(with = "time::serde::rfc3339::option")]
    pub timestamp: Option<OffsetDateTime>,
    /// Client ids that something names as such.
    pub app_ids: Vec<Found<AppId>>,
    /// GUIDs, domains, `common`; lower case.
    pub tenants: Vec<Found<String>>,
    /// Hosts of token endpoints.
    pub hosts: Vec<Found<String>>,
    /// That a token was asked for.
    pub scopes: Vec<Found<String>>,
    /// RFC 6749, section 4.
    pub grant_types: Vec<Found<String>>,
    /// Tokens, in the order of the text.
    pub assertions: Vec<Found<Assertion>>,
    /// `keyCredentials` in JSON.
    pub credentials: Vec<Found<FoundCredentials>>,
    /// Certificates, whatever they stand in.
    pub certificates: Vec<Found<FoundCertificate>>,
    /// SHA-1 thumbprints that stand by themselves.
    pub thumbprints: Vec<Found<Thumbprint>>,
    /// SHA-256 thumbprints that stand by themselves.
    pub sha256_thumbprints: Vec<Found<Sha256Thumbprint>>,
    /// `trustedCertificateSubjects` with entries in it.
    pub trusted_certificate_subjects: Option<Span>,
    /// What else is mentioned.
    pub topics: Vec<Found<Topic>>,
    /// What was masked, by kind and place.
    pub secrets: Vec<Found<SecretKind>>,
}

impl Findings {
    /// The error that is the cause: of nested codes the last one, with what other reports of the same code add to it that
    /// are not of another app and do not contradict it.
    pub fn cause(&self) -> Option<Message> {
        let last = self.messages.last()?;
        let mut cause = last.clone();
        cause.app_id = self.app_of_last();
        let alone = self.other_apps().is_empty();
        for other in self.messages.iter().rev().skip(1).filter(|message| message.code == last.code) {
            // With several apps in the text, one that names none may be of any.
            let same_app = other.app_id == cause.app_id || (other.app_id.is_none() && alone);
            if same_app && !cause.contradicts(other) {
                cause.complete_with(other);
            }
        }
        Some(cause)
    }

    /// Of the last message. One that names no app is of the app that its kin name: reports of the same code, and codes that
    /// it is nested with; where those are several, nobody can tell.
    fn app_of_last(&self) -> Option<AppId> {
        let last = self.messages.last()?;
        if last.app_id.is_some() {
            return last.app_id;
        }
        let is_kin = |message: &&Message| message.code == last.code || !message.is_another_event(last);
        let mut apps = self.messages.iter().filter(is_kin).filter_map(|message| message.app_id);
        let app = apps.next()?;
        apps.all(|other| other == app).then_some(app)
    }

    /// Those that errors name, besides the app of the cause.
    pub fn other_apps(&self) -> Vec<AppId> {
        let (own, mut seen) = (self.app_of_last(), BTreeSet::new());
        self.messages
            .iter()
            .filter_map(|message| message.app_id)
            .filter(|app| Some(*app) != own && seen.insert(*app))
            .collect()
    }

    /// The code that is the cause, whether or not its words are there.
    pub fn code(&self) -> Option<u32> {
        self.messages.last().map(|message| message.code).or_else(|| self.codes.last().map(|found| found.code))
    }

    /// The client assertion: of several tokens the first that its app has issued itself, and before others one of the app
    /// that the error names.
    pub fn assertion(&self) -> Option<&Assertion> {
        let all = || self.assertions.iter().map(|found| &found.value);
        let own = self.app_of_last();
        all()
            .find(|assertion| assertion.is_self_issued() && own.is_some() && assertion.issued_for() == own)
            .or_else(|| all().find(|assertion| assertion.is_self_issued()))
            .or_else(|| all().next())
    }

    /// The application (client) id, best source first: the error that is the cause, the request, the assertion, JSON. Of
    /// several requests, the last one in front of the error is the one that was refused.
    pub fn app_id(&self) -> Option<AppId> {
        let (Some(last), None) = (self.messages.last(), self.app_of_last()) else {
            return self.app_of_last().or_else(|| self.first_app());
        };
        let requests = || self.app_ids.iter().filter(|found| found.origin == Origin::Parameter);
        let before = requests().filter(|found| found.span.start < last.span.start).max_by_key(|found| found.span.start);
        before.map(|found| found.value).or_else(|| self.first_app())
    }

    /// Of those that stand outside of errors.
    fn first_app(&self) -> Option<AppId> {
        let others = || self.app_ids.iter().filter(|found| found.origin != Origin::Message);
        [Origin::Parameter, Origin::Assertion, Origin::Json]
            .iter()
            .find_map(|origin| others().find(|found| found.origin == *origin))
            .or_else(|| others().next())
            .map(|found| found.value)
    }

    /// Whether the text speaks of it.
    pub fn mentions(&self, topic: Topic) -> bool {
        self.topics.iter().any(|found| found.value == topic)
    }

    /// Nothing was recognised.
    pub fn found_nothing(&self) -> bool {
        self.codes.is_empty()
            && self.messages.is_empty()
            && self.assertions.is_empty()
            && self.credentials.is_empty()
            && self.certificates.is_empty()
            && self.thumbprints.is_empty()
            && self.sha256_thumbprints.is_empty()
            && self.topics.is_empty()
            && self.app_ids.is_empty()
            && self.tenants.is_empty()
    }
}

/// The paste with `*` in place of every secret's characters: what may be put aside. It reads as the paste itself does.
pub fn masked(text: &str) -> String {
    redact::mask(&text[..text.floor_char_boundary(MAX_PASTE_BYTES)]).text
}

/// Reads a paste. Never fails: what is not recognised is passed over.
pub fn recognise(text: &str) -> Findings {
    recognise_with(text, &upload::leaf)
}

/// The same, where `certificate` reads those in it.
pub fn recognise_with(text: &str, certificate: ReadCertificate<'_>) -> Findings {
    let end = text.floor_char_boundary(MAX_PASTE_BYTES);
    let shortened = end < text.len();
    let masked = redact::mask(&text[..end]);
    let plain = without_base64(unframed(&masked.text));
    let decoded = decoded(&plain);
    let normal = folded(&decoded);

    let read = read_json(&plain, &decoded, certificate);
    // A log's rows come before what Entra itself said: that is read for the cause.
    let mut rows = read.sign_ins;
    rows.extend(signin::in_tables(&plain));
    let mut messages = signin::messages(rows);
    messages.extend(message::read(&normal));
    let mut found = Findings {
        is_empty: plain.text.trim().is_empty(),
        shortened,
        codes: codes::read(&normal, &messages),
        secrets: masked.secrets,
        topics: topic::read(&normal.text, |start, end| normal.span(start, end)),
        ..Findings::default()
    };
    found.messages = messages;
    read_trailers(&normal, &mut found);
    let messages = std::mem::take(&mut found.messages);
    read_request(&plain, &messages, &mut found);
    read_tokens(&plain, certificate, &mut found);
    found.credentials = read.credentials;
    found.app_ids.extend(read.app_ids);
    found.assertions.extend(read.assertions);
    found.trusted_certificate_subjects = read.trusted_certificate_subjects;
    read_certificates(&plain, certificate, &mut found);
    read_thumbprints(&plain, &messages, &mut found);
    found.messages = messages;
    found
}

/// The ids and the time of the cause. What stands outside of messages is of the one that there is, or of all that are nested.
fn read_trailers(normal: &Normal, found: &mut Findings) {
    const ERRORS: [&str; 8] = [
        "invalid_client",
        "unauthorized_client",
        "invalid_request",
        "invalid_grant",
        "invalid_scope",
        "invalid_tenant",
        "invalid_resource",
        "interaction_required",
    ];
    let text = &normal.text;
    found.oauth_error =
        ERRORS.iter().filter_map(|error| Some((find_all(text, error).next()?, *error))).min().map(|(at, error)| {
            Found { value: error.to_owned(), origin: Origin::ErrorJson, span: normal.span(at, at + error.len()) }
        });
    let cause = found.cause();
    let alone = found.other_apps().is_empty();
    let span = cause.as_ref().map(|message| message.span);
    let is_nested = |message: &&Message| alone && cause.as_ref().is_some_and(|cause| !message.is_another_event(cause));
    let id = |names: [&str; 2], labels: [&str; 2], of_message: Option<Uuid>| {
        let here = of_message.zip(span).map(|(value, span)| Found { value, origin: Origin::Message, span });
        let member = || {
            let pair = pairs(text, |found| names.contains(&found)).into_iter().next()?;
            let value = guid(&text[pair.value.start..pair.value.end])?;
            Some(Found { value, origin: Origin::ErrorJson, span: normal.place(pair.value) })
        };
        // The sign-in page's block, which can stand in front of the error or behind it.
        let label = || {
            let found = labels.iter().find_map(|label| Some((after(text, label)?.0, after(text, label)?.1)));
            let (at, behind) = found?;
            Some(Found { value: wrapped_guid(behind)?, origin: Origin::Text, span: normal.span(at, at + 36) })
        };
        here.or_else(|| alone.then(|| member().or_else(label)).flatten())
    };
    let nested: Vec<&Message> = found.messages.iter().rev().filter(|message| is_nested(message)).collect();
    let kin = |part: fn(&Message) -> Option<Uuid>| {
        cause.as_ref().and_then(part).or_else(|| nested.iter().find_map(|message| part(message)))
    };
    let (trace, correlation) = (kin(|message| message.trace_id), kin(|message| message.correlation_id));
    let trace_id = id(["traceid", "xmsrequestid"], ["Request ID", "Trace ID"], trace);
    let correlation_id = id(["correlationid", "clientrequestid"], ["Correlation ID", "client-request-id"], correlation);
    let timestamp = cause
        .as_ref()
        .and_then(|message| message.timestamp)
        .or_else(|| nested.iter().find_map(|message| message.timestamp))
        .or_else(|| alone.then(|| codes::timestamp(text)).flatten());
    (found.trace_id, found.correlation_id, found.timestamp) = (trace_id, correlation_id, timestamp);
}

fn read_request(plain: &Normal, messages: &[Message], found: &mut Findings) {
    for message in messages {
        if let Some(value) = message.app_id {
            found.app_ids.push(Found { value, origin: Origin::Message, span: message.span });
        }
    }
    let request = request::read(&plain.text);
    found.app_ids.extend(placed(request.app_ids, plain));
    found.tenants = placed(request.tenants, plain);
    found.hosts = placed(request.hosts, plain);
    found.scopes = placed(request.scopes, plain);
    found.grant_types = placed(request.grant_types, plain);
    // "Tenant 'x' not found."
    for message in messages.iter().filter(|message| message.code == 90002) {
        if let Some(tenant) = message.quoted.first() {
            found.tenants.push(Found {
                value: tenant.to_ascii_lowercase(),
                origin: Origin::Message,
                span: message.span,
            });
        }
    }
}

/// With the places of the original.
fn placed<T>(found: Vec<Found<T>>, plain: &Normal) -> Vec<Found<T>> {
    found.into_iter().map(|found| Found { span: plain.place(found.span), ..found }).collect()
}

fn read_tokens(plain: &Normal, certificate: ReadCertificate<'_>, found: &mut Findings) {
    for mut run in redact::tokens(&plain.text) {
        run.span = plain.place(run.span);
        let Some(value) = Assertion::read(&percent_decode(&run.text, false), certificate) else { continue };
        if let Some(claims) = value.claims.as_ref().filter(|_| value.is_self_issued()) {
            for id in [&claims.iss, &claims.sub].into_iter().flatten() {
                if let Ok(id) = id.parse::<AppId>()
                    && !found.app_ids.iter().any(|known| known.value == id && known.origin == Origin::Assertion)
                {
                    found.app_ids.push(Found { value: id, origin: Origin::Assertion, span: run.span });
                }
            }
        }
        found.assertions.push(Found { value, origin: Origin::Assertion, span: run.span });
    }
}

fn read_json(plain: &Normal, decoded: &Normal, certificate: ReadCertificate<'_>) -> json::JsonEvidence {
    let read = json::read(&plain.text, certificate, |start, end| plain.span(start, end));
    if read.is_empty() && decoded.text != plain.text {
        // JSON that was put into a string, without its outer quotes.
        return json::read(&decoded.text, certificate, |start, end| decoded.span(start, end));
    }
    read
}

fn read_certificates(plain: &Normal, read: ReadCertificate<'_>, found: &mut Findings) {
    const BEGIN: &str = "-----BEGIN ";
    let text = plain.text.as_str();
    let mut push = |certificate: Certificate, span: Span| {
        let known = found.certificates.iter().any(|known| known.value.certificate.sha256() == certificate.sha256());
        if !known {
            found.certificates.push(Found { value: FoundCertificate { certificate }, origin: Origin::Text, span });
        }
    };
    let armour: Vec<usize> = find_all(text, BEGIN).collect();
    for (number, start) in armour.iter().enumerate() {
        let end = armour.get(number + 1).copied().unwrap_or(text.len());
        if let Some(certificate) = read(&text.as_bytes()[*start..end]) {
            let end = text[*start..end].rfind("-----").map_or(end, |at| start + at + 5);
            push(certificate, plain.span(*start, end));
        }
    }
    // Base64 of DER without armour. In JSON, it is a keyCredential's key.
    let in_json =
        |span: Span| found.credentials.iter().any(|json| json.span.start <= span.start && span.end <= json.span.end);
    let bare: Vec<_> = runs(text, is_base64, 300).into_iter().filter(|run| !in_json(plain.place(run.span))).collect();
    for run in bare {
        let start = run.text.find("MII").unwrap_or(0);
        if let Some(certificate) = read(&run.text.as_bytes()[start..]) {
            push(certificate, plain.place(run.span));
        }
    }
    if found.certificates.is_empty()
        && let Some(certificate) = read(text.as_bytes())
    {
        found.certificates.push(Found {
            value: FoundCertificate { certificate },
            origin: Origin::Text,
            span: plain.span(0, text.len()),
        });
    }
}

/// 40 or 64 hexadecimal digits, with or without colons, that are not part of anything else.
fn read_thumbprints(plain: &Normal, messages: &[Message], found: &mut Findings) {
    let taken = |span: Span| {
        let within = |outer: Span| outer.start <= span.start && span.end <= outer.end;
        messages.iter().filter_map(|message| message.thumbprint_span).any(within)
            || found.credentials.iter().any(|json| within(json.span))
            || found.assertions.iter().any(|assertion| within(assertion.span))
    };
    for mut run in runs(&plain.text, |byte| byte.is_ascii_alphanumeric() || byte == b':', 40) {
        run.span = plain.place(run.span);
        let value = run.text.trim_end_matches(':');
        let digits = value.chars().filter(|c| *c != ':').count();
        let grouped = value.contains(':') && value.len() == digits / 2 * 3 - 1;
        if !(grouped || digits == value.len()) || taken(run.span) {
            continue;
        }
        if let Ok(value) = value.parse::<Thumbprint>()
            && digits == 40
        {
            found.thumbprints.push(Found { value, origin: Origin::Text, span: run.span });
        } else if let Ok(value) = value.parse::<Sha256Thumbprint>()
            && digits == 64
        {
            found.sha256_thumbprints.push(Found { value, origin: Origin::Text, span: run.span });
        }
    }
}
