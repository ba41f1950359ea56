//! `GET /me`: whose token this is.

use super::url::V1;
use super::{Answer, Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    pub id: ObjectId,
    pub display_name: Option<String>,
    pub user_principal_name: String,
}

impl Graph {
    pub async fn me(&self, bearer: &str) -> Result<Answer<Me>, GraphError> {
        let url = self.url(V1, &["me"], &[("$select", "id,displayName,userPrincipalName")]);
        self.get(bearer, url, Consistency::Default)
            .await?
            .map(|value| serde_json::from_value(value).map_err(|e| e.to_string()))
    }
}
