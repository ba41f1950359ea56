//! Deletes notices that were kept for as long as the configuration says, and what was remembered for them.

use super::job::Job;
use crate::clock::Clock;
use crate::store::{Store, StoreError};
use std::sync::Arc;
use time::Duration;

/// So that others can write in between. What is left over goes with the next run.
const PIECES: usize = 50;
/// An end is told for thirty days before it and after it.
const TOLD: Duration = Duration::days(90);
/// Whoever has not signed in for longer is not known any more.
const PEOPLE: Duration = Duration::days(400);

pub struct TidyNotices {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) keep: Duration,
}

impl Job for TidyNotices {
    const NAME: &'static str = "tidy-notices";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.forget_told_before(now - TOLD).await?;
        self.store.forget_people_before(now - PEOPLE).await?;
        self.store.forget_calendars_before(now).await?;
        self.store.forget_acknowledgements_before(now).await?;
        for _ in 0..PIECES {
            if self.store.forget_notices_before(now - self.keep).await? == 0 {
                break;
            }
        }
        Ok(())
    }
}
