//! A day on which the database cannot be written for a while: nothing is lost, and nobody has to start anything anew.

use crate::databases::Database;
use crate::site::{MARA, Replica, Site};
use app::contract::ports::*;
use domain::rollout::{Pace, RunState};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

const APPS: u32 = 30;
#[cfg(target_os = "linux")]
const SIGXFSZ: i32 = 25;

/// Pushes to all apps, and does something bad to the database once a few of them are verified.
async fn pushed(database: Database, bad: impl AsyncFn(&Site, &Replica)) {
    let site = Site::on(database, APPS).await;
    let replica = site.replica().await;
    let before = site.entries().await;
    let receipt = site.push(&replica, MARA, &site.apps(), Pace::default()).await;
    site.until(&replica, receipt, |progress| progress.verified >= 2).await;
    bad(&site, &replica).await;
    let finished = site.until_rests(&replica, receipt).await;
    assert_eq!((finished.state, finished.verified), (RunState::Finished, APPS), "{finished:?}");
    Site::assert_one_more(&before, &site.entries().await);
    writes_again(&replica).await;
    replica.stop().await;
}

/// Every connection of the process does, and not only the first.
async fn writes_again(replica: &Replica) {
    for _ in 0..20 {
        replica.store.check_writes(OffsetDateTime::now_utc()).await.unwrap();
    }
}

/// No file of this process can grow, or be written beyond its first bytes, until dropped: as on a disk that is full, each
/// commit fails.
#[cfg(target_os = "linux")]
struct FullDisk {
    before: rustix::process::Rlimit,
    /// By default the signal that says so ends the process.
    _said: tokio::signal::unix::Signal,
}

#[cfg(target_os = "linux")]
impl FullDisk {
    /// All tests of the process have it: nextest gives each a process of its own.
    fn new() -> Self {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        assert!(std::env::var_os("NEXTEST").is_some(), "this needs a process of its own: run it with cargo nextest");
        let said = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ)).unwrap();
        let before = getrlimit(Resource::Fsize);
        setrlimit(Resource::Fsize, Rlimit { current: Some(1), ..before }).unwrap();
        Self { before, _said: said }
    }
}

#[cfg(target_os = "linux")]
impl Drop for FullDisk {
    fn drop(&mut self) {
        rustix::process::setrlimit(rustix::process::Resource::Fsize, self.before).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_was_full() {
    pushed(Database::sqlite(), async |site, replica| {
        let full = FullDisk::new();
        // Enough failures that each connection has had some.
        for _ in 0..40 {
            let failed = replica.store.check_writes(OffsetDateTime::now_utc()).await;
            assert!(failed.is_err(), "a full disk was written");
            let _ = site.desk(replica, MARA).app(site.apps()[0]).await;
        }
        drop(full);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_another_program_has_locked() {
    let database = Database::sqlite();
    let url = format!("sqlite:{}", database.url);
    pushed(database, async |site, replica| {
        let mut other = SqliteConnection::connect(&url).await.unwrap();
        other.execute("BEGIN EXCLUSIVE").await.unwrap();
        let begun = Instant::now();
        // Nobody waits for notes that they did not ask for.
        let shown = site.desk(replica, MARA).app(site.apps()[0]).await;
        let took = begun.elapsed();
        assert!(shown.is_ok() && took < Duration::from_secs(7), "{took:?}");
        let ready = replica.store.check_writes(OffsetDateTime::now_utc());
        assert!(tokio::time::timeout(Duration::from_secs(3), ready).await.is_err(), "a locked file was written");
        other.execute("ROLLBACK").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_postgresql_that_was_started_anew() {
    let database = Database::postgres().await;
    let url = database.url.clone();
    pushed(database, async |_, replica| {
        let mut other = PgConnection::connect(&url).await.unwrap();
        for _ in 0..3 {
            // What a start ends as well: every connection of this database but the one that says so.
            let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()";
            let ended: i64 = sqlx::query_scalar(AssertSqlSafe(end)).fetch_one(&mut other).await.unwrap();
            assert!(ended > 0);
            writes_again(replica).await;
        }
    })
    .await;
}
