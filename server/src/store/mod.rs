//! What the portal keeps, in SQLite or PostgreSQL: certificates, plans, receipts, kept states, audit rows, sessions.
//!
//! # Whose
//! All that belongs to a directory is reached through [`Store::of`], and each of its statements names the tenant; where a
//! table has no such column (`plan_apps`, `receipt_apps`, `receipt_keys`), it asks through the row that they hang on. What
//! [`Store`] answers by itself belongs to no tenant, or is for the whole process: sessions (a browser's cookie finds its
//! own), schedules, which pushes are open, locks, whether the database answers.
//!
//! # How to add a table
//! 1. A migration with the next free number in `server/migrations/sqlite` **and** one in `server/migrations/postgres`. The
//!    two directories count by themselves. What is released is never edited: an old database has run it already, and is
//!    not opened any more where its text has changed.
//!    The types, so that one statement does for both:
//!
//!    | what | SQLite (`STRICT`) | PostgreSQL | in the code |
//!    |---|---|---|---|
//!    | an id | `TEXT` | `TEXT` | `Id` in `ids.rs` |
//!    | a time | `TEXT` | `TEXT` | `Stamp` in `stamp.rs`: sorts as text |
//!    | a number | `INTEGER` | `BIGINT` | `i64` |
//!    | the row's own number | `INTEGER PRIMARY KEY AUTOINCREMENT` | `BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY` | `i64` |
//!    | bytes | `BLOB` | `BYTEA` | `Vec<u8>` |
//!    | JSON | `TEXT` | `TEXT` | a row type of the store's with `stored_json.rs` |
//!    | one of a few words | `TEXT` with `CHECK` | the same | an enum of `domain` by its `as_str` |
//!
//!    A table with a tenant's data begins with `tenant_id`, and so does each of its indexes. Rows that are to stay as they
//!    are get a trigger that says so; the ones that are there show how on each database.
//! 2. A file in this folder, named after the table: its row type (`#[derive(sqlx::FromRow)]`, private), what it answers
//!    (public, of the `domain`'s types and the store's own, never a page's), and an `impl TenantStore` with one method for
//!    each question. Placeholders are `$1`, `$2`, …; a statement of changing shape is put together with `sql::Sql`.
//!    Whatever can grow is asked for with a limit. Several statements that belong together go into `Store::begin`.
//! 3. Tests in the same file, on both databases (`databases::on_both`), and a line in `across_tenants.rs`: that
//!    another tenant gets nothing of it. Where old rows are moved, a test in `upgrade.rs`.

#[cfg(test)]
mod across_tenants;
mod address;
mod app_lock;
mod audit;
mod certificates;
mod durability;
mod ids;
mod inventory;
mod journal;
mod kept_settings;
mod lent_reads;
mod native;
mod notices;
mod observed;
mod plan_keys;
mod plans;
mod pushes;
mod receipts;
mod requests;
mod results;
mod retirements;
mod runs;
mod saved_views;
mod schedules;
mod secret_removals;
mod sessions;
mod shared_locks;
mod sign_in_imports;
mod sql;
mod stamp;
mod states;
mod stored_json;
mod team_apps;
mod team_groups;
mod unanswered;
#[cfg(test)]
mod upgrade;

pub(crate) use address::is_in_doubt;
pub use address::{Address, Engine};
pub use app_lock::{AppLock, AppLocks};
pub use audit::{AuditEntry, AuditFilter, AuditRow, PORTAL};
pub use certificates::StoredCertificate;
pub use inventory::{
    Acknowledged, Actor, AgeEdges, Aside, CountedSpans, DayCount, Decided, DeltaPlace, Exceptions, Group, GroupBy,
    Held, InventoryCredential, InventoryQuery, InventoryRow, InventorySort, ItemStanding, KeptChange, Lookup,
    MOST_CHANGES, MonthOfEndings, Ownership, Pass, PassPlace, PassStage, PassState, Readers, UseRow, Within,
};
pub use journal::{OpenApp, SentWrite};
pub use kept_settings::{KeptSetting, SettingChange, SettingKept, SettingKind, rule_from};
pub use lent_reads::LentRead;
pub use native::Native;
pub use notices::{
    Attempt, CalendarRow, ChannelStanding, ClaimDeliveries, ClaimedDelivery, DeliveryRow, KnownPerson, Next,
};
pub use observed::Gone;
pub use plans::{EntriesOfApp, PlanApp, PlanHead, PlanIntent, StoredPlan, StoredSum, TableLine};
pub use pushes::{AddedBy, PastPush};
pub use receipts::{NewReceipt, ReceiptHead, RecentReceipt};
#[cfg(test)]
pub(crate) use requests::tests::begun_removal;
pub use requests::{RequestFilter, RequestLine, RequestRecord, StoredRequest, StoredWhat};
pub use results::{JournalRow, Stage, StoredResult, StoredStep};
pub use retirements::{NewRetirement, StoredRetirement};
pub use runs::{OpenWork, Run};
pub use saved_views::{StoredView, ViewKept, Whose};
pub use schedules::{Claim, ClaimRequest};
pub use secret_removals::{RemovalBegun, RemovalFacts, SecretRemoval};
pub use sessions::{OwnSessionRow, SessionRow, SessionTable};
pub use sign_in_imports::{MOST_IMPORTS, SignInImport};
pub use states::{KeptState, Origin, Sighting};
pub use stored_json::{Stored, StoredProblem, StoredReason};
pub use team_groups::{GroupPerson, GroupRow};
pub use unanswered::StoredWrite;

