//! `GET /applications/{id}/owners`: people and service principals.

use super::listed::Collection;
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
        let mut url = self.url(V1, &["applications", &id.to_string(), "owners"], &options);
        let mut owners = Vec::new();
        loop {
            let page = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?.value;
            for value in page.value {
                owners.push(
                    serde_json::from_value(value)
                        .map_err(|e| GraphError::Unreadable { why: e.to_string(), request_id: None })?,
                );
            }
            match page.next {
                Some(next) => url = self.next_link(&next)?,
                None => return Ok(owners),
            }
        }
    }
}
