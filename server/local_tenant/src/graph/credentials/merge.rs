//! A new `keyCredentials` collection: what a write may say about it, and what comes of that.
//!
//! An element with the `keyId` of a stored entry is a reference to it and must not change it; any other element is a
//! new entry and needs `key`. What is not among the elements is gone (facts, B1 and B2).

use std::collections::HashSet;

use axum::http::StatusCode;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::certificate::Certificate;
use crate::format::{binary, parse_date};
use crate::graph::error::GraphError;
use crate::graph::holder::HolderKind;
use crate::store::{CustomKeyIdentifierStyle, KeyCredential};

/// Bytes of a `customKeyIdentifier`, at most.
const MAX_IDENTIFIER: usize = 32;
/// Letters of a `displayName`; the rest is cut off.
const MAX_NAME: usize = 90;

/// The collection after a write of `sent` over `stored`.
pub(crate) fn merge(
    sent: &Value,
    stored: &[KeyCredential],
    kind: HolderKind,
    style: CustomKeyIdentifierStyle,
    now: OffsetDateTime,
) -> Result<Vec<KeyCredential>, GraphError> {
    let invalid = || invalid(kind);
    let Some(elements) = sent.as_array() else {
        return Err(invalid());
    };
    let mut seen = HashSet::new();
    let mut merged = vec![];
    for element in elements {
        let element = Element { sent: element.as_object().ok_or_else(invalid)?, kind };
        let key_id = element.key_id()?;
        if key_id.is_some_and(|id| !seen.insert(id)) {
            return Err(invalid());
        }
        let usage = element.usage()?;
        merged.push(match key_id.and_then(|id| stored.iter().find(|entry| entry.key_id == id)) {
            Some(entry) => {
                element.check_unaltered(entry, style)?;
                entry.clone()
            }
            None => element.new_entry(key_id.unwrap_or_else(Uuid::new_v4), usage, now)?,
        });
    }
    Ok(merged)
}

/// One new entry, as `addKey` takes it.
pub(super) fn single(
    sent: &Map<String, Value>,
    stored: &[KeyCredential],
    kind: HolderKind,
    now: OffsetDateTime,
) -> Result<KeyCredential, GraphError> {
    let element = Element { sent, kind };
    let key_id = element.key_id()?.unwrap_or_else(Uuid::new_v4);
    if stored.iter().any(|entry| entry.key_id == key_id) {
        return Err(invalid(kind));
    }
    element.new_entry(key_id, element.usage()?, now)
}

fn invalid(kind: HolderKind) -> GraphError {
    GraphError::invalid_value("keyCredentials", kind.resource())
}

/// Recorded. It came for dates beyond the certificate's; that it comes for the others too is not documented.
fn invalid_end() -> GraphError {
    GraphError::new(StatusCode::BAD_REQUEST, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.")
}

/// One element as sent.
struct Element<'a> {
    sent: &'a Map<String, Value>,
    kind: HolderKind,
}

impl<'a> Element<'a> {
    fn invalid(&self) -> GraphError {
        invalid(self.kind)
    }

