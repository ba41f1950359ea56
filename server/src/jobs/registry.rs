//! The jobs that a process knows, by name, and a try of one of them.

use super::job::{Envelope, Job, JobError, PayloadError, pause_after};
use super::places::Places;
use super::turns::Turns;
use async_trait::async_trait;
use futures_util::FutureExt as _;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Tries of a job that nobody here knows: a newer replica has put it into the queue, and may take it out again.
const ATTEMPTS_OF_UNKNOWN: u32 = 10;
const PAUSE_OF_UNKNOWN: Duration = Duration::from_secs(10);

/// What a process can work on.
#[derive(Default)]
pub struct Registry(HashMap<&'static str, Registered>);

struct Registered {
    job: Box<dyn AnyJob>,
    places: Arc<Places>,
}

/// What becomes of a job after a try.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum After {
    /// It is done, or one that is at work does it too.
    Done,
    /// It failed, and is tried again.
    Again(Duration),
    /// It failed for the last time.
    GivenUp,
}

/// A [`Job`] whose payload is JSON.
#[async_trait]
trait AnyJob: Send + Sync {
    fn attempts(&self) -> u32;
    fn pause(&self) -> Duration;
    fn key(&self, envelope: &Envelope) -> Result<Option<String>, PayloadError>;
    async fn lane(&self, envelope: &Envelope) -> Result<String, PayloadError>;
    async fn run(&self, envelope: &Envelope) -> Result<(), JobError>;
}

struct TypedJob<J>(J);

#[async_trait]
impl<J: Job> AnyJob for TypedJob<J> {
    fn attempts(&self) -> u32 {
        J::ATTEMPTS
    }

    fn pause(&self) -> Duration {
        J::PAUSE
    }

    fn key(&self, envelope: &Envelope) -> Result<Option<String>, PayloadError> {
        let payload = J::read(envelope.version, envelope.payload.clone())?;
        Ok(key_of::<J>(&payload))
    }

    async fn lane(&self, envelope: &Envelope) -> Result<String, PayloadError> {
        let payload = J::read(envelope.version, envelope.payload.clone())?;
        Ok(self.0.lane(&payload).await)
    }

    async fn run(&self, envelope: &Envelope) -> Result<(), JobError> {
        let payload = J::read(envelope.version, envelope.payload.clone())?;
        self.0.run(payload).await.map_err(|error| JobError::Failed(error.into()))
    }
}

/// Its key among all jobs.
pub(super) fn key_of<J: Job>(payload: &J::Payload) -> Option<String> {
    J::key(payload).map(|key| format!("{}/{key}", J::NAME))
}

impl Registry {
    /// From now on jobs of this kind are worked on. Replaces one of the same name.
    pub fn register<J: Job>(&mut self, job: J) {
        let places = Places::new(job.at_once());
        self.0.insert(J::NAME, Registered { job: Box::new(TypedJob(job)), places });
    }

    /// One try.
    pub(super) async fn work(&self, turns: &Arc<Turns>, envelope: &Envelope) -> After {
        let Some(known) = self.0.get(envelope.job.as_str()) else {
            let error = JobError::Unknown(envelope.job.clone());
            return after(envelope, &error, ATTEMPTS_OF_UNKNOWN, PAUSE_OF_UNKNOWN);
        };
        let Registered { job, places } = known;
        match one(job.as_ref(), places, turns, envelope).await {
            Ok(()) => After::Done,
            Err(error) => after(envelope, &error, job.attempts(), job.pause()),
        }
    }
}

async fn one(job: &dyn AnyJob, places: &Arc<Places>, turns: &Arc<Turns>, envelope: &Envelope) -> Result<(), JobError> {
    let mut turn = match job.key(envelope)? {
        None => None,
        Some(key) => match turns.take(key) {
            Some(turn) => Some(turn),
            None => return Ok(()),
        },
    };
    let work = async {
        loop {
            let run = AssertUnwindSafe(job.run(envelope)).catch_unwind();
            run.await.unwrap_or(Err(JobError::Panicked))?;
            turn = match turn.take().and_then(super::turns::Turn::end) {
                None => return Ok(()),
                again => again,
            };
        }
    };
    places.work(job.lane(envelope).await?, work).await
}

