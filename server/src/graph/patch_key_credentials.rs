//! `PATCH /applications/{id}` with the whole `keyCredentials`: what is not in it is gone.

use super::url::V1;
use super::{Answer, Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use reqwest::Method;
use serde_json::Value;

impl Graph {
    /// Sends once what a [`domain::push::Push`] says is due: [`domain::push::Ask::Write`].
    ///
    /// # Errors
    /// Ask [`GraphError::write_may_have_happened`] before concluding anything.
    pub async fn patch_key_credentials(
        &self,
        bearer: &str,
        id: ObjectId,
        body: &Value,
    ) -> Result<Answer<()>, GraphError> {
        let url = self.url(V1, &["applications", &id.to_string()], &[]);
        let answer = self.send(bearer, Method::PATCH, url, Consistency::Default, Some(body)).await?;
        Ok(Answer { value: (), status: answer.status, request_id: answer.request_id })
    }
}
