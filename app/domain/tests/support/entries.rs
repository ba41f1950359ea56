//! Entries as Graph shows them, of real certificates.

use domain::certificate::Certificate;
use domain::diff::DiffKind;
use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, KeyCredentials, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Three certificates made by openssl; the first is the one that plans add.
pub fn certificates() -> &'static [Certificate; 3] {
    static MADE: OnceLock<[Certificate; 3]> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        ["new", "old", "other"].map(|name| {
            let subject = format!("/CN={name}.contoso.example");
            let made = super::make(folder.path(), name, &["rsa:2048"], &["-days", "90", "-subj", &subject]);
            Certificate::from_der(&made.der()).expect("openssl made it")
        })
    })
}

pub fn id(number: u8) -> KeyId {
    KeyId::from_random([number; 16])
}

pub fn new_entry() -> NewKeyCredential {
    NewKeyCredential::new(&certificates()[0], id(0xee), "Payroll 2027", IdentifierStyle::Base64).expect("a plain name")
}

pub fn append() -> Change {
    Change::Append(vec![new_entry()])
}

pub fn replace() -> Change {
    Change::Replace(vec![new_entry()])
}

/// An entry as Graph shows it. `key`: 0 not shown, 1 DER, 2 wrapped DER, 3 PEM.
pub fn entry(number: u8, certificate: &Certificate, key: u8, usage: &str) -> Value {
    let base64 = certificate.der_base64();
    let key = match key {
        0 => Value::Null,
        1 => base64.into(),
        2 => {
            base64.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join("\n").into()
        }
        _ => domain::encoding::base64(certificate.pem().as_bytes()).into(),
    };
    json!({
        "customKeyIdentifier": certificate.sha1().hex(), "displayName": format!("CN=entry{number}"), "endDateTime": "2027-05-07T06:57:24Z",
        "key": key, "keyId": id(number), "startDateTime": "2026-05-07T06:57:24Z", "type": "AsymmetricX509Cert", "usage": usage,
    })
}

pub fn state(entries: &[Value]) -> KeyCredentials {
    KeyCredentials::from_json(&Value::Array(entries.to_vec())).expect("entries as Graph writes them")
}

/// What the state after a plan's write must be, by its diff: what stays is as it was, what comes is there with the
/// planned certificate, what goes is gone, and there is nothing else.
pub fn is_as_planned(plan: &MergePlan, before: &KeyCredentials, after: &KeyCredentials) -> bool {
    let rows = || plan.diff().rows.iter();
    let stays = rows().filter(|row| row.kind != DiffKind::Removed).count();
    let each = rows().all(|row| {
        let key_id = row.key_id.expect("every entry of these tests has a keyId");
        match (row.kind, before.find(key_id), after.find(key_id)) {
            (DiffKind::Kept | DiffKind::AlreadyThere, Some(before), Some(after)) => before.raw() == after.raw(),
            (DiffKind::Added, None, Some(after)) => after.thumbprint() == row.thumbprint,
            (DiffKind::Removed, Some(_), None) => true,
            _ => false,
        }
    });
    each && after.len() == stays && rows().count() == before.len() + plan.diff().count(DiffKind::Added)
}

/// What Graph makes of a PATCH: entries whose keyId it knows keep their stored key, the others are stored.
pub fn graph_after(before: &KeyCredentials, body: &Value) -> KeyCredentials {
    let stored: Vec<Value> = body["keyCredentials"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|sent| {
            let known = before.iter().find(|entry| entry.raw().get("keyId") == sent.get("keyId"));
            known.map_or_else(|| sent.clone(), |entry| Value::Object(entry.raw().clone()))
        })
        .collect();
    state(&stored)
}
