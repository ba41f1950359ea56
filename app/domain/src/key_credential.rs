//! Entries of an application's `keyCredentials`, as Graph v1.0 has them
//! (<https://learn.microsoft.com/graph/api/resources/keycredential>) and as the app manifest has them.

use crate::certificate::Certificate;
use crate::encoding;
use crate::ids::KeyId;
use crate::merge_plan::Fingerprint;
use crate::thumbprint::Thumbprint;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Longer names are shortened by Graph; they are refused here, so that what is previewed is what is stored.
pub const MAX_DISPLAY_NAME: usize = 90;

/// What Graph answered is not a `keyCredentials` collection. Nothing may be written on such ground.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("keyCredentials is {0}, not a list")]
    NotAList(&'static str),
    #[error("Entry {0} of keyCredentials is not an object")]
    NotAnObject(usize),
    #[error("Entry {at} of keyCredentials has “{text}” as {property}, which is not readable")]
    Property { at: usize, property: &'static str, text: String },
}

/// One entry as it was read. The JSON is kept and can be sent back unaltered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCredential {
    raw: Map<String, Value>,
    key_id: Option<KeyId>,
    start: Option<OffsetDateTime>,
    end: Option<OffsetDateTime>,
    certificate: Option<Certificate>,
}

impl KeyCredential {
    pub(crate) fn from_json(at: usize, value: &Value) -> Result<Self, WireError> {
        let Value::Object(raw) = value else {
            return Err(WireError::NotAnObject(at));
        };
        let text = |property: &'static str| match raw.get(property) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(other) => Err(WireError::Property { at, property, text: other.to_string() }),
        };
        let unreadable = |property: &'static str, text: &str| WireError::Property {
            at,
            property,
            text: text.chars().take(80).collect(),
        };
        let date = |property: &'static str| match text(property)? {
            None => Ok(None),
            Some(value) => OffsetDateTime::parse(value, &Rfc3339).map(Some).map_err(|_| unreadable(property, value)),
        };
        let key_id = match text("keyId")? {
            None => None,
            Some(value) => Some(value.parse().map_err(|_| unreadable("keyId", value))?),
        };
        Ok(Self {
            key_id,
            start: date("startDateTime")?,
            end: date("endDateTime")?,
            certificate: text("key")?.and_then(certificate_in),
            raw: raw.clone(),
        })
    }

    fn text(&self, property: &str) -> Option<&str> {
        self.raw.get(property).and_then(Value::as_str)
    }

    pub fn key_id(&self) -> Option<KeyId> {
        self.key_id
    }

    pub fn display_name(&self) -> Option<&str> {
        self.text("displayName")
    }

    /// `Verify`, `Sign`, or `Encrypt`, in whatever case it came.
    pub fn usage(&self) -> Option<&str> {
        self.text("usage").map(|text| spelled(text, &["Verify", "Sign", "Encrypt"]))
    }

    /// The property `type`: `AsymmetricX509Cert`, `X509CertAndPassword`, or `Symmetric`, in whatever case it came.
    pub fn kind(&self) -> Option<&str> {
        self.text("type").map(|text| spelled(text, &["AsymmetricX509Cert", "X509CertAndPassword", "Symmetric"]))
    }

    pub fn start(&self) -> Option<OffsetDateTime> {
        self.start
    }

    pub fn end(&self) -> Option<OffsetDateTime> {
        self.end
    }

    /// From `key`, where Graph returned it and it is an X.509 certificate: base64 of DER, in one line or wrapped, or
    /// base64 of PEM text (terraform's azuread provider writes that).
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// `key` was in what Graph answered.
    pub fn has_key(&self) -> bool {
        self.text("key").is_some()
    }

    /// Of the certificate itself, or else `customKeyIdentifier` where that is a SHA-1.
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        self.certificate
            .as_ref()
            .map(Certificate::sha1)
            .or_else(|| self.text("customKeyIdentifier").and_then(thumbprint_in).filter(|_| self.kind() != Some("Symmetric")))
    }

    /// `customKeyIdentifier` as it came, where it is no thumbprint, or not this certificate's. It can be any text.
    pub fn odd_identifier(&self) -> Option<&str> {
        let text = self.text("customKeyIdentifier")?;
        let read = thumbprint_in(text).filter(|_| self.kind() != Some("Symmetric"));
        match (&self.certificate, read) {
            (Some(certificate), Some(read)) if certificate.sha1() == read => None,
            (None, Some(_)) => None,
            _ => Some(text),
        }
    }

    pub fn raw(&self) -> &Map<String, Value> {
        &self.raw
    }

    /// `key` as Graph sent it, or as it is sent.
    pub fn key(&self) -> Option<&str> {
        self.text("key")
    }

    /// The same entry with its key, where it came without.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        if self.has_key() {
            return self.clone();
        }
        let mut raw = self.raw.clone();
        raw.insert("key".into(), key.into());
        Self { certificate: certificate_in(key), raw, ..self.clone() }
    }

    /// A name for people: the display name, else the thumbprint, else the keyId.
    pub fn name(&self) -> String {
        self.display_name()
            .map(str::to_owned)
            .or_else(|| self.thumbprint().map(|thumbprint| thumbprint.hex()))
            .or_else(|| self.key_id.map(|id| id.to_string()))
            .unwrap_or_else(|| "without a name".into())
    }

    /// The entry as the app manifest takes it: `customKeyIdentifier` is base64 of the SHA-1 thumbprint
    /// (<https://learn.microsoft.com/entra/identity-platform/certificate-credentials>).
    pub(crate) fn manifest(&self) -> Value {
        let mut raw = self.raw.clone();
        if let Some(certificate) = &self.certificate {
            raw.insert("customKeyIdentifier".into(), certificate.sha1().base64().into());
        }
        Value::Object(raw)
    }

    /// The two have the same certificate, as far as either shows it. `None`: one of them does not.
    pub(crate) fn same_certificate(&self, other: &Self) -> Option<bool> {
        match (&self.certificate, &other.certificate) {
            (Some(one), Some(two)) => Some(one.sha256() == two.sha256()),
            _ => Some(self.thumbprint()? == other.thumbprint()?),
        }
    }

    /// Every property but `key` and `keyId`, as text: what an entry without a `keyId` is known by.
    pub(crate) fn content(&self) -> String {
        let rest: Map<_, _> = self
            .raw
            .iter()
            .filter(|(name, value)| *name != "key" && *name != "keyId" && !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Value::Object(rest).to_string()
    }

    /// Equal in every property. `key` counts only where both sides have it, since Graph leaves it out of most answers.
    pub fn same_as(&self, other: &Self) -> bool {
        let rest = |entry: &Self| {
            entry
                .raw
                .iter()
                .filter(|(name, value)| *name != "key" && !value.is_null())
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect::<Map<_, _>>()
        };
        let keys = match (self.text("key"), other.text("key")) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        keys && rest(self) == rest(other)
    }

    /// The entry as it goes into a PATCH: unaltered, but with `key` null. Graph keeps the stored key of an entry whose
    /// `keyId` it knows; an entry without a `keyId` has to carry its key.
    pub(crate) fn echo(&self) -> Value {
        let mut raw = self.raw.clone();
        if self.key_id.is_some() {
            raw.insert("key".into(), Value::Null);
        }
        Value::Object(raw)
    }
}

