//! JSON in a paste: `keyCredentials` in Graph's and AAD Graph's dialect, applications, decoded assertions.

use super::assertion::Assertion;
use super::scan::{Found, Origin, Span, any_of};
use super::signin::{self, SignIn};
use super::wire;
use crate::certificate::{Certificate, ReadCertificate};
use crate::encoding;
use crate::ids::{AppId, ObjectId};
use crate::key_credential::{KeyCredential, KeyCredentials};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Which object holds the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderKind {
    /// `/applications`, or a manifest.
    Application,
    /// `/servicePrincipals`.
    ServicePrincipal,
    /// Nothing around them says.
    Unknown,
}

/// A `keyCredentials` collection, in Graph's dialect whatever it was pasted in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundCredentials {
    /// Of which object.
    pub holding: HolderKind,
    /// Its client id.
    pub app_id: Option<AppId>,
    /// Its object id.
    pub object_id: Option<ObjectId>,
    /// Its name.
    pub display_name: Option<String>,
    /// Those that could be read.
    #[serde(with = "wire::credentials")]
    pub credentials: KeyCredentials,
}

/// All that JSON told.
#[derive(Debug, Default)]
pub(super) struct JsonEvidence {
    pub credentials: Vec<Found<FoundCredentials>>,
    pub app_ids: Vec<Found<AppId>>,
    pub assertions: Vec<Found<Assertion>>,
    pub trusted_certificate_subjects: Option<Span>,
    pub sign_ins: Vec<SignIn>,
}

impl JsonEvidence {
    pub(super) fn is_empty(&self) -> bool {
        self.credentials.is_empty() && self.assertions.is_empty() && self.sign_ins.is_empty()
    }
}

/// Attempts at finding where JSON begins. Each one that fails reads on to the fault.
const ATTEMPTS: usize = 200;

/// Reads every JSON value in the text.
pub(super) fn read(text: &str, certificate: ReadCertificate<'_>, map: impl Fn(usize, usize) -> Span) -> JsonEvidence {
    let mut out = JsonEvidence::default();
    let mut at = 0;
    for _ in 0..ATTEMPTS {
        let Some(start) = text[at..].find(any_of("{[")).map(|offset| at + offset) else { break };
        let mut stream = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => {
                let end = start + stream.byte_offset();
                walk(&value, certificate, &mut out, map(start, end), 0);
                at = end;
            }
            _ => at = start + 1,
        }
    }
    out
}

fn walk(value: &Value, certificate: ReadCertificate<'_>, out: &mut JsonEvidence, span: Span, depth: usize) {
    if depth > 12 {
        return;
    }
    match value {
        Value::Object(object) => {
            let object = camel_case(object);
            if is_credential(&object) {
                push(&[Value::Object(object)], &Map::new(), certificate, out, span);
                return;
            }
            read_object(&object, certificate, out, span);
            // What is inside of it is the same sign-in.
            if let Some(row) = signin::in_json(&object, span) {
                out.sign_ins.push(row);
                return;
            }
            for (name, member) in &object {
                match member {
                    Value::Array(list) if name == "keyCredentials" => push(list, &object, certificate, out, span),
                    // Client secrets look alike, and are none of our business.
                    _ if name == "passwordCredentials" => {}
                    other => walk(other, certificate, out, span, depth + 1),
                }
            }
        }
        Value::Array(list)
            if list.iter().any(|entry| entry.as_object().is_some_and(|entry| is_credential(&camel_case(entry)))) =>
        {
            push(list, &Map::new(), certificate, out, span);
        }
        Value::Array(list) => list.iter().for_each(|member| walk(member, certificate, out, span, depth + 1)),
        // JSON that was put into a string.
        Value::String(text) if text.starts_with(any_of("{[")) => {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                walk(&value, certificate, out, span, depth + 1);
            }
        }
        _ => {}
    }
}

fn read_object(object: &Map<String, Value>, certificate: ReadCertificate<'_>, out: &mut JsonEvidence, span: Span) {
    if let Some(id) = object.get("appId").and_then(Value::as_str).and_then(|id| id.parse().ok()) {
        out.app_ids.push(Found { value: id, origin: Origin::Json, span });
    }
    // The second is Bicep's and older manifests' name of it.
    if ["trustedCertificateSubjects", "trustedSubjectNameAndIssuers"]
        .iter()
        .any(|name| object.get(*name).and_then(Value::as_array).is_some_and(|list| !list.is_empty()))
    {
        out.trusted_certificate_subjects = Some(span);
    }
    let is_header = object.contains_key("alg")
        && ["x5t", "x5t#S256", "kid", "x5c", "typ"].iter().any(|name| object.contains_key(*name));
    // A JSON Web Key has an alg and a kid too.
    if is_header && !object.contains_key("kty") {
        out.assertions.push(Found {
            value: Assertion::decoded(Some(object), None, certificate),
            origin: Origin::Assertion,
            span,
        });
    }
    if object.contains_key("aud") && object.contains_key("iss") && object.contains_key("exp") {
        // Header and claims are often pasted one after the other.
        match out.assertions.last_mut() {
            Some(last) if last.value.was_decoded && last.value.claims.is_none() => {
                last.value.claims = Assertion::decoded(None, Some(object), certificate).claims;
            }
            _ => out.assertions.push(Found {
                value: Assertion::decoded(None, Some(object), certificate),
                origin: Origin::Assertion,
                span,
            }),
        }
    }
}

