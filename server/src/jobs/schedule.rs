//! Work that comes round by itself: of all replicas one makes each run.

use super::job::Job;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::store::{Claim, ClaimRequest, Store, StoreError};
use async_trait::async_trait;
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// A process looks at least this often whether a run is due: another one may have stopped, or the clock been set.
const LOOK: Duration = Duration::from_secs(10);
/// Two looks are at least this far apart.
const BREATH: Duration = Duration::from_millis(20);
/// After the database failed.
const AGAIN: Duration = Duration::from_secs(2);

/// What comes round, and how often.
#[derive(Default)]
pub struct Schedule(Vec<Entry>);

pub(super) struct Entry {
    name: &'static str,
    period: Duration,
    at_start: bool,
    job: Box<dyn Scheduled>,
}

#[async_trait]
trait Scheduled: Send + Sync {
    async fn run(&self) -> Result<(), RunError>;
}

#[async_trait]
impl<J: Job<Payload = ()>> Scheduled for J {
    async fn run(&self) -> Result<(), RunError> {
        match AssertUnwindSafe(Job::run(self, ())).catch_unwind().await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(RunError::Failed(error.into())),
            Err(_) => Err(RunError::Panicked),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("it failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("it panicked")]
    Panicked,
}

impl Schedule {
    /// A run at once where there never was one, and then one in each `period`.
    pub fn every<J: Job<Payload = ()>>(&mut self, period: Duration, job: J) {
        self.0.push(Entry { name: J::NAME, period, at_start: false, job: Box::new(job) });
    }

    /// The same, and a run whenever a process starts.
    pub fn at_start_and_every<J: Job<Payload = ()>>(&mut self, period: Duration, job: J) {
        self.0.push(Entry { name: J::NAME, period, at_start: true, job: Box::new(job) });
    }

    /// A task for each entry's [`Keeper::keep`].
    pub(super) fn keepers(self, keeping: &Keeping) -> impl Iterator<Item = Keeper> + use<'_> {
        self.0.into_iter().map(|entry| Keeper { entry, keeping: keeping.clone() })
    }
}

/// What all entries of a process share.
#[derive(Clone)]
pub(super) struct Keeping {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    /// A process that gives no sign of life for so long is taken for dead. The replicas' clocks have to agree better.
    pub(super) lease: Duration,
    pub(super) stop: CancellationToken,
}

/// Sees to one entry in one process.
pub(super) struct Keeper {
    entry: Entry,
    keeping: Keeping,
}

/// What came of a look.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A run was made here; the next one is due then.
    Ran(OffsetDateTime),
    /// A run was begun here, and given up: another process has taken it over, or this one stops.
    CutOff,
    /// It is not due before then, or another process is at it until then.
    NotBefore(OffsetDateTime),
}

impl Keeper {
    /// Until the process stops.
    pub(super) async fn keep(self) {
        let Keeping { store, clock, stop, .. } = &self.keeping;
        let mut known = false;
        while !stop.is_cancelled() {
            let looked = async {
                if !known {
                    store.open_schedule(self.entry.name, clock.now(), self.entry.at_start).await?;
                    known = true;
                }
                self.look().await
            };
            let pause = match looked.await {
                Ok(Look::Ran(next) | Look::NotBefore(next)) => {
                    Duration::try_from(next - clock.now()).unwrap_or_default().clamp(BREATH, LOOK)
                }
                Ok(Look::CutOff) => BREATH,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, job = self.entry.name, "a schedule could not be looked at");
                    AGAIN
                }
            };
            stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    /// Makes a run if one is due and nobody has it.
    pub(super) async fn look(&self) -> Result<Look, StoreError> {
        let Keeping { store, clock, entropy, lease, stop } = &self.keeping;
        let Entry { name, period, job, .. } = &self.entry;
        let (begun, holder) = (clock.now(), entropy.uuid());
        // A period of centuries is as good as none.
        let period = time::Duration::try_from(*period).unwrap_or(time::Duration::weeks(5200));
        let request = ClaimRequest { name, now: begun, period, holder, held_until: begun + *lease };
        if let Claim::NotBefore(at) = store.claim_schedule(request).await? {
            return Ok(Look::NotBefore(at));
        }
        let span = tracing::info_span!("job", name, run = %holder);
        let ended = tokio::select! {
            ended = job.run().instrument(span.clone()) => ended,
            () = self.lost(holder) => {
                tracing::warn!(parent: &span, "another process has taken this run over");
                return Ok(Look::CutOff);
            }
            () = stop.cancelled() => {
                store.give_schedule_back(name, holder).await?;
                return Ok(Look::CutOff);
            }
        };
        // Counted from its beginning; what was missed meanwhile is not made up for.
        let next = (begun + period).max(clock.now());
        let failures = store.end_schedule(name, holder, next, ended.is_err()).await?;
        if let Err(error) = ended {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(parent: &span, error, failures, "a scheduled job has failed; it is tried at its next time");
        }
        Ok(Look::Ran(next))
    }

