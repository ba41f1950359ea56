//! Work that outlives the request that asked for it, and the process too; and work that comes round by itself.
//!
//! # How to add a job
//!
//! 1. A file here with a struct that holds what the work needs (a store, a client, a clock) and an `impl` of [`Job`]:
//!
//!    ```ignore
//!    pub struct SendNotice { pub(super) mailer: Mailer }
//!
//!    #[derive(Serialize, Deserialize)]
//!    pub struct Notice { pub id: Uuid }
//!
//!    impl Job for SendNotice {
//!        const NAME: &'static str = "send-notice";
//!        type Payload = Notice;
//!        type Error = MailError;
//!
//!        async fn run(&self, notice: Notice) -> Result<(), MailError> {
//!            self.mailer.send(notice.id).await
//!        }
//!    }
//!    ```
//! 2. A line in [`start`]: `registry.register(SendNotice { … })` for one that is queued,
//!    `schedule.every(period, SendDigest { … })` for one that comes round. What it needs comes in through [`JobParts`].
//! 3. Whoever wants it done: `notifier.queue().put::<SendNotice>(&notice).await?`.
//!
//! A payload names things, and does not hold them: what is done and what is not is in the portal's own tables.
//!
//! # What can be relied on
//!
//! A **queued** job is done at least once, by whichever process is free, so it has to be idempotent. One that fails or panics is
//! tried again after [`Job::PAUSE`], then after twice that, and so on, up to [`Job::ATTEMPTS`] times; then it is given up,
//! with an error in the log. A process that dies is missed after three heartbeats, and its jobs are given out again; that
//! costs no try. Jobs with the same [`Job::key`] run one at a time in a process; one that comes meanwhile is run once more after it.
//! Across processes a job excludes others by itself, as [`RunPush`] does with [`Leases`]. A payload of an older
//! [`Job::VERSION`] is read by [`Job::read`]; a job or a version that only a newer replica knows is put back for it.
//!
//! A **scheduled** job ([`Schedule`]) has a row in the table `schedules`, and each of its runs is made by one replica: the one
//! whose compare-and-set on that row succeeds. While it runs it moves its lease on; a replica that dies leaves the run to
//! the others when its lease of three heartbeats is over, and one that stops leaves it at once.
//! - Drift: the next run is due one period after the last one began, or at once where that took longer. It begins when a replica
//!   looks, mostly within milliseconds, after at most ten seconds. Times are not aligned to the hour or the day.
//! - Missed times (no replica ran) are one run, not many.
//! - A run that fails or panics is logged, counted in `schedules.failures`, and made again at its next time.
//! - The replicas' clocks have to agree within the lease, and a run may be cut off at any `await`: here too, a run that is
//!   begun twice does no harm.
//!
//! In the log each run is a span `job` with its `name`, and `attempt` or `run`.
//!
//! What every process has to do for itself, such as forgetting addresses in its rate limiters, is no job; see `portal.rs`.

mod changes;
mod close_removals;
mod engine;
mod job;
mod lease;
mod notifier;
mod places;
mod plan_notices;
mod pulse;
mod queue;
mod read_groups;
mod reading_apps;
mod registry;
mod retain;
mod run_push;
mod schedule;
mod send_notices;
mod sweep_pushes;
mod sync_inventory;
mod tend_requests;
mod tidy_notices;
mod tidy_queue;
mod tidy_sessions;
mod tidy_writes;
mod tokens;
mod turns;
mod worker;

pub use crate::config::JobSettings;
pub use changes::Changes;
pub use close_removals::CloseRemovals;
pub use engine::QueueError;
pub use job::{Job, JobError, PayloadError};
pub use lease::{Lease, Leases};
pub use notifier::JobNotifier;
pub(crate) use places::{rest, resume};
pub use plan_notices::PlanNotices;
pub use pulse::Pulse;
pub use queue::Queue;
pub use read_groups::ReadGroups;
pub use reading_apps::ReadingApps;
pub use registry::Registry;
pub use retain::Retain;
pub use run_push::{PushToRun, Pushes, RunPush};
pub use schedule::Schedule;
pub use send_notices::SendNotices;
pub use sweep_pushes::SweepPushes;
pub use sync_inventory::SyncInventory;
pub use tend_requests::TendRequests;
pub use tidy_notices::TidyNotices;
pub use tidy_sessions::TidySessions;
pub use tidy_writes::TidyWrites;
pub use tokens::{HandedOver, TokenPatience};
pub use worker::RunningJobs;

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::inventory::{GroupSync, InventorySync};
use crate::notices::{Planner, Sender};
use crate::store::Store;
use engine::QueueEngine;
use schedule::Keeping;
use std::sync::Arc;
use std::time::Duration;
use tidy_queue::TidyQueue;