/// `KeyId` → `keyId`: PowerShell's ConvertTo-Json. `x5t#S256` and `ALG` stay as they are.
fn camel_case(object: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, value) in object {
        let mut letters = name.chars();
        let name = match (letters.next(), letters.clone().next()) {
            (Some(first), Some(second)) if first.is_ascii_uppercase() && second.is_ascii_lowercase() => {
                first.to_ascii_lowercase().to_string() + letters.as_str()
            }
            _ => name.clone(),
        };
        out.insert(name, value.clone());
    }
    out
}

fn is_credential(object: &Map<String, Value>) -> bool {
    let has = |name: &str| object.contains_key(name);
    let one_of = |name: &str, values: &[&str]| {
        let value = object.get(name).and_then(Value::as_str);
        value.is_some_and(|value| values.iter().any(|known| known.eq_ignore_ascii_case(value)))
    };
    one_of("type", &["AsymmetricX509Cert", "X509CertAndPassword", "Symmetric"])
        || (has("keyId") && one_of("usage", &["Verify", "Sign", "Encrypt"]))
        || (has("keyId") && has("customKeyIdentifier") && !has("secretText") && !has("hint"))
}

fn push(
    list: &[Value],
    holder: &Map<String, Value>,
    certificate: ReadCertificate<'_>,
    out: &mut JsonEvidence,
    span: Span,
) {
    let entry = |(at, raw): (usize, &Map<String, Value>)| {
        let (entry, certificate) = entry_of(raw, certificate);
        KeyCredential::read(at, &Value::Object(entry), &|_| certificate.clone())
    };
    let read: Result<KeyCredentials, _> = list.iter().filter_map(Value::as_object).enumerate().map(entry).collect();
    let Ok(credentials) = read else { return };
    let is_service_principal =
        ["servicePrincipalType", "servicePrincipalNames", "appOwnerOrganizationId", "appOwnerTenantId"]
            .iter()
            .any(|name| holder.contains_key(*name));
    let holding = if is_service_principal {
        HolderKind::ServicePrincipal
    } else if ["signInAudience", "identifierUris", "requiredResourceAccess", "publisherDomain", "passwordCredentials"]
        .iter()
        .any(|name| holder.contains_key(*name))
    {
        HolderKind::Application
    } else {
        HolderKind::Unknown
    };
    let text = |name: &str| holder.get(name).and_then(Value::as_str);
    out.credentials.push(Found {
        value: FoundCredentials {
            holding,
            app_id: text("appId").and_then(|id| id.parse().ok()),
            object_id: text("id").or(text("objectId")).and_then(|id| id.parse().ok()),
            display_name: text("displayName").map(|name| name.chars().take(200).collect()),
            credentials,
        },
        origin: Origin::Json,
        span,
    });
}

/// One entry in Graph's dialect, with what is readable of it. A key that is no certificate (a PFX of `usage` Sign) is left
/// out.
fn entry_of(raw: &Map<String, Value>, read: ReadCertificate<'_>) -> (Map<String, Value>, Option<Certificate>) {
    let raw = camel_case(raw);
    let (mut out, mut certificate) = (Map::new(), None);
    for (name, also) in [
        ("customKeyIdentifier", "customKeyIdentifier"),
        ("displayName", "displayName"),
        ("type", "type"),
        ("usage", "usage"),
        ("keyId", "keyId"),
        ("key", "value"),
        ("startDateTime", "startDate"),
        ("endDateTime", "endDate"),
    ] {
        let value = raw.get(name).filter(|value| !value.is_null()).or_else(|| raw.get(also)).and_then(text_of);
        let value = match (name, value) {
            ("startDateTime" | "endDateTime", Some(date)) => rfc3339(&date),
            ("keyId", Some(id)) => id.parse::<crate::ids::KeyId>().ok().map(|id| id.to_string()),
            // Only a certificate is public.
            ("key", Some(key)) => {
                certificate = encoding::decode_base64(&key).and_then(|bytes| read(&bytes));
                certificate.as_ref().map(Certificate::der_base64)
            }
            (_, value) => value,
        };
        if let Some(value) = value {
            out.insert(name.into(), value.into());
        }
    }
    if !out.contains_key("usage") {
        out.insert("usage".into(), "Verify".into());
    }
    (out, certificate)
}

/// Bytes can be a list of numbers in PowerShell's JSON.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(bytes) => {
            let bytes: Option<Vec<u8>> =
                bytes.iter().map(|byte| byte.as_u64().and_then(|byte| byte.try_into().ok())).collect();
            bytes.map(|bytes| encoding::base64(&bytes))
        }
        _ => None,
    }
}

/// Dates as AAD Graph, azure-cli and PowerShell write them.
fn rfc3339(text: &str) -> Option<String> {
    let text = text.trim().replacen(' ', "T", 1);
    let parsed =
        OffsetDateTime::parse(&text, &Rfc3339).or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339));
    parsed.ok()?.format(&Rfc3339).ok()
}
