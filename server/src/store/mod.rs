//! What the portal keeps, in SQLite: certificates, plans, receipts, audit rows. Every query names the tenant.

mod audit;
mod certificates;
mod observed;
mod plans;
mod receipts;

pub use audit::AuditEntry;
pub use certificates::StoredCertificate;
pub use observed::Gone;
pub use plans::StoredPlan;
pub use receipts::{Journal, NewReceipt, OpenApp, PastPush, Stage};

use app::desk::Problem;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// Rows may be asked for without bounds nowhere; this many at a glance.
const GLANCE: i64 = 10;

/// A repository per kind of thing, on one SQLite file.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
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
    /// Opens a file, made where it is missing, and brings its schema up to date. Takes a path or a `sqlite:` URL.
    pub async fn open(path_or_url: &str) -> Result<Self, StoreError> {
        let options = if path_or_url.starts_with("sqlite:") {
            SqliteConnectOptions::from_str(path_or_url)?
        } else {
            make_private(path_or_url.as_ref())?;
            SqliteConnectOptions::new().filename(path_or_url)
        };
        // A state saved before a write must survive a power cut: WAL with FULL syncs on every commit.
        let options = options
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        // Every connection to `:memory:` would be a database of its own.
        let connections = if path_or_url.contains(":memory:") { 1 } else { 8 };
        let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(options).await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        let store = Self { pool };
        store.complete_thumbprints().await?;
        Ok(store)
    }

    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// A transaction that holds the write lock from the start, so that it cannot lose it half-way.
    async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, sqlx::Error> {
        self.pool.begin_with("BEGIN IMMEDIATE").await
    }
}

/// Nobody else on the machine has to read it. SQLite gives its side files the mode of the main one.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn parse<T: FromStr>(what: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged(format!("{what} “{text}”")))
}

fn from_json<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Damaged(format!("{what}: {e}")))
}

fn to_json<T: serde::Serialize>(what: &str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Damaged(format!("{what}: {e}")))
}

#[cfg(test)]
pub(crate) async fn test_store() -> Store {
    match Store::open("sqlite::memory:").await {
        Ok(store) => store,
        Err(e) => panic!("{e:?}"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn nobody_else_can_read_its_files() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path().join("desk.sqlite").to_str().unwrap()).await.unwrap();
        sqlx::query("CREATE TABLE x (y)").execute(store.pool()).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(Result::unwrap).collect();
        assert!(files.len() > 1, "the write-ahead log is a file of its own");
        for file in files {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", file.path().display());
        }
    }
}
