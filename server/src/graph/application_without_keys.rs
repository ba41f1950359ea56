//! `GET /applications/{id}` without `$select`: `keyCredentials` is there, every `key` null, and the limit of 150 reads
//! of keys a minute does not count it. All that a merge needs; not enough to bring a lost entry back.

use super::application::read;
use super::budget::Cost;
use super::url::V1;
use super::{Answer, Application, Consistency, Graph, GraphError};
use ::url::Url;
use domain::ids::ObjectId;
use reqwest::Method;

impl Graph {
    pub async fn application_without_keys(
        &self,
        bearer: &str,
        id: ObjectId,
    ) -> Result<Answer<Application>, GraphError> {
        let url = self.without_keys(id);
        debug_assert_eq!(Cost::of(&Method::GET, &url).key_reads, 0);
        self.get(bearer, url, Consistency::Default).await?.map(read)
    }

    /// At most [`super::batch::MOST`] of them in one request, each with its own answer, in the order asked for.
    ///
    /// # Errors
    /// Where the request as a whole failed.
    pub async fn applications_without_keys(
        &self,
        bearer: &str,
        ids: &[ObjectId],
    ) -> Result<Vec<Result<Answer<Application>, GraphError>>, GraphError> {
        let urls: Vec<Url> = ids.iter().map(|id| self.without_keys(*id)).collect();
        let answers = self.get_all(bearer, &urls).await?;
        Ok(answers.into_iter().map(|answer| answer?.map(read)).collect())
    }

    fn without_keys(&self, id: ObjectId) -> Url {
        self.url(V1, &["applications", &id.to_string()], &[])
    }
}
