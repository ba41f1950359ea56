//! `GET /applications/{id}/owners`: people and service principals.

use super::pages::row;
use super::url::V1;
use super::{Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerObject {
    pub id: ObjectId,
    pub display_name: Option<String>,
    /// Absent for a service principal.
    pub user_principal_name: Option<String>,
}

impl Graph {
    pub async fn owners(&self, bearer: &str, id: ObjectId) -> Result<Vec<OwnerObject>, GraphError> {
        let options = [("$select", "id,displayName,userPrincipalName")];
        let url = self.url(V1, &["applications", &id.to_string(), "owners"], &options);
        self.all(bearer, url, Consistency::Default, row).await
    }
}
