//! What the portal keeps, in SQLite or PostgreSQL: certificates, plans, receipts, audit rows. Every query names the
//! tenant, and is written so that both databases take it: `$n` placeholders, times as text ([`Stamp`]).

mod address;
mod app_lock;
mod audit;
mod certificates;
mod journal;
mod observed;
mod plans;
mod pushes;
mod receipts;
mod retirements;
mod runs;
mod shared_locks;
mod sql;
mod stamp;
mod states;
#[cfg(test)]
mod upgrade;

pub use address::{Address, Engine};
pub use app_lock::{AppLock, AppLocks};
pub use audit::AuditEntry;
pub use certificates::StoredCertificate;
pub use journal::{JournalRow, OpenApp, Stage, Which};
pub use observed::Gone;
pub use plans::{PlanApp, PlanHead, StoredPlan, TableLine, Wanted};
pub use pushes::PastPush;
pub use receipts::{NewReceipt, ReceiptHead};
pub use retirements::NewRetirement;
pub use runs::{Counts, OpenWork, Run};
pub use states::{KeptState, Origin, Sighting};

use app::contract::problem::Problem;
use sqlx::{AnyConnection, AnyPool};
use stamp::Stamp;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};

/// Rows may be asked for without bounds nowhere; this many at a glance.
const GLANCE: i64 = 10;

/// A repository per kind of thing, on one database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    /// SQLite's commits through it do not wait for the disk.
    unsynced: AnyPool,
    address: Address,
    locks: Arc<Semaphore>,
    /// SQLite has one writer at a time, and makes the others sleep: those of this process wait here.
    writing: Arc<Mutex<()>>,
}

/// Rolled back when dropped.
struct Transaction {
    inner: sqlx::Transaction<'static, sqlx::Any>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Transaction {
    async fn commit(self) -> Result<(), sqlx::Error> {
        self.inner.commit().await
    }
}

impl Deref for Transaction {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.inner
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    #[error("“{0}” is neither a file nor a sqlite: or postgres: URL")]
    Address(String),
    #[error("the lock of an app was lost: the connection that held it has ended")]
    LockLost(#[source] sqlx::Error),
    #[error("the database file could not be made")]
    File(#[from] std::io::Error),
    #[error("the database could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("a stored value could not be read: {0}")]
    Damaged(String),
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "store failed");
        Self::new(
            500,
            "store-failed",
            "The portal's own storage failed",
            "What you asked for could not be read or kept.",
        )
        .advice("Try again; if it happens again, tell who runs the portal.")
    }
}

impl Store {
    /// Opens a database, made where it is a file that is missing, and brings its schema up to date. Takes the path of an
    /// SQLite file, a `sqlite:` URL, or a `postgres:` URL.
    pub async fn open(path_or_url: &str) -> Result<Self, StoreError> {
        let address: Address = path_or_url.parse()?;
        let pool = address.connect().await?;
        match address.engine() {
            Engine::Sqlite => sqlx::migrate!("./migrations/sqlite").run(&pool).await?,
            Engine::Postgres => sqlx::migrate!("./migrations/postgres").run(&pool).await?,
        }
        let unsynced = address.connect_unsynced(&pool).await?;
        let locks = Arc::new(Semaphore::new(app_lock::MOST));
        let store = Self { pool, unsynced, address, locks, writing: Arc::default() };
        store.complete_thumbprints().await?;
        Ok(store)
    }

    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    pub fn engine(&self) -> Engine {
        self.address.engine()
    }

    /// A transaction. SQLite's holds the write lock from the start, so that it cannot lose it half-way.
    async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.begin_on(&self.pool).await
    }

    /// The same for what a later [`Self::begin`] takes to the disk in time, or what can be found out again: with SQLite
    /// most of a commit's time is the wait for the disk.
    async fn begin_unsynced(&self) -> Result<Transaction, sqlx::Error> {
        self.begin_on(&self.unsynced).await
    }

    async fn begin_on(&self, pool: &AnyPool) -> Result<Transaction, sqlx::Error> {
        match self.engine() {
            Engine::Sqlite => {
                let turn = self.writing.clone().lock_owned().await;
                Ok(Transaction { inner: pool.begin_with("BEGIN IMMEDIATE").await?, _turn: Some(turn) })
            }
            Engine::Postgres => Ok(Transaction { inner: pool.begin().await?, _turn: None }),
        }
    }
}

fn parse<T: FromStr>(what: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged(format!("{what} “{text}”")))
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Damaged(format!("{what}: {e}")))
}

pub(crate) fn to_json<T: serde::Serialize>(what: &str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Damaged(format!("{what}: {e}")))
}

#[cfg(test)]
#[path = "../../tests/support/databases.rs"]
pub(crate) mod databases;
