//! Goes on with a push until it is over, pauses, or the process stops.

use super::job::Job;
use super::notifier::JobNotifier;
use async_trait::async_trait;
use domain::ids::ObjectId;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::Arc;
use uuid::Uuid;

/// Who knows how a push is done.
#[async_trait]
pub trait Pushes: Send + Sync + 'static {
    /// Works on a receipt until it is over, pauses, or the process is to stop. Does nothing where somebody else does. What
    /// fails is only logged: the receipt stays open, and is found again.
    async fn work_on(self: Arc<Self>, receipt: Uuid);

    /// Whose push it is; `None` where that cannot be found out.
    async fn person_of(&self, receipt: Uuid) -> Option<ObjectId>;
}

/// The receipt's journal in the database says what is done and what is not; the job only says that somebody should go on with
/// it. Whoever does holds the receipt's lease, so that two processes never work on one.
pub struct RunPush {
    pub(super) pushes: Arc<dyn Pushes>,
    pub(super) notifier: Arc<JobNotifier>,
    pub(super) at_once: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushToRun {
    pub receipt: Uuid,
}

impl Job for RunPush {
    const NAME: &'static str = "run-push";
    /// What it cannot do is found again by [`super::sweep_pushes`].
    const ATTEMPTS: u32 = 1;
    type Payload = PushToRun;
    type Error = Infallible;

    fn key(payload: &PushToRun) -> Option<String> {
        Some(payload.receipt.to_string())
    }

    /// Turns between people: a push can wait long for its apps, and somebody may have many.
    async fn lane(&self, PushToRun { receipt }: &PushToRun) -> String {
        self.pushes.person_of(*receipt).await.map(|person| person.to_string()).unwrap_or_default()
    }

    fn at_once(&self) -> usize {
        self.at_once
    }

    async fn run(&self, PushToRun { receipt }: PushToRun) -> Result<(), Infallible> {
        let _at_work = AtWork { notifier: &self.notifier, receipt };
        Arc::clone(&self.pushes).work_on(receipt).await;
        Ok(())
    }
}

/// Lets go of the receipt, also where the work panics.
struct AtWork<'a> {
    notifier: &'a JobNotifier,
    receipt: Uuid,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.notifier.let_go(self.receipt);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    struct Reads(Arc<JobNotifier>);

    #[async_trait]
    impl Pushes for Reads {
        async fn work_on(self: Arc<Self>, receipt: Uuid) {
            self.0.reads(receipt, 7, true);
        }

        async fn person_of(&self, _: Uuid) -> Option<ObjectId> {
            None
        }
    }

    #[tokio::test]
    async fn lets_go_of_what_it_read_and_says_so() {
        let notifier = Arc::new(JobNotifier::default());
        let job = RunPush { pushes: Arc::new(Reads(notifier.clone())), notifier: notifier.clone(), at_once: 1 };
        let changes = notifier.changes();
        let receipt = Uuid::from_u128(1);
        job.run(PushToRun { receipt }).await.unwrap();
        assert!(notifier.reading(receipt).is_empty());
        assert!(changes.has_changed().unwrap());
    }
}
