//! `/keys`: the keys behind certificates. Others a vault has none here.

use serde_json::{Value, json};

use super::error::{Missing, VaultError};
use super::path::VersionId;
use super::rbac::Action;
use super::show::{RECOVERY_LEVEL, attributes, object_id, version_id};
use super::store::Version;
use super::{Answer, Request, paging};

/// `GET /keys`
pub(super) fn list(request: &Request<'_>) -> Result<Answer, VaultError> {
    let rows = request.read(Action::KeysRead, "", |vault| {
        let shown = vault.certificates.values().filter_map(|certificate| {
            let id = object_id(&request.root, "keys", &certificate.name);
            Some((certificate.name.to_ascii_lowercase(), item(id, certificate.latest()?)))
        });
        Ok(shown.collect())
    })?;
    paging::page(request, "keys", rows)
}

/// `GET /keys/{name}/versions`
pub(super) fn versions(request: &Request<'_>, name: &str) -> Result<Answer, VaultError> {
    let rows = request.read(Action::KeysRead, &format!("/keys/{name}"), |vault| {
        let certificate = vault.certificate(name, Missing::Key)?;
        let shown = certificate.versions.iter().enumerate().map(|(place, version)| {
            (format!("{place:06}"), item(version_id(&request.root, "keys", &certificate.name, version), version))
        });
        Ok(shown.collect())
    })?;
    paging::page(request, &format!("keys/{name}/versions"), rows)
}

/// `GET /keys/{name}/{version?}`
pub(super) fn get(request: &Request<'_>, name: &str, version: Option<VersionId>) -> Result<Answer, VaultError> {
    request.read(Action::KeysRead, &format!("/keys/{name}"), |vault| {
        let (certificate, version) = vault.version(name, version, Missing::Key)?;
        let mut key = version.key.jwk();
        key["kid"] = json!(version_id(&request.root, "keys", &certificate.name, version));
        let mut attributes = attributes(version);
        attributes["recoveryLevel"] = json!(RECOVERY_LEVEL);
        attributes["recoverableDays"] = json!(90);
        let mut out = json!({"key": key, "attributes": attributes, "managed": true});
        if !version.tags.is_empty() {
            out["tags"] = json!(version.tags);
        }
        Ok(Answer::ok(out))
    })
}

fn item(id: String, version: &Version) -> Value {
    let mut out = json!({"kid": id, "attributes": attributes(version), "managed": true});
    if !version.tags.is_empty() {
        out["tags"] = json!(version.tags);
    }
    out
}
