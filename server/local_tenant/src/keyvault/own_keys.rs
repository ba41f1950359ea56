//! Keys without a certificate: `POST /keys/{name}/create`, and what is asked of them and of certificates' keys alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;
use uuid::Uuid;

use super::certificates::{enabled, tags};
use super::error::{Missing, VaultError};
use super::key::VaultKey;
use super::path::VersionId;
use super::rbac::Action;
use super::show::{RECOVERY_LEVEL, object_id};
use super::store::{Vault, missing};
use super::{Request, VaultAnswer};
use crate::state_file::codec;

/// Versions of one key.
const MOST_VERSIONS: usize = 1_000;

/// One version of a key that was made by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeyVersion {
    id: Uuid,
    #[serde(with = "codec::shared")]
    key: Arc<VaultKey>,
    #[serde(with = "nanoseconds")]
    created: OffsetDateTime,
    enabled: bool,
    /// Seconds since 1970.
    not_before: Option<i64>,
    not_after: Option<i64>,
    tags: BTreeMap<String, String>,
}

/// A key with its name, oldest version first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OwnKey {
    name: String,
    versions: Vec<KeyVersion>,
}

/// A version of a key, whatever made it.
pub(super) struct KeyView<'v> {
    pub(super) name: &'v str,
    pub(super) id: Uuid,
    pub(super) key: &'v Arc<VaultKey>,
    pub(super) enabled: bool,
    pub(super) not_before: Option<i64>,
    pub(super) not_after: Option<i64>,
    created: i64,
    updated: i64,
    tags: &'v BTreeMap<String, String>,
    /// It is a certificate's.
    managed: bool,
}

impl KeyView<'_> {
    pub(super) fn kid(&self, root: &str) -> String {
        format!("{}/{}", object_id(root, "keys", self.name), self.id.simple())
    }

    fn attributes(&self) -> Value {
        let mut out = json!({"enabled": self.enabled, "created": self.created, "updated": self.updated});
        for (name, date) in [("nbf", self.not_before), ("exp", self.not_after)] {
            if let Some(date) = date {
                out[name] = json!(date);
            }
        }
        out
    }

    fn marked(&self, mut out: Value) -> Value {
        if self.managed {
            out["managed"] = json!(true);
        }
        if !self.tags.is_empty() {
            out["tags"] = json!(self.tags);
        }
        out
    }

    /// An item of a list.
    pub(super) fn item(&self, kid: String) -> Value {
        self.marked(json!({"kid": kid, "attributes": self.attributes()}))
    }

    pub(super) fn bundle(&self, root: &str) -> Value {
        let mut key = self.key.jwk();
        key["kid"] = json!(self.kid(root));
        let mut attributes = self.attributes();
        attributes["recoveryLevel"] = json!(RECOVERY_LEVEL);
        attributes["recoverableDays"] = json!(90);
        self.marked(json!({"key": key, "attributes": attributes}))
    }
}

