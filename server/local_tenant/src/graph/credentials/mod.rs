//! Credentials of applications and service principals: how they are shown, merged, added and removed.

pub(crate) mod add_key;
pub(crate) mod add_password;
pub(crate) mod merge;
mod proof;
pub(crate) mod remove_key;
pub(crate) mod remove_password;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::error::GraphError;
use super::object::Object;
use crate::format::{base64, graph_date};
use crate::store::{CustomKeyIdentifierStyle, KeyCredential, PasswordCredential};

/// Alphabetical, as recorded (facts, A7).
pub(super) fn key_credential(entry: &KeyCredential, style: CustomKeyIdentifierStyle, with_key: bool) -> Object {
    let mut out = Object::default();
    out.set("customKeyIdentifier", entry.custom_key_identifier_text(style));
    out.set("displayName", entry.display_name.clone());
    out.set("endDateTime", graph_date(entry.end));
    out.set("key", with_key.then(|| base64(&entry.key)));
    out.set("keyId", entry.key_id.to_string());
    out.set("startDateTime", graph_date(entry.start));
    out.set("type", entry.kind.clone());
    out.set("usage", entry.usage.clone());
    out
}

/// What a filter may ask of entries.
pub(super) fn filterable(entries: &[KeyCredential]) -> Value {
    let shown = entries.iter().map(|entry| json!({"keyId": entry.key_id, "endDateTime": graph_date(entry.end)}));
    shown.collect()
}

/// The secret itself is shown once only, by the action that makes it.
pub(super) fn password(entry: &PasswordCredential) -> Object {
    let mut out = Object::default();
    out.set("customKeyIdentifier", Value::Null);
    out.set("displayName", entry.display_name.clone());
    out.set("endDateTime", graph_date(entry.end));
    out.set("hint", entry.secret.chars().take(3).collect::<String>());
    out.set("keyId", entry.key_id.to_string());
    out.set("secretText", Value::Null);
    out.set("startDateTime", graph_date(entry.start));
    out
}

/// The required `keyId` of a removal.
fn key_id(sent: &Map<String, Value>) -> Result<Uuid, GraphError> {
    sent.get("keyId").and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok()).ok_or_else(|| {
        GraphError::new(
            StatusCode::BAD_REQUEST,
            "Request_BadRequest",
            "A value without a type name was found for parameter 'keyId', or it is no GUID.",
        )
    })
}
