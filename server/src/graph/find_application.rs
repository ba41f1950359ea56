//! An app by a GUID of which nobody said whether it is the application (client) id or the object id.

use super::listed::{self, Collection, SELECT};
use super::url::{V1, literal};
use super::{Consistency, Graph, GraphError, ListedApplication};
use uuid::Uuid;

impl Graph {
    pub async fn find_application(&self, bearer: &str, id: Uuid) -> Result<Option<ListedApplication>, GraphError> {
        let id = id.hyphenated().to_string();
        // People copy the client id far more often than the object id.
        for property in ["appId", "id"] {
            let filter = format!("{property} eq {}", literal(&id));
            let url = self.url(V1, &["applications"], &[("$select", SELECT), ("$filter", &filter)]);
            let found = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?.value;
            if let Some(value) = found.value.into_iter().next() {
                return listed::read(value).map(Some).map_err(|why| GraphError::Unreadable { why, request_id: None });
            }
        }
        Ok(None)
    }
}
