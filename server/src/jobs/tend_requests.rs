//! Ends requests whose time is over, and those whose push has ended while nobody looked.

use super::job::Job;
use crate::clock::Clock;
use crate::settlement::settle;
use crate::store::{Store, StoreError};
use std::sync::Arc;

pub struct TendRequests {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
}

impl Job for TendRequests {
    const NAME: &'static str = "tend-requests";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        // Another process may still be of the version before.
        self.store.complete_turns().await?;
        let now = self.clock.now();
        let mut ended = 0;
        for (tenant, id) in self.store.requests_to_tend(now).await? {
            ended += u32::from(settle(&self.store.of(tenant), id, now).await?);
        }
        if ended > 0 {
            tracing::info!(ended, "requests have come to their end");
        }
        Ok(())
    }
}
