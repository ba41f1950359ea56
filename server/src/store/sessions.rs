//! Sessions, found by the digest of a browser's cookie: they belong to no tenant until someone has signed in.

use super::{Id, Store, StoreError};
use domain::ids::{ObjectId, TenantId};
use sqlx::AnyPool;

/// Times are Unix seconds. `id`: SHA-256 of the cookie's value, in hexadecimal.
#[derive(Debug, Clone)]
pub struct SessionTable {
    store: Store,
    pool: AnyPool,
}

/// A session that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// JSON.
    pub data: String,
    /// 1 where sealed tokens are kept with it: SQLite knows no truth values.
    signed_in: i64,
    pub created_at: i64,
    pub expires_at: i64,
}

impl SessionRow {
    /// Whether tokens are kept with it.
    pub fn is_signed_in(&self) -> bool {
        self.signed_in == 1
    }
}

/// One of a person's own sessions.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnSessionRow {
    pub id: String,
    /// What the browser called itself.
    pub agent: String,
    pub created_at: i64,
    pub used_at: i64,
}

impl Store {
    pub fn sessions(&self) -> SessionTable {
        SessionTable { store: self.clone(), pool: self.pool.clone() }
    }
}

impl SessionTable {
    /// `false` where there is one with this id.
    pub async fn create(&self, id: &str, data: &str, now: i64, expires_at: i64) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO sessions (id, data, created_at, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(data)
        .bind(now)
        .bind(expires_at)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Nothing where it has been deleted.
    pub async fn save(&self, id: &str, data: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET data = $1 WHERE id = $2").bind(data).bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// `None` where it has ended at `now`.
    pub async fn load(&self, id: &str, now: i64) -> Result<Option<SessionRow>, StoreError> {
        let row = sqlx::query_as(
            "SELECT data, CASE WHEN tokens IS NULL THEN 0 ELSE 1 END AS signed_in, created_at, expires_at FROM sessions
             WHERE id = $1 AND expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// A power cut may undo it.
    pub async fn prolong(&self, id: &str, now: i64, expires_at: i64) -> Result<(), StoreError> {
        let mut transaction = self.store.begin_unsynced().await?;
        sqlx::query("UPDATE sessions SET expires_at = $1, used_at = $2 WHERE id = $3")
            .bind(expires_at)
            .bind(now)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Keeps sealed tokens, and prolongs by `idle` seconds from `now` on, but not beyond `absolute` seconds after the
    /// session began. `false` where it has ended.
    pub async fn keep_tokens(
        &self,
        id: &str,
        sealed: &[u8],
        now: i64,
        idle: i64,
        absolute: i64,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE sessions SET tokens = $1, expires_at = CASE WHEN $3 < created_at + $4 THEN $3 ELSE created_at + $4 END
             WHERE id = $5 AND expires_at > $2",
        )
        .bind(sealed)
        .bind(now)
        .bind(now + idle)
        .bind(absolute)
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// `None` where it has ended at `now`, or nobody is signed in.
    pub async fn tokens(&self, id: &str, now: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let found: Option<Option<Vec<u8>>> =
            sqlx::query_scalar("SELECT tokens FROM sessions WHERE id = $1 AND expires_at > $2")
                .bind(id)
                .bind(now)
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.flatten())
    }

    /// From now on the session is this person's. `agent`: what their browser calls itself.
    pub async fn claim(
        &self,
        id: &str,
        tenant: TenantId,
        person: ObjectId,
        agent: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET tenant_id = $1, person_id = $2, agent = $3, used_at = $4 WHERE id = $5")
            .bind(Id(tenant))
            .bind(Id(person))
            .bind(agent)
            .bind(now)
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The person's sessions that have not ended at `now`: the newest first, and not more than `most`.
    pub async fn of_person(
        &self,
        tenant: TenantId,
        person: ObjectId,
        now: i64,
        most: u32,
    ) -> Result<Vec<OwnSessionRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, agent, created_at, used_at FROM sessions
             WHERE tenant_id = $1 AND person_id = $2 AND tokens IS NOT NULL AND expires_at > $3
             ORDER BY created_at DESC, id LIMIT $4",
        )
        .bind(Id(tenant))
        .bind(Id(person))
        .bind(now)
        .bind(i64::from(most))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Ends one session of this person; `false` where they have none of this id.
    pub async fn delete_of_person(&self, tenant: TenantId, person: ObjectId, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE tenant_id = $1 AND person_id = $2 AND id = $3")
            .bind(Id(tenant))
            .bind(Id(person))
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends all of this person's sessions but one; answers how many.
    pub async fn delete_others(&self, tenant: TenantId, person: ObjectId, but: &str) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE tenant_id = $1 AND person_id = $2 AND id <> $3")
            .bind(Id(tenant))
            .bind(Id(person))
            .bind(but)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }

    /// What was lent from it is lent no more.
    pub async fn take_back(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM lent_reads WHERE session_id = $1").bind(id).execute(&self.pool).await?;
        Ok(())
    }

    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// Those that have ended at `now`; answers how many.
    pub async fn delete_ended(&self, now: i64) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}
