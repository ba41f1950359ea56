//! Entries that do not exist yet.

use super::{KeyCredential, MAX_DISPLAY_NAME, pretty};
use crate::certificate::Certificate;
use crate::credentials::{KeyCredentialType, KeyUsage};
use crate::ids::KeyId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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
    /// It has more than [`MAX_DISPLAY_NAME`] characters.
    #[error("The display name has {length} characters; Graph keeps at most {MAX_DISPLAY_NAME}")]
    DisplayNameTooLong {
        /// In characters.
        length: usize,
    },
    /// It holds a line break or another control character.
    #[error("The display name contains a control character")]
    DisplayNameControl,
    /// Of an entry that was to be copied.
    #[error("Graph did not return the key of “{name}”, or it is no X.509 certificate, so it cannot be copied")]
    KeyUnknown {
        /// [`KeyCredential::name`]
        name: String,
    },
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
    /// `display_name`: trimmed; an empty one means the certificate's subject (shortened to what Graph keeps).
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

    /// That the entry holds.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its own, made up here.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// As it is sent.
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
            "type": KeyCredentialType::AsymmetricX509Cert,
            "usage": KeyUsage::Verify,
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
            usage: Some(KeyUsage::Verify),
            kind: Some(KeyCredentialType::AsymmetricX509Cert),
            start: Some(facts.not_before),
            end: Some(facts.not_after),
            certificate: Some(self.certificate.clone()),
        }
    }

    /// The entry as the app manifest of the Entra admin center takes it.
    pub fn manifest(&self) -> Value {
        self.entry().manifest()
    }

    /// [`NewKeyCredential::manifest`], indented.
    pub fn manifest_pretty(&self) -> String {
        pretty(&self.manifest())
    }
}

/// Whole seconds and `Z`, as Graph writes its dates.
fn wire_date(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC).replace_nanosecond(0).unwrap_or(at);
    at.format(&Rfc3339).unwrap_or_default()
}
