//! One writer per app across replicas: a lock that PostgreSQL keeps for a connection, and lets go with it.

use super::{Engine, Store, StoreError};
use domain::ids::{ObjectId, TenantId};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use tokio::sync::OwnedSemaphorePermit;

/// Locks that one process holds or waits for, each with a connection of its own: they cannot starve the pool, and the
/// pool's queries cannot keep a holder from going on.
pub(super) const MOST: usize = 32;

/// Held until dropped. Dropping closes the connection, and with it goes the lock, also where the process dies.
#[derive(Debug)]
pub struct AppLock {
    connection: AnyConnection,
    _place: OwnedSemaphorePermit,
}

impl Store {
    /// Waits until no other replica holds the app. `None` on SQLite, where there are no other replicas. Within a process
    /// wait for the others first: this takes a connection while it waits.
    pub async fn lock_app(&self, tenant: TenantId, app: ObjectId) -> Result<Option<AppLock>, StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        // The semaphore is never closed.
        let place = self.locks.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
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
        sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))")
            .bind(format!("thumbprint app {tenant}/{app}"))
            .execute(&mut connection)
            .await?;
        Ok(Some(AppLock { connection, _place: place }))
    }
}

impl AppLock {
    /// Whether it is still held: a connection can end at any time, and another replica may have the lock then. Ask
    /// right before a write.
    pub async fn check(&mut self) -> Result<(), StoreError> {
        self.connection.execute("SELECT 1").await.map(drop).map_err(StoreError::LockLost)
    }
}