    /// Gives signs of life; ends once somebody else has the run.
    async fn lost(&self, holder: uuid::Uuid) {
        let Keeping { store, clock, lease, .. } = &self.keeping;
        loop {
            tokio::time::sleep(*lease / 3).await;
            match store.hold_schedule(self.entry.name, holder, clock.now() + *lease).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, job = self.entry.name, "a sign of life could not be given");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::entropy::OsEntropy;
    use crate::store::databases::{Database, on_both};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use tokio::sync::Notify;

    const AT: OffsetDateTime = time::macros::datetime!(2026-11-24 12:00 UTC);
    const PERIOD: Duration = Duration::from_mins(10);
    const LEASE: Duration = Duration::from_secs(9);

    struct Watch(Mutex<OffsetDateTime>);

    impl Watch {
        fn move_by(&self, by: Duration) {
            *self.0.lock().unwrap() += by;
        }
    }

    impl Clock for Watch {
        fn now(&self) -> OffsetDateTime {
            *self.0.lock().unwrap()
        }
    }

    /// A job that all replicas share, so that its runs can be counted.
    #[derive(Default)]
    struct Round {
        runs: AtomicU32,
        fails: AtomicBool,
        panics: AtomicBool,
        hangs: AtomicBool,
        begun: Notify,
        go_on: Notify,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("no luck")]
    struct NoLuck;

    impl Job for Arc<Round> {
        const NAME: &'static str = "round";
        type Payload = ();
        type Error = NoLuck;

        async fn run(&self, (): ()) -> Result<(), NoLuck> {
            self.runs.fetch_add(1, Ordering::SeqCst);
            assert!(!self.panics.load(Ordering::SeqCst), "as it was told to");
            self.begun.notify_one();
            if self.hangs.load(Ordering::SeqCst) {
                self.go_on.notified().await;
            }
            if self.fails.load(Ordering::SeqCst) { Err(NoLuck) } else { Ok(()) }
        }
    }

    impl Round {
        fn runs(&self) -> u32 {
            self.runs.load(Ordering::SeqCst)
        }
    }

    /// Two processes on one database and by one clock.
    struct Replicas {
        round: Arc<Round>,
        watch: Arc<Watch>,
        keepers: [Arc<Keeper>; 2],
    }

    async fn replicas(database: &Database, lease: Duration) -> Replicas {
        let (round, watch) = (Arc::new(Round::default()), Arc::new(Watch(Mutex::new(AT))));
        let mut keepers = vec![];
        for _ in 0..2 {
            let store = database.store().await;
            store.open_schedule("round", AT, false).await.unwrap();
            let mut schedule = Schedule::default();
            schedule.every(PERIOD, Arc::clone(&round));
            let (clock, entropy) = (watch.clone(), Arc::new(OsEntropy));
            let keeping = Keeping { store, clock, entropy, lease, stop: CancellationToken::new() };
            keepers.extend(schedule.keepers(&keeping).map(Arc::new));
        }
        Replicas { round, watch, keepers: keepers.try_into().ok().unwrap() }
    }

    #[tokio::test]
    async fn of_two_replicas_one_makes_each_run() {
        on_both(async |database| {
            let Replicas { round, watch, keepers: [one, other] } = replicas(database, LEASE).await;
            for run in 1..=6 {
                let (left, right) = tokio::join!(one.look(), other.look());
                let ran = [left.unwrap(), right.unwrap()];
                let next = watch.now() + PERIOD;
                assert!(ran.contains(&Look::Ran(next)), "{ran:?}");
                assert!(ran.iter().any(|look| matches!(look, Look::NotBefore(_))), "{ran:?}");
                assert_eq!(round.runs(), run);
                assert_eq!(one.look().await.unwrap(), Look::NotBefore(next));
                assert_eq!(other.look().await.unwrap(), Look::NotBefore(next));
                watch.move_by(PERIOD);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn missed_times_are_one_run() {
        on_both(async |database| {
            let Replicas { round, watch, keepers: [one, other] } = replicas(database, LEASE).await;
            one.look().await.unwrap();
            watch.move_by(PERIOD * 25);
            let next = watch.now() + PERIOD;
            assert_eq!(other.look().await.unwrap(), Look::Ran(next));
            assert_eq!(one.look().await.unwrap(), Look::NotBefore(next));
            assert_eq!(round.runs(), 2);
        })
        .await;
    }

    #[tokio::test]
    async fn what_fails_or_panics_is_tried_at_its_next_time() {
        on_both(async |database| {
            let Replicas { round, watch, keepers: [one, other] } = replicas(database, LEASE).await;
            let store = one.keeping.store.clone();
            let failures = async || -> i64 {
                sqlx::query_scalar("SELECT failures FROM schedules").fetch_one(store.pool()).await.unwrap()
            };
            round.fails.store(true, Ordering::SeqCst);
            assert_eq!(one.look().await.unwrap(), Look::Ran(AT + PERIOD));
            assert_eq!(failures().await, 1);
            round.panics.store(true, Ordering::SeqCst);
            watch.move_by(PERIOD);
            assert_eq!(other.look().await.unwrap(), Look::Ran(AT + PERIOD * 2));
            assert_eq!(failures().await, 2);
            round.fails.store(false, Ordering::SeqCst);
            round.panics.store(false, Ordering::SeqCst);
            watch.move_by(PERIOD);
            one.look().await.unwrap();
            assert_eq!((failures().await, round.runs()), (0, 3));
        })
        .await;
    }

    #[tokio::test]
    async fn one_that_dies_is_followed_by_the_other_after_its_lease() {
        on_both(async |database| {
            let Replicas { round, watch, keepers: [one, other] } = replicas(database, LEASE).await;
            round.hangs.store(true, Ordering::SeqCst);
            let dying = tokio::spawn(async move { one.look().await });
            round.begun.notified().await;
            dying.abort();
            assert!(dying.await.unwrap_err().is_cancelled());
            round.hangs.store(false, Ordering::SeqCst);
            assert_eq!(other.look().await.unwrap(), Look::NotBefore(AT + LEASE));
            watch.move_by(LEASE);
            assert_eq!(other.look().await.unwrap(), Look::Ran(AT + LEASE + PERIOD));
            assert_eq!(round.runs(), 2);
        })
        .await;
    }

    #[tokio::test]
    async fn who_is_slow_gives_signs_of_life_and_who_was_overtaken_stops() {
        on_both(async |database| {
            let lease = Duration::from_millis(300);
            let Replicas { round, watch, keepers: [one, other] } = replicas(database, lease).await;
            let store = one.keeping.store.clone();
            let held = async || -> Option<String> {
                sqlx::query_scalar("SELECT held_until FROM schedules").fetch_one(store.pool()).await.unwrap()
            };
            round.hangs.store(true, Ordering::SeqCst);
            let slow = tokio::spawn(async move { one.look().await });
            round.begun.notified().await;
            let first = held().await;
            watch.move_by(lease / 2);
            while held().await == first {
                tokio::task::yield_now().await;
            }
            watch.move_by(lease / 2);
            assert!(matches!(other.look().await.unwrap(), Look::NotBefore(_)), "its sign of life counts");
            // Somebody whose clock is ahead takes it.
            let holder = uuid::Uuid::from_u128(1);
            let now = watch.now() + PERIOD;
            let request = ClaimRequest { name: "round", now, period: time::Duration::HOUR, holder, held_until: now };
            assert_eq!(store.claim_schedule(request).await.unwrap(), Claim::Ours);
            assert_eq!(slow.await.unwrap().unwrap(), Look::CutOff);
        })
        .await;
    }

    #[tokio::test]
    async fn one_that_stops_gives_its_run_back_at_once() {
        on_both(async |database| {
            let Replicas { round, keepers: [one, other], .. } = replicas(database, LEASE).await;
            round.hangs.store(true, Ordering::SeqCst);
            let stop = one.keeping.stop.clone();
            let stopping = tokio::spawn(async move { one.look().await });
            round.begun.notified().await;
            stop.cancel();
            assert_eq!(stopping.await.unwrap().unwrap(), Look::CutOff);
            round.hangs.store(false, Ordering::SeqCst);
            assert_eq!(other.look().await.unwrap(), Look::Ran(AT + PERIOD));
        })
        .await;
    }
}
