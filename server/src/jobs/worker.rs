//! The jobs of one process: its worker, which takes jobs out of the queue, and its part in the schedule.

use super::engine::{QueueEngine, QueueError, Wakes};
use super::job::Envelope;
use super::notifier::JobNotifier;
use super::registry::{After, Registry};
use super::schedule::{Keeping, Schedule};
use crate::entropy::Entropy;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tracing::Instrument as _;

/// Between two tries of a worker that failed, mostly because the database did.
const AGAIN: Duration = Duration::from_secs(2);

/// The jobs of one process. They stop when dropped, at their next step; [`Self::shutdown`] also waits until they have.
pub struct RunningJobs {
    stop: CancellationToken,
    working: AbortOnDropHandle<()>,
    schedule: JoinSet<()>,
    /// What was begun.
    at_work: TaskTracker,
}

/// Starts working: first on what a process that ended has left.
pub(super) fn run(
    engine: QueueEngine,
    registry: Registry,
    schedule: Schedule,
    keeping: Keeping,
    notifier: Arc<JobNotifier>,
    poll: Duration,
) -> RunningJobs {
    notifier.queue().open(engine.clone());
    let (stop, at_work) = (keeping.stop.clone(), TaskTracker::new());
    let worker = Worker {
        engine,
        registry: Arc::new(registry),
        notifier,
        entropy: Arc::clone(&keeping.entropy),
        poll,
        stop: stop.clone(),
        at_work: at_work.clone(),
    };
    let working = AbortOnDropHandle::new(tokio::spawn(worker.work()));
    let schedule = schedule.keepers(&keeping).map(super::schedule::Keeper::keep).collect();
    RunningJobs { stop, working, schedule, at_work }
}

impl RunningJobs {
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        // What panicked has been logged.
        let _ = (&mut self.working).await;
        while self.schedule.join_next().await.is_some() {}
        self.at_work.close();
        self.at_work.wait().await;
    }
}

impl Drop for RunningJobs {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[derive(Clone)]
struct Worker {
    engine: QueueEngine,
    registry: Arc<Registry>,
    notifier: Arc<JobNotifier>,
    entropy: Arc<dyn Entropy>,
    poll: Duration,
    stop: CancellationToken,
    at_work: TaskTracker,
}

impl Worker {
    /// Until the process stops.
    async fn work(self) {
        while !self.stop.is_cancelled() {
            let wakes = {
                let (notifier, poll) = (Arc::clone(&self.notifier), self.poll);
                move || Wakes::new(notifier.queue().answer_calls(), poll)
            };
            let work = {
                let worker = self.clone();
                move |job: Envelope| {
                    let span = tracing::info_span!("job", name = job.job, attempt = job.attempt);
                    // In a task of its own: a worker that fails takes nothing with it that is half done.
                    let one = worker.clone().one(job).instrument(span);
                    let one = worker.at_work.spawn(one);
                    async move { Ok(one.await??) }
                }
            };
            // A name counts as taken until its owner has been silent for a while.
            let name = format!("thumbprint-{}", self.entropy.uuid());
            if let Err(error) = self.engine.work(&name, wakes, &self.stop, work).await {
                tracing::warn!(error = &*error, "the worker for jobs ended and is started again");
                self.stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await;
            }
        }
    }

    /// One try of a job, and its way back into the queue where that failed.
    async fn one(self, job: Envelope) -> Result<(), QueueError> {
        match self.registry.work(self.notifier.queue().turns(), &job).await {
            After::Done | After::GivenUp => Ok(()),
            After::Again(pause) => self.engine.push(job.next(), pause).await,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::clock::SystemClock;
    use crate::config::JobSettings;
    use crate::entropy::OsEntropy;
    use crate::jobs::Job;
    use crate::store::databases::{Database, on_both};
    use tokio::sync::mpsc;

    #[derive(Debug, thiserror::Error)]
    #[error("no luck")]
    struct NoLuck;

    /// Says which payload it was given, and fails where that is odd; never ends where it is 100.
    struct Echo(mpsc::UnboundedSender<u32>);

    impl Job for Echo {
        const NAME: &'static str = "echo";
        const ATTEMPTS: u32 = 3;
        const PAUSE: Duration = Duration::ZERO;
        type Payload = u32;
        type Error = NoLuck;

        async fn run(&self, number: u32) -> Result<(), NoLuck> {
            self.0.send(number).unwrap();
            if number == 100 {
                std::future::pending::<()>().await;
            }
            if number % 2 == 1 { Err(NoLuck) } else { Ok(()) }
        }
    }

    struct Process {
        running: RunningJobs,
        notifier: Arc<JobNotifier>,
        engine: QueueEngine,
        said: mpsc::UnboundedReceiver<u32>,
    }

    async fn process(database: &Database) -> Process {
        let store = database.store().await;
        let settings = JobSettings { heartbeat: Duration::from_secs(1), ..JobSettings::default() };
        let engine = QueueEngine::open(store.address(), &settings).await.unwrap();
        let (say, said) = mpsc::unbounded_channel();
        let mut registry = Registry::default();
        registry.register(Echo(say));
        let notifier = Arc::new(JobNotifier::default());
        let keeping = Keeping {
            store,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            lease: settings.lease(),
            stop: notifier.stop().clone(),
        };
        let poll = Duration::from_millis(50);
        let running = run(engine.clone(), registry, Schedule::default(), keeping, Arc::clone(&notifier), poll);
        Process { running, notifier, engine, said }
    }

    async fn next(process: &mut Process) -> u32 {
        let next = tokio::time::timeout(Duration::from_mins(1), process.said.recv());
        next.await.expect("no job came within a minute").unwrap()
    }

    #[tokio::test]
    async fn what_is_queued_is_done_and_what_fails_is_tried_again() {
        on_both(async |database| {
            let mut process = process(database).await;
            let queue = process.notifier.queue();
            queue.put::<Echo>(&7).await.unwrap();
            for _ in 0..Echo::ATTEMPTS {
                assert_eq!(next(&mut process).await, 7);
            }
            process.notifier.queue().put::<Echo>(&8).await.unwrap();
            assert_eq!(next(&mut process).await, 8);
            assert_eq!(process.said.try_recv().ok(), None, "the last try was the last");
            let Process { running, engine, .. } = process;
            running.shutdown().await;
            assert_eq!(engine.count().await, 4);
            engine.tidy().await.unwrap();
            assert_eq!(engine.count().await, 0, "ended jobs are forgotten");
        })
        .await;
    }

    #[tokio::test]
    async fn what_a_process_that_died_had_comes_again() {
        on_both(async |database| {
            let mut dying = process(database).await;
            dying.notifier.queue().put::<Echo>(&100).await.unwrap();
            assert_eq!(next(&mut dying).await, 100);
            // It neither ends its work nor gives signs of life any more.
            drop(dying);
            let mut other = process(database).await;
            assert_eq!(next(&mut other).await, 100);
        })
        .await;
    }

    #[tokio::test]
    async fn nothing_is_queued_before_the_start() {
        let notifier = JobNotifier::default();
        assert!(matches!(notifier.queue().put::<Echo>(&2).await, Err(QueueError::NotOpen)));
    }
}
