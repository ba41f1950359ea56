//! The state file ([`TenantOptions::state`](crate::TenantOptions::state)): what the tenant holds, in SQLite, so that it
//! outlives the process.
//!
//! One table of objects as JSON, by kind and id. What a request has changed is written in one transaction before the
//! request is answered. Applications and service principals are written one by one, as they change; what there is little
//! of (people, policies, a vault) as a whole.
//!
//! Kept: people, applications, service principals, what was deleted, groups, permission grants, role assignments, policies,
//! vaults, both logs, changes for delta, refresh tokens, who is signed in, the signing key. Not kept: behaviour, faults, writers, the clock's offset, the
//! request log, codes not yet redeemed, and writes that have not reached everybody: they have after a restart.
//!
//! The file has private keys and tokens in it, readable: it is made for its owner's eyes alone.

mod batch;
pub(crate) mod codec;
mod load;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{Connection as _, QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::Mutex;

use crate::signing::KeyError;
use crate::state::Shared;
use crate::store::{Directory, Keyed, Table};
use batch::{Batch, Row};
pub(crate) use load::Loaded;

/// `PRAGMA application_id`: "TPlt".
const APPLICATION: i64 = 0x5450_6c74;
/// `PRAGMA user_version`: of the shape of the rows.
const VERSION: i64 = 1;
/// Rows to a statement, and rows of a table that are in memory as JSON at once.
const ROWS: usize = 500;

const SCHEMA: &str = "CREATE TABLE object (
    kind TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) STRICT";
const INDEX: &str = "CREATE INDEX object_in_order ON object (kind, number)";

/// Why the state cannot be read or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateFileError {
    #[error("it cannot be made: {0}")]
    Make(#[from] std::io::Error),
    /// Also: another process has it open.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("it is a database of another program, or of another version of this one")]
    Foreign,
    #[error("its {kind} {id} cannot be read: {why}")]
    Row { kind: &'static str, id: String, why: serde_json::Error },
    #[error("it lacks its {0}")]
    Missing(&'static str),
    #[error("something cannot be written as JSON: {0}")]
    Encode(serde_json::Error),
    #[error("its signing key cannot be read: {0}")]
    SigningKey(String),
}

impl From<KeyError> for StateFileError {
    fn from(error: KeyError) -> Self {
        Self::SigningKey(error.to_string())
    }
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum RowKind {
    Application,
    ServicePrincipal,
    Deleted,
    Change,
    Document,
    Vault,
    Audit,
    SignIn,
    RefreshToken,
    Session,
}

impl RowKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::ServicePrincipal => "servicePrincipal",
            Self::Deleted => "deletedItem",
            Self::Change => "change",
            Self::Document => "document",
            Self::Vault => "vault",
            Self::Audit => "directoryAudit",
            Self::SignIn => "signIn",
            Self::RefreshToken => "refreshToken",
            Self::Session => "session",
        }
    }
}

/// What of a collection differs from the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Unsaved<K> {
    /// Nothing of it is in the file, or the file's is another one's. A tenant in memory stays so.
    #[default]
    All,
    Some(BTreeSet<K>),
}

impl<K: Ord> Unsaved<K> {
    pub(crate) fn note(&mut self, key: K) {
        if let Self::Some(keys) = self {
            keys.insert(key);
        }
    }

    /// What is to be written; from now on nothing is.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Some(BTreeSet::new()))
    }
}

/// Hashes of the bodies in the file of those rows which are written only when they differ.
type Documents = HashMap<(RowKind, String), [u8; 32]>;

/// An open state file.
pub(crate) struct StateFile {
    open: Mutex<Option<Open>>,
}

struct Open {
    connection: SqliteConnection,
    /// Whether the schema is there.
    made: bool,
    documents: Documents,
}

impl StateFile {
    /// Opens a file, or makes one. What was in it; `None` for a new one.
    pub(crate) async fn open(path: &Path) -> Result<(Self, Option<Loaded>), StateFileError> {
        make_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // Survives the process; of a power cut the last requests may be lost, and nothing else.
            .synchronous(SqliteSynchronous::Normal)
            .locking_mode(SqliteLockingMode::Exclusive)
            .busy_timeout(std::time::Duration::from_secs(1));
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let pragma = async |connection: &mut SqliteConnection, sql: &'static str| {
            sqlx::query_scalar::<_, i64>(sql).fetch_one(connection).await
        };
        let tables = pragma(&mut connection, "SELECT count(*) FROM sqlite_schema").await?;
        let application = pragma(&mut connection, "PRAGMA application_id").await?;
        let version = pragma(&mut connection, "PRAGMA user_version").await?;
        let (loaded, documents) = match (tables, application, version) {
            (0, 0, 0) => (None, Documents::new()),
            (_, APPLICATION, VERSION) => {
                let (loaded, documents) = load::load(&mut connection).await?;
                (Some(loaded), documents)
            }
            _ => return Err(StateFileError::Foreign),
        };
        let made = loaded.is_some();
        Ok((Self { open: Mutex::new(Some(Open { connection, made, documents })) }, loaded))
    }

    /// Writes what has changed, in one transaction. Whoever calls second waits for the first, and what they have
    /// changed is in the file when they go on.
    pub(crate) async fn save(&self, shared: &Shared) -> Result<(), StateFileError> {
        let mut guard = self.open.lock().await;
        let Some(open) = guard.as_mut() else {
            return Ok(());
        };
        let saved = match batch::collect(shared, &open.documents, !open.made) {
            Ok(batch) if batch.is_empty() => return Ok(()),
            Ok(batch) => open.write(shared, batch).await,
            Err(error) => Err(error),
        };
        // What is in the file then is known again once everything has been written.
        saved.inspect_err(|_| batch::forget(shared))
    }

    /// Writes what is left and closes the file.
    pub(crate) async fn close(&self, shared: &Shared) -> Result<(), StateFileError> {
        self.save(shared).await?;
        if let Some(open) = self.open.lock().await.take() {
            open.connection.close().await?;
        }
        Ok(())
    }
}

