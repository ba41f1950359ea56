//! Sessions, found by the digest of a browser's cookie: they belong to no tenant until someone has signed in.

use super::{Store, StoreError};
use sqlx::AnyPool;

/// Times are Unix seconds.
#[derive(Debug, Clone)]
pub struct SessionTable {
    pool: AnyPool,
}

impl Store {
    pub fn sessions(&self) -> SessionTable {
        SessionTable { pool: self.pool.clone() }
    }
}

impl SessionTable {
    /// Those that have ended at `now`; answers how many.
    pub async fn delete_ended(&self, now: i64) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}
