//! An app as lists show it: `key` is never filled there, so that only dates and counts can be told.

use domain::ids::{AppId, ObjectId};
use domain::key_credential::KeyCredentials;
use serde::Deserialize;
use serde_json::Value;

pub(super) const SELECT: &str = "id,appId,displayName,keyCredentials,passwordCredentials";

/// A row of a list of applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedApplication {
    pub id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub key_credentials: KeyCredentials,
    pub secrets: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: ObjectId,
    app_id: AppId,
    display_name: Option<String>,
    #[serde(default)]
    key_credentials: Option<Value>,
    #[serde(default)]
    password_credentials: Option<Vec<Value>>,
}

pub(super) fn read(value: Value) -> Result<ListedApplication, String> {
    let wire: Wire = serde_json::from_value(value).map_err(|e| e.to_string())?;
    let keys = wire.key_credentials.unwrap_or_else(|| Value::Array(vec![]));
    Ok(ListedApplication {
        id: wire.id,
        app_id: wire.app_id,
        display_name: wire.display_name.unwrap_or_default(),
        key_credentials: KeyCredentials::from_json(&keys).map_err(|e| e.to_string())?,
        secrets: wire.password_credentials.map_or(0, |secrets| secrets.len()),
    })
}

/// One page of any collection: `{"@odata.count":…,"@odata.nextLink":…,"value":[…]}`.
#[derive(Deserialize)]
pub(super) struct Collection {
    #[serde(rename = "@odata.count")]
    pub(super) count: Option<u64>,
    #[serde(rename = "@odata.nextLink")]
    pub(super) next: Option<String>,
    pub(super) value: Vec<Value>,
}

impl Collection {
    pub(super) fn read(value: Value) -> Result<Self, String> {
        serde_json::from_value(value).map_err(|e| e.to_string())
    }
}
