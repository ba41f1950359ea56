//! `PATCH /applications/{id}` with the whole `keyCredentials`: what is not in it is gone.

use super::url::V1;
use super::{Answer, Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use domain::merge_plan::MergePlan;
use reqwest::Method;

impl Graph {
    /// Sends the plan's body once. It takes a plan and nothing else, so that no other collection can be sent.
    ///
    /// # Errors
    /// Ask [`GraphError::write_may_have_happened`] before concluding anything.
    pub async fn patch_key_credentials(
        &self,
        bearer: &str,
        id: ObjectId,
        plan: &MergePlan,
    ) -> Result<Answer<()>, GraphError> {
        let url = self.url(V1, &["applications", &id.to_string()], &[]);
        let answer = self.send(bearer, Method::PATCH, url, Consistency::Default, Some(&plan.body())).await?;
        Ok(Answer { value: (), status: answer.status, request_id: answer.request_id })
    }
}
