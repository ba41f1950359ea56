//! Deletes sessions that have ended.

use super::job::Job;
use crate::clock::Clock;
use crate::store::{Store, StoreError};
use std::sync::Arc;

pub struct TidySessions {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
}

impl Job for TidySessions {
    const NAME: &'static str = "tidy-sessions";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        let count = self.store.sessions().delete_ended(self.clock.now().unix_timestamp()).await?;
        if count > 0 {
            tracing::debug!(count, "ended sessions were deleted");
        }
        Ok(())
    }
}
