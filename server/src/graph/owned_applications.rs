//! `GET /me/ownedObjects/microsoft.graph.application`: every app the person owns. They are few, so that all are read
//! and the caller sorts, searches and pages.

use super::listed::{self, Collection, SELECT};
use super::url::V1;
use super::{Consistency, Graph, GraphError, ListedApplication};

impl Graph {
    pub async fn owned_applications(&self, bearer: &str) -> Result<Vec<ListedApplication>, GraphError> {
        let options = [("$select", SELECT), ("$top", "999")];
        let mut url = self.url(V1, &["me", "ownedObjects", "microsoft.graph.application"], &options);
        let mut apps = Vec::new();
        loop {
            let page = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?.value;
            for value in page.value {
                apps.push(listed::read(value).map_err(|why| GraphError::Unreadable { why, request_id: None })?);
            }
            match page.next {
                Some(next) => url = self.next_link(&next)?,
                None => return Ok(apps),
            }
        }
    }
}
