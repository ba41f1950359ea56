//! `GET /applications?$filter=id in (…)&$top=15`: fifteen apps for the one resource unit that a single one costs. As in every
//! list each `key` is null, and the limit of 150 reads of keys a minute does not count it.
//!
//! `in` on `id`: <https://learn.microsoft.com/graph/api/resources/application#properties>. At most fifteen:
//! <https://learn.microsoft.com/graph/known-issues> (query parameters). A list costs 2 units, one less with a `$top` below
//! 20: <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>.

use super::application::read;
use super::budget::Cost;
use super::pages::Collection;
use super::url::{V1, literal};
use super::{Application, Consistency, Graph, GraphError, GraphResponse};
use ::url::Url;
use domain::ids::ObjectId;
use futures_util::future::join_all;
use reqwest::Method;
use std::collections::HashMap;

/// The most that Graph takes in one `in`.
pub const MOST_IN_FILTER: usize = 15;

impl Graph {
    /// At most [`MOST_IN_FILTER`], each with its own answer, in the order asked for. What the list does not answer, because an
    /// app is not in it or the person may not list, is asked for by itself.
    pub async fn applications_by_id(
        &self,
        bearer: &str,
        ids: &[ObjectId],
    ) -> Vec<Result<GraphResponse<Application>, GraphError>> {
        let found = match ids {
            [_] => HashMap::new(),
            _ => match self.list_by_id(bearer, ids).await {
                Ok(found) => found,
                Err(error) if error.may_pass() || matches!(error, GraphError::SignedOut(_)) => {
                    return ids.iter().map(|_| Err(error.clone())).collect();
                }
                Err(error) => {
                    tracing::debug!(%error, apps = ids.len(), "a list of apps was refused; each is read by itself");
                    HashMap::new()
                }
            },
        };
        let found = &found;
        join_all(ids.iter().map(|id| async move {
            match found.get(id) {
                Some(answer) => Ok(answer.clone()),
                None => self.application_without_keys(bearer, *id).await,
            }
        }))
        .await
    }

    async fn list_by_id(
        &self,
        bearer: &str,
        ids: &[ObjectId],
    ) -> Result<HashMap<ObjectId, GraphResponse<Application>>, GraphError> {
        let url = self.by_id(ids);
        debug_assert_eq!(Cost::of(&Method::GET, &url), Cost { units: 1, ..Cost::default() });
        let answer = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?;
        let GraphResponse { value: page, status, request_id } = answer;
        // An entry that cannot be read is missing, so that the app is read by itself and its error is its own.
        let apps = page.value.into_iter().filter_map(|value| read(value).ok());
        Ok(apps.map(|app| (app.id, GraphResponse { value: app, status, request_id: request_id.clone() })).collect())
    }

    fn by_id(&self, ids: &[ObjectId]) -> Url {
        self.url(V1, &["applications"], &[("$filter", &id_in(ids)), ("$top", &MOST_IN_FILTER.to_string())])
    }
}

/// A `$filter` that leaves these objects.
pub(super) fn id_in(ids: &[ObjectId]) -> String {
    let list: Vec<String> = ids.iter().map(|id| literal(&id.to_string())).collect();
    format!("id in ({})", list.join(","))
}

#[cfg(test)]
mod tests {
    use super::super::test_graph;
    use super::*;

    #[test]
    fn fifteen_apps_cost_one_unit_and_no_read_of_keys() {
        let ids: Vec<ObjectId> = (0..MOST_IN_FILTER)
            .map(|n| format!("00000000-0000-4000-8000-{n:012}").parse().unwrap_or_else(|e| panic!("{n}: {e}")))
            .collect();
        let url = test_graph("https://graph.example").by_id(&ids);
        assert_eq!(Cost::of(&Method::GET, &url), Cost { units: 1, ..Cost::default() });
        assert!(url.as_str().len() < 2_048, "{} characters", url.as_str().len());
    }
}
