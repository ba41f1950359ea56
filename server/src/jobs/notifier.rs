//! Where requests and workers of one process meet: each piece is a type of its own, and this is the handle on them.

use super::changes::Changes;
use super::pulse::Pulse;
use super::queue::Queue;
use super::reading_apps::ReadingApps;
use super::run_push::{PushToRun, RunPush};
use std::collections::HashSet;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[derive(Default)]
pub struct JobNotifier {
    pub(super) queue: Queue,
    changes: Changes,
    reading: ReadingApps,
    pulse: Pulse,
    stop: CancellationToken,
}

impl JobNotifier {
    /// Where jobs are put.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Has a push worked on, by whichever process is free. Where the queue fails it is found again in the journal.
    pub async fn enqueue(&self, receipt: Uuid) {
        if let Err(error) = self.queue.put::<RunPush>(&PushToRun { receipt }).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, %receipt, "a push could not be queued; it is queued again later");
        }
    }

    /// Some push of this process got further.
    pub fn changed(&self) {
        self.changes.tell();
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.watch()
    }

    /// An app is being read, or is no more: see [`ReadingApps::set`].
    pub fn reads(&self, receipt: Uuid, position: usize, reading: bool) {
        self.reading.set(receipt, position, reading);
    }

    /// Apps of a receipt that this process reads and of which the journal knows nothing.
    pub fn reading(&self, receipt: Uuid) -> HashSet<usize> {
        self.reading.of(receipt)
    }

    /// This process has done with a receipt what it can for now.
    pub(super) fn let_go(&self, receipt: Uuid) {
        self.reading.forget(receipt);
        self.changes.tell();
    }

    /// Apps per minute lately: see [`Pulse::per_minute`].
    pub fn per_minute(&self, receipt: Uuid, done: u32) -> Option<f64> {
        self.pulse.per_minute(receipt, done)
    }

    /// The push does not go on for now: its rate begins anew.
    pub fn at_rest(&self, receipt: Uuid) {
        self.pulse.at_rest(receipt);
    }

    /// Cancelled once it is time to stop: work under way ends at its next step, and what waits for news ends now.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Ends once it is time to stop.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }
}
