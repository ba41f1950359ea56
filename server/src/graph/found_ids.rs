//! The object ids of everything that a search finds: pages of 999 with nothing else in them.

use super::listed::Collection;
use super::url::V1;
use super::{Consistency, Graph, GraphError, Needle};
use domain::ids::ObjectId;
use serde::Deserialize;

#[derive(Deserialize)]
struct Wire {
    id: ObjectId,
}

impl Graph {
    /// In the order of their names. Ends with the page on which there are more than `most`.
    pub async fn found_ids(&self, bearer: &str, needle: &Needle, most: usize) -> Result<Vec<ObjectId>, GraphError> {
        let search = match needle {
            Needle::All => None,
            Needle::Name(name) => match super::list_applications::search(name) {
                Some(search) => Some(search),
                None => return Ok(vec![]),
            },
        };
        let mut options = vec![("$select", "id"), ("$orderby", "displayName"), ("$count", "true"), ("$top", "999")];
        if let Some(search) = &search {
            options.push(("$search", search));
        }
        let mut url = self.url(V1, &["applications"], &options);
        let mut ids = vec![];
        loop {
            let page = self.get(bearer, url, Consistency::Eventual).await?.map(Collection::read)?.value;
            for value in page.value {
                let app: Wire = serde_json::from_value(value)
                    .map_err(|e| GraphError::Unreadable { why: e.to_string(), request_id: None })?;
                ids.push(app.id);
            }
            match page.next {
                Some(next) if ids.len() <= most => url = self.next_link(&next)?,
                _ => return Ok(ids),
            }
        }
    }
}
