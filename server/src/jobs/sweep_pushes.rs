//! Queues pushes that are open and that nobody has: after a start, after a failure of the queue, and after the end of another
//! process.

use super::job::Job;
use super::lease::Leases;
use super::notifier::JobNotifier;
use super::run_push::{PushToRun, RunPush};
use crate::store::{Store, StoreError};
use std::sync::Arc;

pub struct SweepPushes {
    pub(super) store: Store,
    pub(super) leases: Arc<Leases>,
    pub(super) notifier: Arc<JobNotifier>,
}

impl Job for SweepPushes {
    const NAME: &'static str = "sweep-pushes";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        for (_, receipt) in self.store.open_runs().await? {
            let expected = self.notifier.queue().knows::<RunPush>(&PushToRun { receipt });
            if !expected && !self.leases.is_taken(receipt).await? {
                tracing::info!(%receipt, "an open push is taken up");
                self.notifier.enqueue(receipt).await;
            }
        }
        Ok(())
    }
}
