//! Entries of an application's `keyCredentials`, as Graph v1.0 has them
//! (<https://learn.microsoft.com/graph/api/resources/keycredential>) and as the app manifest has them.

mod fingerprint;
mod new;

use crate::certificate::Certificate;
use crate::credentials::{KeyCredentialType, KeyUsage};
use crate::encoding;
use crate::ids::KeyId;
use crate::thumbprint::Thumbprint;
pub use fingerprint::Fingerprint;
pub use new::{IdentifierStyle, NewKeyCredential, NewKeyCredentialError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::convert::Infallible;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Longer names are shortened by Graph; they are refused here, so that what is previewed is what is stored.
pub const MAX_DISPLAY_NAME: usize = 90;

/// What Graph answered is not a `keyCredentials` collection. Nothing may be written on such ground.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// With what it is instead, in words.
    #[error("keyCredentials is {0}, not a list")]
    NotAList(&'static str),
    /// With its place in the list, from 0.
    #[error("Entry {0} of keyCredentials is not an object")]
    NotAnObject(usize),
    /// A property is of another kind than Graph documents.
    #[error("Entry {at} of keyCredentials has “{text}” as {property}, which is not readable")]
    Property {
        /// Place in the list, from 0.
        at: usize,
        /// As Graph calls it.
        property: &'static str,
        /// What was there; of long text the first 80 characters.
        text: String,
    },
}

/// One entry as it was read. The JSON is kept and can be sent back unaltered.
#[derive(Debug, Clone)]
pub struct KeyCredential {
    raw: Map<String, Value>,
    key_id: Option<KeyId>,
    usage: Option<KeyUsage>,
    kind: Option<KeyCredentialType>,
    start: Option<OffsetDateTime>,
    end: Option<OffsetDateTime>,
    certificate: Option<Certificate>,
}

impl KeyCredential {
    pub(crate) fn from_json(at: usize, value: &Value) -> Result<Self, WireError> {
        Self::read(at, value, &certificate_in)
    }

    /// `certificate`: what stands in a `key`.
    pub(crate) fn read(
        at: usize,
        value: &Value,
        certificate: &dyn Fn(&str) -> Option<Certificate>,
    ) -> Result<Self, WireError> {
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
        let named = |property: &'static str| match raw.get(property) {
            Some(Value::String(text)) => Some(text.as_str()),
            _ => None,
        };
        Ok(Self {
            key_id,
            usage: named("usage").map(known),
            kind: named("type").map(known),
            start: date("startDateTime")?,
            end: date("endDateTime")?,
            certificate: text("key")?.and_then(certificate),
            raw: raw.clone(),
        })
    }

    /// As it was read.
    pub(crate) fn to_json(&self) -> Value {
        Value::Object(self.raw.clone())
    }

    fn text(&self, property: &str) -> Option<&str> {
        self.raw.get(property).and_then(Value::as_str)
    }

    /// `keyId`
    pub fn key_id(&self) -> Option<KeyId> {
        self.key_id
    }

    /// `displayName`
    pub fn display_name(&self) -> Option<&str> {
        self.text("displayName")
    }

    /// What it is for.
    pub fn usage(&self) -> Option<&KeyUsage> {
        self.usage.as_ref()
    }

    /// Entra checks with it what the app signs to sign in ([`KeyUsage::Verify`]).
    pub fn is_for_sign_in(&self) -> bool {
        self.usage == Some(KeyUsage::Verify)
    }

    /// The property `type`.
    pub fn kind(&self) -> Option<&KeyCredentialType> {
        self.kind.as_ref()
    }

    /// `startDateTime`
    pub fn start(&self) -> Option<OffsetDateTime> {
        self.start
    }

    /// `endDateTime`
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
        self.certificate.as_ref().map(Certificate::sha1).or_else(|| {
            self.text("customKeyIdentifier")
                .and_then(thumbprint_in)
                .filter(|_| self.kind() != Some(&KeyCredentialType::Symmetric))
        })
    }

    /// `customKeyIdentifier` as it came, where it is no thumbprint, or not this certificate's. It can be any text.
    pub fn odd_identifier(&self) -> Option<&str> {
        let text = self.text("customKeyIdentifier")?;
        let read = thumbprint_in(text).filter(|_| self.kind() != Some(&KeyCredentialType::Symmetric));
        match (&self.certificate, read) {
            (Some(certificate), Some(read)) if certificate.sha1() == read => None,
            (None, Some(_)) => None,
            _ => Some(text),
        }
    }

    /// The JSON as it was read.
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
            .filter(|name| !name.trim().is_empty())
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
    pub(crate) fn echo(&self) -> Self {
        let mut echo = self.clone();
        if self.key_id.is_some() {
            echo.raw.insert("key".into(), Value::Null);
            echo.certificate = None;
        }
        echo
    }
}

/// Everything else is read from the JSON.
impl PartialEq for KeyCredential {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for KeyCredential {}

/// Of what is not known the type keeps the text, so that every text can be read.
fn known<T: std::str::FromStr<Err = Infallible>>(text: &str) -> T {
    match text.parse() {
        Ok(known) => known,
        Err(never) => match never {},
    }
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
    direct().or_else(doubly).filter(|found: &Thumbprint| !is_text(found.as_bytes()))
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

    /// In the order in which Graph sent them.
    pub fn iter(&self) -> std::slice::Iter<'_, KeyCredential> {
        self.0.iter()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Graph answered with an empty list.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first entry with this `keyId`.
    pub fn find(&self, key_id: KeyId) -> Option<&KeyCredential> {
        self.0.iter().find(|entry| entry.key_id == Some(key_id))
    }

    /// An entry that already registers this certificate for client authentication (`Verify`).
    pub fn find_certificate(&self, certificate: &Certificate) -> Option<&KeyCredential> {
        self.0.iter().filter(|entry| entry.is_for_sign_in()).find(|entry| match &entry.certificate {
            Some(known) => known.sha256() == certificate.sha256(),
            None => entry.thumbprint() == Some(certificate.sha1()),
        })
    }

    /// The JSON list, each entry as it was read.
    pub fn to_json(&self) -> Value {
        Value::Array(self.0.iter().map(KeyCredential::to_json).collect())
    }

    /// Indented, every value as Graph sent it.
    pub fn pretty(&self) -> String {
        pretty(&self.to_json())
    }

    /// A digest of the whole collection.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }

    /// No entry differs from the other's, whatever the order. A key that only one side shows is no difference.
    pub fn same_as(&self, other: &Self) -> bool {
        let mut unmatched: Vec<&KeyCredential> = other.iter().collect();
        self.len() == other.len()
            && self.iter().all(|entry| {
                let same = unmatched.iter().position(|other| other.same_as(entry));
                same.map(|at| unmatched.remove(at)).is_some()
            })
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