fn after(envelope: &Envelope, error: &JobError, attempts: u32, first: Duration) -> After {
    let error = error as &dyn std::error::Error;
    if envelope.attempt >= attempts {
        tracing::error!(error, "a job has failed for the last time, and is given up");
        return After::GivenUp;
    }
    let pause = pause_after(envelope.attempt, first);
    tracing::warn!(error, seconds = pause.as_secs(), "a job has failed, and is tried again");
    After::Again(pause)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::{Value, json};
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::Notify;

    #[derive(Debug, thiserror::Error)]
    #[error("no luck")]
    struct NoLuck;

    /// Fails for numbers under 10, panics for 13, and reads what version 1 had as text.
    struct Count(Arc<AtomicU32>);

    impl Job for Count {
        const NAME: &'static str = "count";
        const VERSION: u32 = 2;
        const ATTEMPTS: u32 = 3;
        type Payload = u32;
        type Error = NoLuck;

        fn read(version: u32, payload: Value) -> Result<u32, PayloadError> {
            match version {
                1 => Ok(serde_json::from_value::<String>(payload)?.len().try_into().unwrap_or(0)),
                2 => Ok(serde_json::from_value(payload)?),
                version => Err(PayloadError::Version { job: Self::NAME, version }),
            }
        }

        async fn run(&self, number: u32) -> Result<(), NoLuck> {
            assert_ne!(number, 13);
            if number < 10 {
                return Err(NoLuck);
            }
            self.0.fetch_add(number, Ordering::SeqCst);
            Ok(())
        }
    }

    fn envelope(version: u32, payload: Value, attempt: u32) -> Envelope {
        Envelope { job: "count".into(), version, payload, attempt }
    }

    #[tokio::test]
    async fn a_try_succeeds_is_made_again_or_is_the_last() {
        let sum = Arc::new(AtomicU32::new(0));
        let (mut registry, turns) = (Registry::default(), Arc::new(Turns::default()));
        registry.register(Count(Arc::clone(&sum)));
        let again = |seconds| After::Again(Duration::from_secs(seconds));
        for (version, payload, attempt, expected) in [
            (2, json!(20), 1, After::Done),
            (1, json!("eleven chars"), 1, After::Done),
            (2, json!(1), 1, again(10)),
            (2, json!(1), 2, again(20)),
            (2, json!(1), 3, After::GivenUp),
            (2, json!(13), 1, again(10)),
            (2, json!("text"), 1, again(10)),
            (3, json!(20), 1, again(10)),
        ] {
            let envelope = envelope(version, payload, attempt);
            assert_eq!(registry.work(&turns, &envelope).await, expected, "{envelope:?}");
        }
        assert_eq!(sum.load(Ordering::SeqCst), 20 + 12);
        let unknown = Envelope { job: "of-tomorrow".into(), ..envelope(1, Value::Null, 1) };
        assert_eq!(registry.work(&turns, &unknown).await, again(10), "a newer replica may know it");
    }

    struct Slow {
        begun: Notify,
        go_on: Notify,
        runs: AtomicU32,
    }

    impl Job for Arc<Slow> {
        const NAME: &'static str = "slow";
        type Payload = String;
        type Error = NoLuck;

        fn key(payload: &String) -> Option<String> {
            Some(payload.clone())
        }

        async fn run(&self, _: String) -> Result<(), NoLuck> {
            self.runs.fetch_add(1, Ordering::SeqCst);
            self.begun.notify_one();
            self.go_on.notified().await;
            Ok(())
        }
    }

    #[tokio::test]
    async fn of_one_key_there_is_one_at_a_time() {
        let slow = Arc::new(Slow { begun: Notify::new(), go_on: Notify::new(), runs: AtomicU32::new(0) });
        let mut registry = Registry::default();
        registry.register(Arc::clone(&slow));
        let (registry, turns) = (Arc::new(registry), Arc::new(Turns::default()));
        let envelope = Envelope::new::<Arc<Slow>>(&"x".into()).unwrap();
        let first = tokio::spawn({
            let (registry, turns, envelope) = (Arc::clone(&registry), Arc::clone(&turns), envelope.clone());
            async move { registry.work(&turns, &envelope).await }
        });
        slow.begun.notified().await;
        assert_eq!(registry.work(&turns, &envelope).await, After::Done, "the one at work does it too");
        assert_eq!(slow.runs.load(Ordering::SeqCst), 1);
        slow.go_on.notify_one();
        slow.begun.notified().await;
        slow.go_on.notify_one();
        assert_eq!(first.await.unwrap(), After::Done);
        assert_eq!(slow.runs.load(Ordering::SeqCst), 2);
    }
}