/// The one of `known` that the text is, whatever its case; else the text.
fn spelled<'a>(text: &'a str, known: &[&'static str]) -> &'a str {
    known.iter().find(|known| known.eq_ignore_ascii_case(text)).copied().unwrap_or(text)
}

/// A SHA-1 thumbprint in `customKeyIdentifier`: 40 hexadecimal digits (what Graph answers by default) or base64 of the
/// 20 bytes.
fn thumbprint_in(text: &str) -> Option<Thumbprint> {
    let direct = || (text.len() == 40 || text.len() == 28).then(|| text.parse().ok()).flatten();
    // Base64 of the 40 digits' text, or of base64 again: what a client leaves that encoded a string.
    let doubly = || {
        encoding::decode_base64(text)
            .filter(|bytes| matches!(bytes.len(), 27 | 28 | 40))
            .and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok())
    };
    // 20 bytes that all print are somebody's text ("CN=DaemonConsoleCert"), not a digest: of digests, one in 10⁸ does.
    direct()
        .or_else(doubly)
        .filter(|found: &Thumbprint| !is_text(found.as_bytes()))
}

/// ASCII, or UTF-16 of it.
fn is_text(bytes: &[u8]) -> bool {
    let prints = |byte: &u8| (b' '..=b'~').contains(byte);
    bytes.iter().all(prints) || bytes.chunks(2).all(|pair| pair.len() == 2 && prints(&pair[0]) && pair[1] == 0)
}

