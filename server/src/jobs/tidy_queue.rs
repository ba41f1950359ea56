//! Forgets jobs that have ended; the audit log and the receipts are what is kept.

use super::engine::{QueueEngine, QueueError};
use super::job::Job;

pub(super) struct TidyQueue(pub(super) QueueEngine);

impl Job for TidyQueue {
    const NAME: &'static str = "tidy-queue";
    type Payload = ();
    type Error = QueueError;

    async fn run(&self, (): ()) -> Result<(), QueueError> {
        self.0.tidy().await
    }
}