impl Vault {
    /// All versions of a key, oldest first; `None`: there is none of that name.
    pub(super) fn key_versions(&self, name: &str) -> Option<Vec<KeyView<'_>>> {
        let place = name.to_ascii_lowercase();
        if let Some(own) = self.keys.get(&place) {
            let view = |version| of_own(&own.name, version);
            return Some(own.versions.iter().map(view).collect());
        }
        let certificate = self.certificates.get(&place)?;
        let views = certificate.versions.iter().map(|version| KeyView {
            name: &certificate.name,
            id: version.id,
            key: &version.key,
            enabled: version.enabled,
            not_before: Some(version.not_before.unix_timestamp()),
            not_after: Some(version.not_after.unix_timestamp()),
            created: version.created.unix_timestamp(),
            updated: version.updated.unix_timestamp(),
            tags: &version.tags,
            managed: true,
        });
        Some(views.collect())
    }

    /// A version, or the latest one.
    pub(super) fn key(&self, name: &str, version: Option<VersionId>) -> Result<KeyView<'_>, VaultError> {
        let mut all = self.key_versions(name).unwrap_or_default();
        let found = match version {
            None => all.pop(),
            Some(VersionId::Known(id)) => all.into_iter().find(|one| one.id == id),
            Some(VersionId::Unknown) => None,
        };
        found.ok_or_else(|| missing(name, version, Missing::Key))
    }

    /// Names of all keys, in lower case.
    pub(super) fn key_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.certificates.keys().chain(self.keys.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

fn of_own<'v>(name: &'v str, version: &'v KeyVersion) -> KeyView<'v> {
    KeyView {
        name,
        id: version.id,
        key: &version.key,
        enabled: version.enabled,
        not_before: version.not_before,
        not_after: version.not_after,
        created: version.created.unix_timestamp(),
        updated: version.created.unix_timestamp(),
        tags: &version.tags,
        managed: false,
    }
}

/// `POST /keys/{name}/create` with `{"kty": "RSA", "key_size": 2048}` or `{"kty": "EC", "crv": "P-256"}`: a key, or the next
/// version of one.
pub(super) fn create(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    let resource = format!("/keys/{name}");
    request.read(Action::KeysCreate, &resource, |vault| free(vault, name))?;
    let sent = request.json()?;
    let date = |name: &str| sent.get("attributes").and_then(|attributes| attributes[name].as_i64());
    let version = KeyVersion {
        id: Uuid::new_v4(),
        // Slow: no lock is held.
        key: Arc::new(make(&sent)?),
        created: request.now,
        enabled: enabled(&sent).unwrap_or(true),
        not_before: date("nbf"),
        not_after: date("exp"),
        tags: tags(&sent)?.unwrap_or_default(),
    };
    request.write(Action::KeysCreate, &resource, |vault| {
        free(vault, name)?;
        let place = name.to_ascii_lowercase();
        let own = vault.keys.entry(place).or_insert_with(|| OwnKey { name: name.to_owned(), versions: vec![] });
        if own.versions.len() >= MOST_VERSIONS {
            return Err(VaultError::conflict(None, "The key has as many versions as this vault keeps."));
        }
        own.versions.push(version);
        Ok(VaultAnswer::ok(vault.key(name, None)?.bundle(&request.root)))
    })
}

/// A certificate's key is the certificate's to renew.
fn free(vault: &Vault, name: &str) -> Result<(), VaultError> {
    if vault.certificates.contains_key(&name.to_ascii_lowercase()) {
        return Err(VaultError::conflict(None, format!("Key {name} belongs to a certificate of the same name.")));
    }
    vault.check_not_deleted(name)
}

fn make(sent: &Map<String, Value>) -> Result<VaultKey, VaultError> {
    let wrong = |name: &str| VaultError::bad_parameter(format!("Property '{name}' has invalid value."));
    match sent.get("kty").and_then(Value::as_str) {
        Some("RSA") => {
            let bits = match sent.get("key_size").filter(|size| !size.is_null()).map(Value::as_u64) {
                None | Some(Some(2048)) => 2048,
                Some(Some(3072)) => 3072,
                Some(Some(4096)) => 4096,
                Some(_) => return Err(wrong("key_size")),
            };
            VaultKey::rsa(bits).map_err(VaultError::internal)
        }
        Some("EC") => match sent.get("crv").and_then(Value::as_str) {
            None | Some("P-256") => VaultKey::elliptic().map_err(VaultError::internal),
            Some(curve @ ("P-384" | "P-521" | "P-256K")) => {
                Err(VaultError::not_simulated(format!("the curve {curve}")))
            }
            Some(_) => Err(wrong("crv")),
        },
        Some(kty @ ("RSA-HSM" | "EC-HSM" | "oct" | "oct-HSM")) => {
            Err(VaultError::not_simulated(format!("keys of the type {kty}")))
        }
        _ => Err(wrong("kty")),
    }
}
