//! The queue, which apalis keeps in the portal's own database. Only this file knows apalis; why it is apalis, and why rows are
//! deleted here by hand, is in `docs/adr/0006-job-engine.md`.

use super::job::Envelope;
use crate::config::{JobSettings, MISSED_HEARTBEATS};
use crate::store::{Address, Native, StoreError, is_in_doubt};
use apalis::prelude::{
    BoxDynError, Monitor, PollSnapshot, PollStrategy, PollWith, TaskBuilder, TaskSink as _, WorkerBuilder,
};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Executor as _, raw_sql};
use std::future::Future;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Version 0.1 had a queue `push`; a replica of that version does not know what is in this one.
const NAME: &str = "jobs";
/// apalis' own bookkeeping beside the portal's, which has the usual name.
const MIGRATIONS: &str = "_apalis_migrations";
/// Of PostgreSQL, for one process.
const CONNECTIONS: u32 = 3;
/// apalis' own tries, for a job whose next try could not be put into the queue.
const TRIES: usize = 10;

#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("the queue's database failed")]
    Database(#[from] sqlx::Error),
    #[error("the queue's database has an address that cannot be used")]
    Address(#[source] StoreError),
    #[error("the queue's tables could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the queue's tables could not be brought up to date")]
    Postgres(#[from] apalis_postgres::Error),
    #[error("a job could not be queued: {0}")]
    Push(String),
    #[error("a job's payload could not be written")]
    Payload(#[from] serde_json::Error),
    #[error("the queue is not open yet")]
    NotOpen,
}

#[derive(Clone)]
pub(super) enum QueueEngine {
    Sqlite(SqliteStorage<Envelope>),
    Postgres(PostgresStorage<Envelope>),
}

impl QueueEngine {
    pub(super) async fn open(address: &Address, settings: &JobSettings) -> Result<Self, QueueError> {
        let heartbeat = settings.heartbeat.max(Duration::from_secs(1));
        let missed = MISSED_HEARTBEATS as usize;
        match address.native().map_err(QueueError::Address)? {
            Native::Postgres(options) => {
                let pool = PgPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .after_release(|connection, _| {
                        // apalis can be given up while it begins a transaction, of which sqlx then does not know: see
                        // `Store::begin_on`. Without one the server has nothing to say to this.
                        Box::pin(async move { connection.execute(raw_sql("BEGIN; ROLLBACK")).await.map(|_| true) })
                    })
                    .connect_with(options)
                    .await?;
                PostgresStorage::setup(&pool).await?;
                let config = apalis_postgres::Config::default()
                    .queue(NAME)
                    // With more, a worker that is at its limit holds what it cannot start, and gives no sign of life.
                    .batch_size(1)
                    .heartbeat_interval(heartbeat)
                    .missed_heartbeats(missed);
                Ok(Self::Postgres(PostgresStorage::new(&pool).with_config(config)))
            }
            Native::Sqlite { options, in_memory } => {
                let options = options
                    .journal_mode(SqliteJournalMode::Wal)
                    // A push that a power cut loses is queued again from its journal.
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(Duration::from_secs(10));
                let connections = if in_memory { 1 } else { 2 };
                let pool = SqlitePoolOptions::new()
                    .max_connections(connections)
                    .after_release(|connection, _| {
                        Box::pin(async move { connection.ping().await.map(|()| !is_in_doubt(connection)) })
                    })
                    .connect_with(options)
                    .await?;
                // `SqliteStorage::setup` would also turn syncing off for the connection.
                let mut migrator = SqliteStorage::migrations();
                migrator.dangerous_set_table_name(MIGRATIONS);
                migrator.run(&pool).await?;
                let config = apalis_sqlite::Config::default()
                    .queue(NAME)
                    .batch_size(1)
                    .heartbeat_interval(heartbeat)
                    .missed_heartbeats(missed);
                Ok(Self::Sqlite(SqliteStorage::new(&pool).with_config(config)))
            }
        }
    }

    /// Puts a job into the queue, to be worked on after `pause`, which counts in whole seconds.
    pub(super) async fn push(&self, job: Envelope, pause: Duration) -> Result<(), QueueError> {
        let task = TaskBuilder::new(job).max_attempts(TRIES);
        let task = if pause.is_zero() { task.build() } else { task.run_after(pause).build() };
        match self.clone() {
            Self::Sqlite(mut storage) => {
                storage.push_task(task).await.map_err(|error| QueueError::Push(error.to_string()))
            }
            Self::Postgres(mut storage) => {
                storage.push_task(task).await.map_err(|error| QueueError::Push(error.to_string()))
            }
        }
    }

    /// Forgets jobs that ended, workers that are silent and have nothing, and what version 0.1 left in its queue.
    pub(super) async fn tidy(&self) -> Result<(), QueueError> {
        match self {
            Self::Sqlite(storage) => {
                for statement in [
                    "DELETE FROM Jobs WHERE status IN ('Done', 'Killed') OR (status = 'Failed' AND attempts >= max_attempts)",
                    "DELETE FROM Jobs WHERE job_type = 'push' AND run_at < CAST(strftime('%s', 'now') AS INTEGER) - 86400",
                    "DELETE FROM Workers WHERE last_seen < CAST(strftime('%s', 'now') AS INTEGER) - 3600
                        AND NOT EXISTS (SELECT 1 FROM Jobs WHERE lock_by = Workers.id)",
                ] {
                    sqlx::query(statement).execute(storage.pool()).await?;
                }
            }
            Self::Postgres(storage) => {
                for statement in [
                    "DELETE FROM apalis.jobs WHERE status IN ('Done', 'Killed') OR (status = 'Failed' AND attempts >= max_attempts)",
                    "DELETE FROM apalis.jobs WHERE job_type = 'push' AND run_at < now() - interval '1 day'",
                    "DELETE FROM apalis.workers WHERE last_seen < now() - interval '1 hour'
                        AND NOT EXISTS (SELECT 1 FROM apalis.jobs WHERE lock_by = workers.id)",
                ] {
                    sqlx::query(statement).execute(storage.pool()).await?;
                }
            }
        }
        Ok(())
    }

    /// One worker, named by `name`, which takes jobs out of the queue until it fails or `stop` comes, and then ends once
    /// all that was begun has. Where `work` fails the queue gives the job out again.
    pub(super) async fn work<F, W>(
        &self,
        name: &str,
        wakes: impl Fn() -> Wakes + Send + Sync + 'static,
        stop: &CancellationToken,
        work: W,
    ) -> Result<(), BoxDynError>
    where
        W: Fn(Envelope) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<(), BoxDynError>> + Send + 'static,
    {
        let name = name.to_owned();
        let worker = match self.clone() {
            Self::Sqlite(storage) => Monitor::new().register(move |_| {
                WorkerBuilder::new(name.as_str()).backend(PollWith::new(storage.clone(), wakes())).build(work.clone())
            }),
            Self::Postgres(storage) => Monitor::new().register(move |_| {
                WorkerBuilder::new(name.as_str()).backend(PollWith::new(storage.clone(), wakes())).build(work.clone())
            }),
        };
        let context = worker.context();
        let running = worker.run();
        tokio::pin!(running);
        let ended = tokio::select! {
            ended = &mut running => ended,
            () = stop.cancelled() => {
                // It has ended by itself where this fails.
                let _ = context.shutdown();
                running.await
            }
        };
        ended.map_err(BoxDynError::from)
    }

    /// Jobs in the queue, ended ones too.
    #[cfg(test)]
    pub(super) async fn count(&self) -> i64 {
        let counted = match self {
            Self::Sqlite(storage) => sqlx::query_scalar("SELECT count(*) FROM Jobs").fetch_one(storage.pool()).await,
            Self::Postgres(storage) => {
                sqlx::query_scalar("SELECT count(*) FROM apalis.jobs").fetch_one(storage.pool()).await
            }
        };
        counted.unwrap_or(-1)
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::Database;
    use futures_util::poll;
    use serde_json::Value;

    #[tokio::test]
    async fn who_gives_up_what_is_being_queued_leaves_no_transaction_open() {
        let database = Database::postgres().await;
        let store = database.store().await;
        let queue = QueueEngine::open(store.address(), &JobSettings::default()).await.unwrap();
        let job = Envelope { job: "none".into(), version: 1, payload: Value::Null, attempt: 1 };
        let QueueEngine::Postgres(storage) = &queue else { panic!("it is on PostgreSQL") };
        // After each of its steps: what it sent may be under way, or answered and not read.
        for steps in 0..60 {
            let mut queued = Box::pin(queue.push(job.clone(), Duration::ZERO));
            for _ in 0..steps {
                if poll!(queued.as_mut()).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(queued);
            // All of them: none is on its way back.
            let mut connections = Vec::new();
            for _ in 0..CONNECTIONS {
                connections.push(storage.pool().acquire().await.unwrap());
            }
            let open: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
            )
            .fetch_one(store.pool())
            .await
            .unwrap();
            assert_eq!(open, 0, "after {steps} steps");
        }
    }
}
