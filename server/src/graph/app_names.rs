//! Names for object ids, fifteen to a request: the most that Graph takes in one `in`.

use super::applications_by_id::{MOST_IN_FILTER, id_in};
use super::listed::Collection;
use super::url::V1;
use super::{Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    id: ObjectId,
    display_name: Option<String>,
}

impl Graph {
    /// Ids that no app has are left out.
    pub async fn app_names(&self, bearer: &str, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, GraphError> {
        let mut names = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MOST_IN_FILTER) {
            let url = self.url(V1, &["applications"], &[("$select", "id,displayName"), ("$filter", &id_in(ids))]);
            let page = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?.value;
            for value in page.value {
                let app: Named = serde_json::from_value(value)
                    .map_err(|e| GraphError::Unreadable { why: e.to_string(), request_id: None })?;
                names.push((app.id, app.display_name.unwrap_or_default()));
            }
        }
        Ok(names)
    }
}