fn certificate_in(key: &str) -> Option<Certificate> {
    let bytes = encoding::decode_base64(key)?;
    if bytes.first() == Some(&0x30) {
        return Certificate::from_der(&bytes).ok();
    }
    let text = String::from_utf8(bytes).ok()?;
    crate::upload::read(text.as_bytes()).ok().map(|upload| upload.leaf)
}

/// As Graph has it.
impl Serialize for KeyCredential {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KeyCredential {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_json(0, &value).map_err(serde::de::Error::custom)
    }
}

/// The whole collection, as one answer of Graph had it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyCredentials(Vec<KeyCredential>);

impl KeyCredentials {
    /// `value`: the JSON list.
    pub fn from_json(value: &Value) -> Result<Self, WireError> {
        let list = match value {
            Value::Array(list) => list,
            Value::Null => return Err(WireError::NotAList("null")),
            _ => return Err(WireError::NotAList("something else")),
        };
        list.iter()
            .enumerate()
            .map(|(at, value)| KeyCredential::from_json(at, value))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub fn iter(&self) -> std::slice::Iter<'_, KeyCredential> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn find(&self, key_id: KeyId) -> Option<&KeyCredential> {
        self.0.iter().find(|entry| entry.key_id == Some(key_id))
    }

    /// An entry that already registers this certificate for client authentication (`Verify`).
    pub fn find_certificate(&self, certificate: &Certificate) -> Option<&KeyCredential> {
        self.0.iter().filter(|entry| entry.usage() == Some("Verify")).find(|entry| match &entry.certificate {
            Some(known) => known.sha256() == certificate.sha256(),
            None => entry.thumbprint() == Some(certificate.sha1()),
        })
    }

    pub fn to_json(&self) -> Value {
        Value::Array(self.0.iter().map(|entry| Value::Object(entry.raw.clone())).collect())
    }

    /// Indented, every value as Graph sent it.
    pub fn pretty(&self) -> String {
        pretty(&self.to_json())
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }

    /// No entry differs from the other's, whatever the order. A key that only one side shows is no difference.
    pub fn same_as(&self, other: &Self) -> bool {
        self.len() == other.len() && crate::diff::between(self, other).is_empty()
    }
}

impl FromIterator<KeyCredential> for KeyCredentials {
    fn from_iter<I: IntoIterator<Item = KeyCredential>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a KeyCredentials {
    type Item = &'a KeyCredential;
    type IntoIter = std::slice::Iter<'a, KeyCredential>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

pub(crate) fn pretty(value: &Value) -> String {
    // `{:#}` on a Value cannot fail, unlike to_string_pretty's signature.
    format!("{value:#}")
}

/// How a new entry's `customKeyIdentifier` is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentifierStyle {
    /// Base64 of the SHA-1 thumbprint's 20 bytes, as Microsoft's identity platform documents it.
    #[default]
    Base64,
    /// Left out: Graph then fills in the thumbprint by itself, as it does for azure-cli.
    Omit,
}

/// Why no entry can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewKeyCredentialError {
    #[error("The display name has {length} characters; Graph keeps at most {MAX_DISPLAY_NAME}")]
    DisplayNameTooLong { length: usize },
    #[error("The display name contains a control character")]
    DisplayNameControl,
    /// Of an entry that was to be copied.
    #[error("Graph did not return the key of “{name}”, or it is no X.509 certificate, so it cannot be copied")]
    KeyUnknown { name: String },
}

