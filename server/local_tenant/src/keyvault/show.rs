//! How certificates look on the wire: the item of a list, and the whole bundle.

use serde_json::{Map, Value, json};

use super::store::{DeletedCertificate, Pending, VaultCertificate, Version};
use crate::format::{base64, base64url};

/// What vaults with soft delete and without purge protection answer.
pub(super) const RECOVERY_LEVEL: &str = "CustomizedRecoverable+Purgeable";

/// `{root}/{collection}/{name}`
pub(super) fn object_id(root: &str, collection: &str, name: &str) -> String {
    format!("{root}/{collection}/{name}")
}

/// `{root}/{collection}/{name}/{version}`
pub(super) fn version_id(root: &str, collection: &str, name: &str, version: &Version) -> String {
    format!("{root}/{collection}/{name}/{}", version.id.simple())
}

pub(super) fn attributes(version: &Version) -> Value {
    json!({
        "enabled": version.enabled,
        "nbf": version.not_before.unix_timestamp(),
        "exp": version.not_after.unix_timestamp(),
        "created": version.created.unix_timestamp(),
        "updated": version.updated.unix_timestamp(),
    })
}

fn tagged(mut object: Value, version: &Version) -> Value {
    if !version.tags.is_empty() {
        object["tags"] = json!(version.tags);
    }
    object
}

/// An item of a list: no `cer`, no key, no policy.
pub(super) fn item(id: String, version: &Version) -> Value {
    tagged(
        json!({"id": id, "x5t": base64url(&version.sha1), "attributes": attributes(version), "subject": ""}),
        version,
    )
}

/// A certificate that has no version yet.
pub(super) fn pending_item(id: String, pending: &Pending) -> Value {
    let at = pending.due.unix_timestamp();
    json!({"id": id, "attributes": {"enabled": false, "created": at, "updated": at}})
}

pub(super) fn bundle(root: &str, certificate: &VaultCertificate, version: &Version) -> Value {
    let name = &certificate.name;
    let certificate_id = object_id(root, "certificates", name);
    let mut attributes = attributes(version);
    attributes["recoveryLevel"] = json!(RECOVERY_LEVEL);
    attributes["recoverableDays"] = json!(90);
    let mut out = json!({
        "id": version_id(root, "certificates", name, version),
        "kid": version_id(root, "keys", name, version),
        "sid": version_id(root, "secrets", name, version),
        "x5t": base64url(&version.sha1),
        "cer": base64(&version.der),
        "attributes": attributes,
        "policy": certificate.policy.show(&format!("{certificate_id}/policy")),
    });
    if certificate.pending.is_some() {
        out["pending"] = json!({"id": format!("{certificate_id}/pending")});
    }
    tagged(out, version)
}

pub(super) fn deleted(root: &str, deleted: &DeletedCertificate, full: bool) -> Value {
    let certificate = &deleted.certificate;
    let shown = certificate.latest().map(|version| {
        if full {
            bundle(root, certificate, version)
        } else {
            item(object_id(root, "certificates", &certificate.name), version)
        }
    });
    let mut out = match shown {
        Some(Value::Object(out)) => out,
        _ => Map::new(),
    };
    out.insert("recoveryId".into(), json!(object_id(root, "deletedcertificates", &certificate.name)));
    out.insert("deletedDate".into(), json!(deleted.deleted.unix_timestamp()));
    out.insert("scheduledPurgeDate".into(), json!(deleted.purge().unix_timestamp()));
    out.into()
}

pub(super) fn operation(root: &str, certificate: &VaultCertificate, pending: &Pending) -> Value {
    let certificate_id = object_id(root, "certificates", &certificate.name);
    let mut out = json!({
        "id": format!("{certificate_id}/pending"),
        "issuer": {"name": certificate.policy.issuer},
        "csr": base64(&pending.csr),
        "cancellation_requested": pending.cancellation_requested,
        "request_id": pending.request_id.simple().to_string(),
    });
    if pending.manual.is_some() {
        out["status"] = json!("inProgress");
        out["status_details"] = json!("Pending certificate created. Please Perform Merge to complete the request.");
    } else if pending.cancelled {
        out["status"] = json!("cancelled");
        out["status_details"] = json!("The certificate request was cancelled.");
    } else if pending.next.is_some() {
        out["status"] = json!("inProgress");
        out["status_details"] = json!(
            "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer provider. Please check again later."
        );
    } else {
        out["status"] = json!("completed");
        out["target"] = json!(certificate_id);
    }
    out
}
