//! `GET /applications/{id}` without `$select`: `keyCredentials` is there, every `key` null, and the limit of 150 reads
//! of keys a minute does not count it. All that a merge needs; not enough to bring a lost entry back.

use super::application::read;
use super::budget::Cost;
use super::url::V1;
use super::{Answer, Application, Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use reqwest::Method;

impl Graph {
    pub async fn application_without_keys(
        &self,
        bearer: &str,
        id: ObjectId,
    ) -> Result<Answer<Application>, GraphError> {
        let url = self.url(V1, &["applications", &id.to_string()], &[]);
        debug_assert_eq!(Cost::of(&Method::GET, &url).key_reads, 0);
        self.get(bearer, url, Consistency::Default).await?.map(read)
    }
}