use domain::ids::TenantId;
use durability::Durability;
use ids::Id;
use inventory::Remembered;
use sqlx::{AnyConnection, AnyPool};
use stamp::Stamp;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::sync::Arc;
use time::OffsetDateTime;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};

/// Rows may be asked for without bounds nowhere; this many at a glance.
const GLANCE: i64 = 10;

/// One database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    /// SQLite's commits through it do not wait for the disk.
    unsynced: AnyPool,
    address: Arc<Address>,
    locks: Arc<Semaphore>,
    /// SQLite has one writer at a time, and makes the others sleep: those of this process wait here.
    writing: Arc<Mutex<()>>,
    durability: Arc<Durability>,
    remembered: Arc<Remembered>,
}

/// What one directory has in the database: a repository per kind of thing, in the files beside this. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TenantStore {
    store: Store,
    tenant: Id<TenantId>,
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<T> {
    pub items: Vec<T>,
    /// Of the whole list.
    pub total: u64,
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
    Database(#[source] sqlx::Error),
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

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { index, source } => Self::Damaged(format!("{index}: {source}")),
            error => Self::Database(error),
        }
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
        let address = Arc::new(address);
        let store = Self {
            pool,
            unsynced,
            address,
            locks,
            writing: Arc::default(),
            durability: Arc::default(),
            remembered: Arc::default(),
        };
        store.complete_thumbprints().await?;
        store.complete_turns().await?;
        Ok(store)
    }

    /// What the directory has here.
    pub fn of(&self, tenant: TenantId) -> TenantStore {
        TenantStore { store: self.clone(), tenant: Id(tenant) }
    }

    /// For tests and benchmarks, which look at rows that no repository shows.
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

    /// Carries out a deletion whose `$1` is a time. Answers how many rows went. What is lost with the machine goes again.
    async fn forget_before(&self, deletion: &'static str, at: OffsetDateTime) -> Result<u64, StoreError> {
        let mut transaction = self.begin_unsynced().await?;
        let gone = sqlx::query(deletion).bind(Stamp(at)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(gone.rows_affected())
    }

    /// In a task, so that it is never given up half-way. With PostgreSQL, sqlx would give the connection back to the pool in
    /// a transaction that it does not know of (<https://github.com/launchbadge/sqlx/issues/4385>): what others then write
    /// through it is seen by nobody, and gone with the connection. With SQLite, where another program has locked the file
    /// this takes long, and who stops waiting for it must not let the next one in before it has ended, or one after the
    /// other would hold all connections.
    async fn begin_on(&self, pool: &AnyPool) -> Result<Transaction, sqlx::Error> {
        let turn = match self.engine() {
            Engine::Sqlite => Some(self.writing.clone().lock_owned().await),
            Engine::Postgres => None,
        };
        let pool = pool.clone();
        let begun = tokio::spawn(async move {
            let inner = match turn {
                Some(_) => pool.begin_with("BEGIN IMMEDIATE").await?,
                None => pool.begin().await?,
            };
            Ok(Transaction { inner, _turn: turn })
        });
        begun.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

impl TenantStore {
    /// Of which directory.
    pub fn tenant(&self) -> TenantId {
        self.tenant.0
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
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::databases::{Database, on_both};
    use futures_util::poll;
    use sqlx::Executor as _;

    #[tokio::test]
    async fn a_connection_in_doubt_is_thrown_away() {
        let database = Database::sqlite();
        let store = database.store().await;
        // As a full disk does: the transaction has ended, and sqlx takes it to be open.
        for pool in [&store.pool, &store.unsynced] {
            let mut transaction = store.begin_on(pool).await.unwrap();
            transaction.execute("ROLLBACK").await.unwrap();
            assert!(transaction.commit().await.is_err());
        }
        for _ in 0..20 {
            store.begin().await.unwrap().commit().await.unwrap();
            store.begin_unsynced().await.unwrap().commit().await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_gives_up_a_transaction_that_is_being_begun_takes_no_later_write_along() {
        on_both(async |database| {
            let (store, other) = (database.store().await, database.store().await);
            store.pool.execute("CREATE TABLE written (number BIGINT)").await.unwrap();
            // After each of its steps: what it sent may be under way, or answered and not read.
            for steps in 0..40 {
                let mut begun = Box::pin(store.begin());
                for _ in 0..steps {
                    if poll!(begun.as_mut()).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            let mut connections = Vec::new();
            for _ in 0..store.pool.options().get_max_connections() {
                connections.push(store.pool.acquire().await.unwrap());
            }
            for connection in &mut connections {
                connection.execute("INSERT INTO written VALUES (1)").await.unwrap();
            }
            let written: i64 = sqlx::query_scalar("SELECT count(*) FROM written").fetch_one(&other.pool).await.unwrap();
            assert_eq!(usize::try_from(written).unwrap(), connections.len());
        })
        .await;
    }
}

#[cfg(test)]
#[path = "../../tests/support/databases.rs"]
pub(crate) mod databases;
