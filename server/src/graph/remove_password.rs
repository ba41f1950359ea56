//! `POST /applications/{id}/removePassword` (<https://learn.microsoft.com/graph/api/application-removepassword>): 204, and the
//! secret is gone for good. One that is not there is a 400 (recorded; see `docs/local-tenant.md`).

use super::application::WritePermit;
use super::budget::Cost;
use super::url::V1;
use super::{Consistency, Graph, GraphError, GraphResponse};
use domain::ids::{KeyId, ObjectId};
use reqwest::Method;
use serde_json::json;

impl Graph {
    /// By its `keyId` alone; nothing else of the app is sent. Sends once.
    ///
    /// # Errors
    /// Ask [`GraphError::write_may_have_happened`] before concluding anything.
    pub async fn remove_password(
        &self,
        bearer: &str,
        app: ObjectId,
        key: KeyId,
        WritePermit(()): WritePermit,
    ) -> Result<GraphResponse<()>, GraphError> {
        let url = self.url(V1, &["applications", &app.to_string(), "removePassword"], &[]);
        let body = json!({"keyId": key});
        let answer =
            self.send_admitted(Cost::WRITE, bearer, Method::POST, url, Consistency::Default, Some(&body)).await?;
        Ok(GraphResponse { value: (), status: answer.status, request_id: answer.request_id })
    }
}