impl Open {
    async fn write(&mut self, shared: &Shared, batch: Batch) -> Result<(), StateFileError> {
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        let connection = &mut *transaction;
        if !self.made {
            sqlx::query(SCHEMA).execute(&mut *connection).await?;
            sqlx::query(INDEX).execute(&mut *connection).await?;
            sqlx::raw_sql("PRAGMA application_id = 0x54506c74; PRAGMA user_version = 1")
                .execute(&mut *connection)
                .await?;
        }
        for kind in &batch.whole {
            sqlx::query("DELETE FROM object WHERE kind = ?").bind(kind.name()).execute(&mut *connection).await?;
        }
        for (kind, first) in batch.trimmed {
            let sql = "DELETE FROM object WHERE kind = ? AND number < ?";
            sqlx::query(sql).bind(kind.name()).bind(first).execute(&mut *connection).await?;
        }
        for (kind, id) in &batch.gone {
            let sql = "DELETE FROM object WHERE kind = ? AND id = ?";
            sqlx::query(sql).bind(kind.name()).bind(id).execute(&mut *connection).await?;
        }
        insert(connection, &batch.rows).await?;
        for kind in batch.whole {
            match kind {
                RowKind::Application => stream(connection, shared, kind, |directory| &directory.applications).await?,
                RowKind::ServicePrincipal => {
                    stream(connection, shared, kind, |directory| &directory.service_principals).await?;
                }
                RowKind::Deleted => stream(connection, shared, kind, |directory| &directory.graph.deleted).await?,
                _ => {}
            }
        }
        transaction.commit().await?;
        self.made = true;
        self.documents = batch.documents;
        Ok(())
    }
}

/// Writes a whole table, some rows at a time.
async fn stream<T: Keyed + serde::Serialize>(
    connection: &mut SqliteConnection,
    shared: &Shared,
    kind: RowKind,
    table: impl Fn(&Directory) -> &Table<T>,
) -> Result<(), StateFileError> {
    let mut last = 0;
    loop {
        let rows = {
            let directory = shared.read();
            let rows = table(&directory).after(last).take(ROWS);
            rows.map(|(number, row)| Row::new(kind, row.id().to_string(), number, row))
                .collect::<Result<Vec<_>, _>>()?
        };
        let Some(end) = rows.last() else {
            return Ok(());
        };
        last = end.number.cast_unsigned();
        insert(connection, &rows).await?;
    }
}

async fn insert(connection: &mut SqliteConnection, rows: &[Row]) -> Result<(), StateFileError> {
    for some in rows.chunks(ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT OR REPLACE INTO object (kind, id, number, body) ");
        sql.push_values(some, |mut values, row| {
            values.push_bind(row.kind.name()).push_bind(&row.id).push_bind(row.number).push_bind(&row.body);
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Makes the file where there is none, for its owner alone.
fn make_private(path: &Path) -> Result<(), std::io::Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// The file that an error is about.
pub(crate) fn at(path: &Path) -> impl Fn(StateFileError) -> crate::TenantError + use<> {
    let path: PathBuf = path.to_owned();
    move |source| crate::TenantError::State { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::{RunningTenant, Seed, TenantOptions};

    async fn start(state: PathBuf) -> RunningTenant {
        let options = TenantOptions { state: Some(state), seed: Seed::Empty, ..TenantOptions::default() };
        crate::start(options).await.unwrap()
    }

    async fn read_only(tenant: &RunningTenant, sql: &'static str) {
        let mut open = tenant.tenant.state_file.as_ref().unwrap().open.lock().await;
        sqlx::query(sql).execute(&mut open.as_mut().unwrap().connection).await.unwrap();
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenant.db");
        let tenant = start(file.clone()).await;
        let mara = tenant.people()[0].clone();
        read_only(&tenant, "PRAGMA query_only = 1").await;
        assert!(tenant.give_directory_role(&mara.user_principal_name, "Security Administrator"));
        let (cookie, _) = tenant.tenant.grants().open_session(mara.id, tenant.tenant.now());
        assert!(tenant.tenant.save().await.unwrap_err().to_string().contains("readonly"));
        // A second failure must not take what was not written for written either.
        tenant.tenant.save().await.unwrap_err();
        read_only(&tenant, "PRAGMA query_only = 0").await;
        tenant.shutdown().await;
        let again = start(file).await;
        assert!(again.people()[0].directory_roles.contains(&"Security Administrator"));
        assert_eq!(again.tenant.grants().session(&cookie).unwrap().person, mara.id);
        again.shutdown().await;
    }
}
