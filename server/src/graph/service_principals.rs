//! Service principals.

use super::application::found;
use super::url::V1;
use super::{Consistency, Graph, GraphError};
use domain::ids::{AppId, ObjectId};
use domain::key_credential::KeyCredentials;
use serde::Deserialize;
use serde_json::Value;

/// A service principal with its own credentials: they are not the application's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePrincipal {
    pub id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub key_credentials: KeyCredentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: ObjectId,
    app_id: AppId,
    display_name: Option<String>,
    key_credentials: Value,
}

impl Graph {
    /// By application (client) id, with `key`.
    pub async fn service_principal_of(&self, bearer: &str, app: AppId) -> Result<Option<ServicePrincipal>, GraphError> {
        let options = [("$select", "id,appId,displayName,keyCredentials")];
        let url = self.url(V1, &[&format!("servicePrincipals(appId='{app}')")], &options);
        found(self.get(bearer, url, Consistency::Default).await.and_then(|answer| answer.map(read)))
    }

    /// By object id.
    pub async fn service_principal(&self, bearer: &str, id: ObjectId) -> Result<Option<ServicePrincipal>, GraphError> {
        let options = [("$select", "id,appId,displayName,keyCredentials")];
        let url = self.url(V1, &["servicePrincipals", &id.to_string()], &options);
        found(self.get(bearer, url, Consistency::Default).await.and_then(|answer| answer.map(read)))
    }
}

fn read(value: Value) -> Result<ServicePrincipal, String> {
    let wire: Wire = serde_json::from_value(value).map_err(|e| e.to_string())?;
    Ok(ServicePrincipal {
        id: wire.id,
        app_id: wire.app_id,
        display_name: wire.display_name.unwrap_or_default(),
        key_credentials: KeyCredentials::from_json(&wire.key_credentials).map_err(|e| e.to_string())?,
    })
}