/// An entry that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKeyCredential {
    certificate: Certificate,
    key_id: KeyId,
    display_name: String,
    identifier: IdentifierStyle,
}

impl NewKeyCredential {
    /// `display_name`: trimmed; an empty one means the certificate's own name (shortened to what Graph keeps).
    pub fn new(
        certificate: &Certificate,
        key_id: KeyId,
        display_name: &str,
        identifier: IdentifierStyle,
    ) -> Result<Self, NewKeyCredentialError> {
        let chosen = display_name.trim();
        let display_name = if chosen.is_empty() {
            certificate.facts().name().chars().take(MAX_DISPLAY_NAME).collect()
        } else {
            let length = chosen.chars().count();
            if length > MAX_DISPLAY_NAME {
                return Err(NewKeyCredentialError::DisplayNameTooLong { length });
            }
            if chosen.chars().any(char::is_control) {
                return Err(NewKeyCredentialError::DisplayNameControl);
            }
            chosen.to_owned()
        };
        Ok(Self { certificate: certificate.clone(), key_id, display_name, identifier })
    }

    /// The certificate and the name of another app's entry, under a `keyId` of its own.
    ///
    /// # Errors
    /// [`NewKeyCredentialError::KeyUnknown`] where the entry came without its `key`.
    pub fn copy_of(
        entry: &KeyCredential,
        key_id: KeyId,
        identifier: IdentifierStyle,
    ) -> Result<Self, NewKeyCredentialError> {
        let certificate =
            entry.certificate().ok_or_else(|| NewKeyCredentialError::KeyUnknown { name: entry.name() })?;
        // What Graph holds can be older than its limits.
        let name: String = entry
            .display_name()
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_DISPLAY_NAME)
            .collect();
        Self::new(certificate, key_id, &name, identifier)
    }

    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The entry in Graph v1.0's dialect: what goes into the PATCH. The dates are the certificate's own, always sent:
    /// Graph's defaults can lie beyond the certificate's end, which Graph then refuses.
    pub fn graph(&self) -> Value {
        let facts = self.certificate.facts();
        let mut entry = json!({
            "displayName": self.display_name,
            "endDateTime": wire_date(facts.not_after),
            "key": self.certificate.der_base64(),
            "keyId": self.key_id,
            "startDateTime": wire_date(facts.not_before),
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
        });
        if self.identifier == IdentifierStyle::Base64 {
            entry["customKeyIdentifier"] = facts.sha1.base64().into();
        }
        entry
    }

    /// The entry as Graph will show it, with its key.
    pub(crate) fn entry(&self) -> KeyCredential {
        let facts = self.certificate.facts();
        let raw = match self.graph() {
            Value::Object(raw) => raw,
            _ => Map::new(),
        };
        KeyCredential {
            raw,
            key_id: Some(self.key_id),
            start: Some(facts.not_before),
            end: Some(facts.not_after),
            certificate: Some(self.certificate.clone()),
        }
    }

    /// The entry as the app manifest of the Entra admin center takes it.
    pub fn manifest(&self) -> Value {
        self.entry().manifest()
    }

    pub fn manifest_pretty(&self) -> String {
        pretty(&self.manifest())
    }
}

/// Whole seconds and `Z`, as Graph writes its dates.
fn wire_date(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC).replace_nanosecond(0).unwrap_or(at);
    at.format(&Rfc3339).unwrap_or_default()
}
