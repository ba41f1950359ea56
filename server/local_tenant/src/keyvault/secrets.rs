//! `/secrets/{name}`: a certificate with its private key, where the policy lets the key out. Whoever may read this
//! has the key; the portal never asks for it.

use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use serde_json::json;

use super::error::{Missing, VaultError};
use super::path::VersionId;
use super::rbac::Action;
use super::show::{RECOVERY_LEVEL, attributes, version_id};
use super::store::Version;
use super::{Request, VaultAnswer};
use crate::format::base64;
use crate::seed::pem;

/// `GET /secrets/{name}/{version?}`. A PFX has the empty password.
pub(super) fn get(request: &Request<'_>, name: &str, version: Option<VersionId>) -> Result<VaultAnswer, VaultError> {
    request.read(Action::SecretsGet, &format!("/secrets/{name}"), |vault| {
        let (certificate, version) = vault.version(name, version, Missing::Secret)?;
        if !version.enabled {
            return Err(VaultError::forbidden("SecretDisabled", "Operation get is not allowed on a disabled secret."));
        }
        let value = if version.content_type == "application/x-pem-file" {
            let key = version.exportable.then(|| pem("PRIVATE KEY", version.key.pkcs8()));
            key.unwrap_or_default() + &pem("CERTIFICATE", &version.der)
        } else {
            base64(&pfx(version).map_err(VaultError::internal)?)
        };
        let mut attributes = attributes(version);
        attributes["recoveryLevel"] = json!(RECOVERY_LEVEL);
        Ok(VaultAnswer::ok(json!({
            "id": version_id(&request.root, "secrets", &certificate.name, version),
            "kid": version_id(&request.root, "keys", &certificate.name, version),
            "value": value,
            "contentType": version.content_type,
            "attributes": attributes,
            "managed": true,
        })))
    })
}

fn pfx(version: &Version) -> p12_keystore::Result<Vec<u8>> {
    let certificate = Certificate::from_der(&version.der)?;
    let entry = if version.exportable {
        let key = PrivateKey::from_der(version.key.pkcs8())?;
        KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(vec![1], key, [certificate]))
    } else {
        KeyStoreEntry::Certificate(certificate)
    };
    let mut store = KeyStore::new();
    store.add_entry("certificate", entry);
    store.writer("").write()
}
