//! The queue that apalis keeps in the portal's own database. A job says which receipt to work on and nothing else: what
//! is done of it and what is not is in the receipt's journal, so that a job may be lost or come twice without harm.

use super::settings::{JobSettings, MISSED};
use apalis::prelude::{
    BoxDynError, Monitor, PollSnapshot, PollStrategy, PollWith, TaskBuilder, TaskSink as _, WorkerBuilder,
};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::future::Future;
use std::str::FromStr as _;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior};
use uuid::Uuid;

const NAME: &str = "push";
/// apalis' own bookkeeping beside the portal's, which has the usual name.
const MIGRATIONS: &str = "_apalis_migrations";

/// Work on a receipt until it is over, pauses, or the process stops.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) receipt: Uuid,
}

#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("the queue's database failed")]
    Database(#[from] sqlx::Error),
    #[error("the queue's tables could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the queue's tables could not be brought up to date")]
    Postgres(#[from] apalis_postgres::Error),
    #[error("a job could not be queued: {0}")]
    Push(String),
}

#[derive(Clone)]
pub(super) enum Queue {
    Sqlite(SqliteStorage<Run>),
    Postgres(PostgresStorage<Run>),
}

impl Queue {
    /// `database`: as the configuration has it, a path, `sqlite:…` or `postgres://…`.
    pub(super) async fn open(database: &str, settings: &JobSettings) -> Result<Self, QueueError> {
        let heartbeat = settings.heartbeat.max(Duration::from_secs(1));
        if database.starts_with("postgres:") || database.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(database)?;
            let pool = PgPoolOptions::new().max_connections(3).connect_with(options).await?;
            PostgresStorage::setup(&pool).await?;
            let config = apalis_postgres::Config::default()
                .queue(NAME)
                // With more, a worker that is at its limit holds what it cannot start, and gives no sign of life.
                .batch_size(1)
                .heartbeat_interval(heartbeat)
                .missed_heartbeats(MISSED);
            return Ok(Self::Postgres(PostgresStorage::new(&pool).with_config(config)));
        }
        let options = if database.starts_with("sqlite:") {
            SqliteConnectOptions::from_str(database)?
        } else {
            SqliteConnectOptions::new().filename(database)
        };
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            // A job that a power cut loses is queued again from the journal.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10));
        let connections = if database.contains(":memory:") { 1 } else { 2 };
        let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(options).await?;
        // `SqliteStorage::setup` would also turn syncing off for the connection.
        let mut migrator = SqliteStorage::migrations();
        migrator.dangerous_set_table_name(MIGRATIONS);
        migrator.run(&pool).await?;
        // One process has this file, and what an earlier one left is known from the journal.
        sqlx::query("DELETE FROM Jobs").execute(&pool).await?;
        sqlx::query("DELETE FROM Workers").execute(&pool).await?;
        let config = apalis_sqlite::Config::default()
            .queue(NAME)
            .batch_size(1)
            .heartbeat_interval(heartbeat)
            .missed_heartbeats(MISSED);
        Ok(Self::Sqlite(SqliteStorage::new(&pool).with_config(config)))
    }

    pub(super) async fn push(&self, run: Run) -> Result<(), QueueError> {
        // Tried once: what fails is queued again from the journal.
        let task = TaskBuilder::new(run).max_attempts(1).build();
        match self.clone() {
            Self::Sqlite(mut storage) => {
                storage.push_task(task).await.map_err(|error| QueueError::Push(error.to_string()))
            }
            Self::Postgres(mut storage) => {
                storage.push_task(task).await.map_err(|error| QueueError::Push(error.to_string()))
            }
        }
    }

    /// Forgets jobs that ended; the audit log and the receipts are what is kept.
    pub(super) async fn tidy(&self) -> Result<(), QueueError> {
        match self {
            Self::Sqlite(storage) => {
                sqlx::query("DELETE FROM Jobs WHERE status IN ('Done', 'Failed', 'Killed')")
                    .execute(storage.pool())
                    .await?;
            }
            Self::Postgres(storage) => {
                sqlx::query("DELETE FROM apalis.jobs WHERE status IN ('Done', 'Failed', 'Killed')")
                    .execute(storage.pool())
                    .await?;
                sqlx::query(
                    "DELETE FROM apalis.workers WHERE last_seen < now() - interval '1 hour'
                        AND NOT EXISTS (SELECT 1 FROM apalis.jobs WHERE lock_by = workers.id)",
                )
                .execute(storage.pool())
                .await?;
            }
        }
        Ok(())
    }

    /// One worker, named by `name`, which takes jobs out of the queue until it fails or is stopped, and then ends once
    /// all that was begun has.
    pub(super) fn worker<F, W>(&self, name: &str, wakes: impl Fn() -> Wakes + Send + Sync + 'static, work: W) -> Monitor
    where
        W: Fn(Run) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<(), BoxDynError>> + Send + 'static,
    {
        let name = name.to_owned();
        match self.clone() {
            Self::Sqlite(storage) => Monitor::new().register(move |_| {
                WorkerBuilder::new(name.as_str()).backend(PollWith::new(storage.clone(), wakes())).build(work.clone())
            }),
            Self::Postgres(storage) => Monitor::new().register(move |_| {
                WorkerBuilder::new(name.as_str()).backend(PollWith::new(storage.clone(), wakes())).build(work.clone())
            }),
        }
    }
}

/// When a worker looks into the queue: when this process puts something in, and now and then for what others put in.
pub(super) struct Wakes {
    calls: mpsc::Receiver<()>,
    interval: Interval,
}

impl Wakes {
    pub(super) fn new(calls: mpsc::Receiver<()>, poll: Duration) -> Self {
        let mut interval = tokio::time::interval(poll.max(Duration::from_millis(50)));
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { calls, interval }
    }
}

impl PollStrategy for Wakes {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut woken = false;
        // Each is asked until it has nothing more: only then it wakes the worker again.
        while let Poll::Ready(Some(())) = self.calls.poll_recv(cx) {
            woken = true;
        }
        while self.interval.poll_tick(cx).is_ready() {
            woken = true;
        }
        if woken { Poll::Ready(Some(())) } else { Poll::Pending }
    }
}
