//! Keeps who is in the groups of teams up to date: looks every minute which of them it is time for.

use super::job::Job;
use crate::inventory::{GroupSync, SyncError};
use std::sync::Arc;

pub struct ReadGroups(pub(super) Arc<GroupSync>);

impl Job for ReadGroups {
    const NAME: &'static str = "read-groups";
    type Payload = ();
    type Error = SyncError;

    async fn run(&self, (): ()) -> Result<(), SyncError> {
        self.0.run().await
    }
}