    /// A text; missing and null are the same.
    fn text(&self, name: &str) -> Result<Option<&'a str>, GraphError> {
        match self.sent.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid()),
        }
    }

    fn key_id(&self) -> Result<Option<Uuid>, GraphError> {
        self.text("keyId")?.map(|text| Uuid::parse_str(text).map_err(|_| self.invalid())).transpose()
    }

    fn date(&self, name: &str) -> Result<Option<OffsetDateTime>, GraphError> {
        self.text(name)?.map(|text| parse_date(text).ok_or_else(|| self.invalid())).transpose()
    }

    fn usage(&self) -> Result<&'a str, GraphError> {
        // The text names two; Encrypt is taken as well (facts, A1).
        self.text("usage")?.filter(|usage| ["Sign", "Verify", "Encrypt"].contains(usage)).ok_or_else(|| {
            GraphError::bad_request(
                "The value for the property \"usage\" in one of your credentials is invalid. Acceptable values are Sign, Verify.",
            )
        })
    }

    /// The bytes of `customKeyIdentifier`, in whichever of the alphabets.
    fn identifier(&self) -> Result<Option<Vec<u8>>, GraphError> {
        let Some(text) = self.text("customKeyIdentifier")? else {
            return Ok(None);
        };
        let bytes = binary(text).ok_or_else(|| self.invalid())?;
        if bytes.is_empty() || bytes.len() > MAX_IDENTIFIER {
            return Err(GraphError::bad_request(
                "When present, application key identifier cannot be empty and can be at most 32 bytes.",
            ));
        }
        Ok(Some(bytes))
    }

    /// Whatever is said about a stored entry must be what the entry says. Null stands for "as it is".
    fn check_unaltered(&self, entry: &KeyCredential, style: CustomKeyIdentifierStyle) -> Result<(), GraphError> {
        let same_key = self.text("key")?.is_none_or(|text| binary(text).is_some_and(|key| key[..] == entry.key[..]));
        let same_identifier = self.text("customKeyIdentifier")?.is_none_or(|text| {
            entry.custom_key_identifier_text(style).as_deref() == Some(text)
                || binary(text).is_some_and(|bytes| Some(bytes) == entry.custom_key_identifier)
        });
        let same_texts = self.text("displayName")?.is_none_or(|name| Some(name) == entry.display_name.as_deref())
            && self.text("type")?.is_none_or(|kind| kind == entry.kind)
            && self.text("usage")?.is_none_or(|usage| usage == entry.usage);
        let same_dates = self.date("startDateTime")?.is_none_or(|start| whole_seconds(entry.start) == start)
            && self.date("endDateTime")?.is_none_or(|end| whole_seconds(entry.end) == end);
        if same_key && same_identifier && same_texts && same_dates {
            return Ok(());
        }
        Err(GraphError::bad_request(format!(
            "Update to existing credential with KeyId '{}' is not allowed.",
            entry.key_id
        )))
    }

    fn new_entry(&self, key_id: Uuid, usage: &str, now: OffsetDateTime) -> Result<KeyCredential, GraphError> {
        // How Graph words these three refusals is not documented.
        let key = self
            .text("key")?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| GraphError::bad_request("New key credentials must have a value for the property 'key'."))?;
        let stored = binary(key).ok_or_else(|| self.invalid())?;
        let not_a_certificate = || GraphError::bad_request("Key value is invalid certificate.");
        let certificate = Certificate::read(&stored).map_err(|_| not_a_certificate())?;
        let mut entry = KeyCredential::for_certificate(key_id, &stored, usage).map_err(|_| not_a_certificate())?;
        match (self.text("type")?, usage) {
            (Some("AsymmetricX509Cert"), _) => entry.kind = "AsymmetricX509Cert".into(),
            (Some("X509CertAndPassword"), "Sign") => entry.kind = "X509CertAndPassword".into(),
            _ => {
                return Err(GraphError::bad_request(
                    "The value for the property \"type\" in one of your credentials is invalid. Acceptable values are AsymmetricX509Cert, X509CertAndPassword.",
                ));
            }
        }
        if let Some(bytes) = self.identifier()? {
            entry.custom_key_identifier = Some(bytes);
        }
        if let Some(name) = self.text("displayName")?.filter(|name| !name.is_empty()) {
            entry.display_name = Some(name.chars().take(MAX_NAME).collect());
        }
        entry.start = self.date("startDateTime")?.unwrap_or(entry.start);
        entry.end = self.date("endDateTime")?.unwrap_or(entry.end);
        if entry.end > certificate.not_after || entry.end <= entry.start || entry.end <= now {
            return Err(invalid_end());
        }
        Ok(entry)
    }
}

/// What the wire shows of a date.
fn whole_seconds(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_nanosecond(0).unwrap_or(at)
}
