//! One writer per app, and one process per receipt, across replicas: locks that PostgreSQL keeps for a connection, and lets
//! go with it.

use super::shared_locks::{SharedLock, SharedLocks};
use super::{Engine, Store, StoreError};
use domain::ids::{ObjectId, TenantId};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use std::sync::OnceLock;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

/// Locks that one process waits for, each with a connection of its own: they cannot starve the pool, and the pool's queries
/// cannot keep a holder from going on.
pub(super) const MOST: usize = 32;

/// Held until dropped, and no longer than its connection, also where the process dies.
#[derive(Debug)]
pub struct AppLock(Held);

#[derive(Debug)]
enum Held {
    /// Dropping closes the connection.
    Alone {
        connection: AnyConnection,
        _place: Option<OwnedSemaphorePermit>,
    },
    Shared(SharedLock),
}

/// The apps that one process works on, for the other replicas. Within the process something else has to see to it that
/// nobody asks for an app that is held: the database gives a connection again what it has.
#[derive(Debug)]
pub struct AppLocks {
    store: Store,
    shared: OnceLock<SharedLocks>,
}

impl AppLocks {
    pub fn new(store: Store) -> Self {
        Self { store, shared: OnceLock::new() }
    }

    /// Waits until no other replica holds the app. `None` on SQLite, where there are no other replicas.
    pub async fn lock(&self, tenant: TenantId, app: ObjectId) -> Result<Option<AppLock>, StoreError> {
        let store = &self.store;
        if store.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let name = format!("thumbprint app {tenant}/{app}");
        // As a rule nobody has it: a thousand such locks share a connection. Who waits needs one of its own.
        let shared = self.shared.get_or_init(|| SharedLocks::start(store.clone()));
        if let Some(lock) = shared.try_lock(name.clone()).await? {
            return Ok(Some(AppLock(Held::Shared(lock))));
        }
        // The semaphore is never closed.
        let place = store.locks.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut connection = store.lock_connection().await?;
        sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))").bind(name).execute(&mut connection).await?;
        Ok(Some(AppLock(Held::Alone { connection, _place: Some(place) })))
    }
}

impl Store {
    /// A receipt, without waiting: `None` where another replica holds it, or on SQLite, where there is none.
    pub async fn try_lock_receipt(&self, receipt: Uuid) -> Result<Option<AppLock>, StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let mut connection = self.lock_connection().await?;
        let got: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))")
            .bind(name(receipt))
            .fetch_one(&mut connection)
            .await?;
        Ok(got.then_some(AppLock(Held::Alone { connection, _place: None })))
    }

    /// Whether a replica holds the receipt. Taking it in order to find out could turn away who wants to keep it.
    pub async fn is_receipt_locked(&self, receipt: Uuid) -> Result<bool, StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(false);
        }
        // A 64-bit key is shown as two halves.
        let locked = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pg_locks
                WHERE locktype = 'advisory' AND granted AND objsubid = 1
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 0))",
        )
        .bind(name(receipt))
        .fetch_one(&self.pool)
        .await?;
        Ok(locked)
    }

    pub(super) async fn lock_connection(&self) -> Result<AnyConnection, StoreError> {
        let mut connection = AnyConnection::connect_with(self.address.options()).await?;
        // A replica whose machine is gone sends no farewell: half a minute, where the default is two hours.
        for setting in [
            "SET tcp_keepalives_idle = 15",
            "SET tcp_keepalives_interval = 5",
            "SET tcp_keepalives_count = 3",
            // The pushes of other replicas may be many.
            "SET lock_timeout = '15min'",
        ] {
            connection.execute(setting).await?;
        }
        Ok(connection)
    }
}

fn name(receipt: Uuid) -> String {
    format!("thumbprint receipt {receipt}")
}

impl AppLock {
    /// Whether it is still held: a connection can end at any time, and another replica may have the lock then. Ask
    /// right before a write.
    pub async fn check(&mut self) -> Result<(), StoreError> {
        match &mut self.0 {
            Held::Alone { connection, .. } => {
                connection.execute("SELECT 1").await.map(drop).map_err(StoreError::LockLost)
            }
            Held::Shared(lock) => lock.check().await,
        }
    }
}