const CLOSE_REMOVALS: Duration = Duration::from_mins(5);
const PLAN_NOTICES: Duration = Duration::from_mins(10);
const RETAIN: Duration = Duration::from_hours(1);
/// Whether there is something to read is looked at this often; how often all is read says the configuration.
const SYNC_INVENTORY: Duration = Duration::from_mins(1);
const READ_GROUPS: Duration = Duration::from_mins(1);
const SEND_NOTICES: Duration = Duration::from_secs(5);
const TIDY_NOTICES: Duration = Duration::from_hours(1);
const TEND_REQUESTS: Duration = Duration::from_mins(1);
const TIDY_QUEUE: Duration = Duration::from_mins(5);
const TIDY_SESSIONS: Duration = Duration::from_mins(10);
const TIDY_WRITES: Duration = Duration::from_mins(10);

/// What the jobs of a process need.
pub struct JobParts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub settings: JobSettings,
    pub notifier: Arc<JobNotifier>,
    pub leases: Arc<Leases>,
    pub pushes: Arc<dyn Pushes>,
    /// For how long pushes ask for writes without an answer.
    pub remembered: time::Duration,
    pub inventory: Option<Arc<InventorySync>>,
    /// `None`: who is in groups is not read.
    pub groups: Option<Arc<GroupSync>>,
    /// `None`: nothing is told.
    pub notices: Option<NoticeParts>,
}

/// What the jobs that tell people need.
#[derive(Clone)]
pub struct NoticeParts {
    pub planner: Arc<Planner>,
    pub sender: Arc<Sender>,
    /// For how long what was told is kept.
    pub keep: time::Duration,
}

/// Every job of the portal, each with what it needs, and when it comes round where it does so by itself. Starts working: first
/// on what a process that ended has left.
///
/// # Errors
/// Where the queue's tables cannot be opened.
pub async fn start(parts: JobParts) -> Result<RunningJobs, QueueError> {
    let JobParts { store, clock, entropy, settings, notifier, leases, pushes, remembered, inventory, groups, notices } =
        parts;
    let engine = QueueEngine::open(store.address(), &settings).await?;
    let mut registry = Registry::default();
    registry.register(RunPush { pushes, notifier: Arc::clone(&notifier), at_once: settings.workers });
    let mut schedule = Schedule::default();
    let sweep = SweepPushes { store: store.clone(), leases, notifier: Arc::clone(&notifier) };
    schedule.at_start_and_every(settings.heartbeat.max(Duration::from_millis(100)), sweep);
    let retention = settings.retention.clone();
    schedule.every(RETAIN, Retain { store: store.clone(), clock: Arc::clone(&clock), retention });
    schedule.every(CLOSE_REMOVALS, CloseRemovals { store: store.clone(), clock: Arc::clone(&clock) });
    schedule.every(TEND_REQUESTS, TendRequests { store: store.clone(), clock: Arc::clone(&clock) });
    schedule.every(TIDY_QUEUE, TidyQueue(engine.clone()));
    schedule.every(TIDY_SESSIONS, TidySessions { store: store.clone(), clock: Arc::clone(&clock) });
    schedule.every(TIDY_WRITES, TidyWrites { store: store.clone(), clock: Arc::clone(&clock), remembered });
    if let Some(sync) = inventory {
        schedule.at_start_and_every(SYNC_INVENTORY, SyncInventory(sync));
    }
    if let Some(groups) = groups {
        schedule.at_start_and_every(READ_GROUPS, ReadGroups(groups));
    }
    if let Some(NoticeParts { planner, sender, keep }) = notices {
        schedule.at_start_and_every(PLAN_NOTICES, PlanNotices(planner));
        schedule.at_start_and_every(SEND_NOTICES, SendNotices(sender));
        schedule.every(TIDY_NOTICES, TidyNotices { store: store.clone(), clock: Arc::clone(&clock), keep });
    }
    let stop = notifier.stop().clone();
    let keeping = Keeping { store, clock, entropy: Arc::clone(&entropy), lease: settings.lease(), stop };
    Ok(worker::run(engine, registry, schedule, keeping, notifier, settings.poll))
}
