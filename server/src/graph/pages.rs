//! Lists of Graph, page after page.

use super::{Consistency, Graph, GraphError};
use ::url::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

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

    /// Another page comes after it.
    pub(super) fn has_next(&self) -> bool {
        self.next.is_some()
    }
}

impl Graph {
    /// The list that begins at this URL. `take` is given each page, and answers whether it wants more.
    pub(super) async fn pages(
        &self,
        bearer: &str,
        mut url: Url,
        consistency: Consistency,
        mut take: impl FnMut(&mut Collection) -> Result<bool, GraphError> + Send,
    ) -> Result<(), GraphError> {
        loop {
            let mut page = self.get(bearer, url, consistency).await?.map(Collection::read)?.value;
            let more = take(&mut page)?;
            match page.next {
                Some(next) if more => url = self.next_link(&next)?,
                _ => return Ok(()),
            }
        }
    }

    /// All of a list, each row as `row` reads it.
    pub(super) async fn all<T: Send>(
        &self,
        bearer: &str,
        url: Url,
        consistency: Consistency,
        row: impl Fn(Value) -> Result<T, GraphError> + Send + Sync,
    ) -> Result<Vec<T>, GraphError> {
        let mut rows = vec![];
        self.pages(bearer, url, consistency, |page| {
            for value in page.value.drain(..) {
                rows.push(row(value)?);
            }
            Ok(true)
        })
        .await?;
        Ok(rows)
    }
}

/// A row by its type's own rules.
pub(super) fn row<T: DeserializeOwned>(value: Value) -> Result<T, GraphError> {
    serde_json::from_value(value).map_err(|error| unreadable(error.to_string()))
}

pub(super) fn unreadable(why: String) -> GraphError {
    GraphError::Unreadable { why, request_id: None }
}
