//! `/certificates` and `/deletedcertificates`.

pub(crate) mod backup;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod import;
pub(super) mod list;
pub(super) mod pending;
pub(super) mod update;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::error::VaultError;

/// `tags` of a request; `None` when none were sent.
pub(super) fn tags(sent: &Map<String, Value>) -> Result<Option<BTreeMap<String, String>>, VaultError> {
    match sent.get("tags") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => serde_json::from_value(value.clone())
            .map(Some)
            .map_err(|_| VaultError::bad_parameter("Property 'tags' must be an object of strings.")),
    }
}

/// `attributes.enabled` of a request.
pub(super) fn enabled(sent: &Map<String, Value>) -> Option<bool> {
    sent.get("attributes").and_then(|attributes| attributes.get("enabled")).and_then(Value::as_bool)
}
