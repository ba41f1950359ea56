//! `PATCH /applications/{id}` with the whole `keyCredentials`: what is not in it is gone.

use super::url::V1;
use super::{Answer, Consistency, Cost, Graph, GraphError};
use domain::ids::ObjectId;
use reqwest::Method;
use serde_json::Value;

/// Of the budget, for one write.
#[derive(Debug)]
pub struct Room(());

impl Graph {
    /// Waits for room: the read that a write rests on should not grow old meanwhile. `personal`: for an app that admits
    /// personal Microsoft accounts, of which Graph takes fewer.
    ///
    /// # Errors
    /// Graph has said that nothing is to be sent for longer than this client waits.
    pub async fn room_for_a_write(&self, personal: bool) -> Result<Room, GraphError> {
        self.admit(Cost { personal_writes: u32::from(personal), ..Cost::WRITE }).await?;
        Ok(Room(()))
    }

    /// Sends once what a [`domain::push::Push`] says is due: [`domain::push::Ask::Write`].
    ///
    /// # Errors
    /// Ask [`GraphError::write_may_have_happened`] before concluding anything.
    pub async fn patch_key_credentials(
        &self,
        bearer: &str,
        id: ObjectId,
        body: &Value,
        Room(()): Room,
    ) -> Result<Answer<()>, GraphError> {
        let url = self.url(V1, &["applications", &id.to_string()], &[]);
        let answer =
            self.send_admitted(Cost::WRITE, bearer, Method::PATCH, url, Consistency::Default, Some(body)).await?;
        Ok(Answer { value: (), status: answer.status, request_id: answer.request_id })
    }
}
