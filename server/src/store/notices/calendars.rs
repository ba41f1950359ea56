//! The secret addresses of people's calendars.

use crate::store::{AuditEntry, Id, Stamp, Store, StoreError, TenantStore, Transaction, audit};
use domain::ids::{ObjectId, TenantId};
use domain::notices::{CALENDAR_LIFE, CalendarDigest};
use time::OffsetDateTime;

/// Of one person; the address itself is kept nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarRow {
    pub made_at: OffsetDateTime,
    /// Later after each sign-in.
    pub expires_at: OffsetDateTime,
    pub fetched_at: Option<OffsetDateTime>,
}

impl Store {
    /// Whose calendar this is, and that it was fetched. `None` where there is none with this key, or it has expired.
    pub async fn fetch_calendar(
        &self,
        digest: &CalendarDigest,
        now: OffsetDateTime,
    ) -> Result<Option<(TenantId, ObjectId)>, StoreError> {
        let found: Option<(Id<TenantId>, Id<ObjectId>)> = sqlx::query_as(
            "UPDATE calendars SET fetched_at = $2 WHERE digest = $1 AND expires_at > $2 RETURNING tenant_id, person_id",
        )
        .bind(digest.as_str())
        .bind(Stamp(now))
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.map(|(tenant, person)| (tenant.0, person.0)))
    }

    /// Those that have expired. Answers how many went.
    pub async fn forget_calendars_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before("DELETE FROM calendars WHERE expires_at <= $1", at).await
    }
}

impl TenantStore {
    /// In place of an earlier one, the address of which is none from now on.
    pub async fn make_calendar(
        &self,
        person: ObjectId,
        digest: &CalendarDigest,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        let now = entry.row.at;
        let mut transaction = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO calendars (tenant_id, person_id, digest, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, person_id)
             DO UPDATE SET digest = $3, made_at = $4, expires_at = $5, fetched_at = NULL",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .bind(digest.as_str())
        .bind(Stamp(now))
        .bind(Stamp(now + CALENDAR_LIFE))
        .execute(&mut *transaction)
        .await?;
        audit::write(&mut *transaction, self.tenant, entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// `false`, and no audit row, where there was none. `entry`: `None` where nobody did it.
    pub async fn revoke_calendar(&self, person: ObjectId, entry: Option<&AuditEntry>) -> Result<bool, StoreError> {
        // Of those who lose their role few have one: looking costs no turn of the writer.
        let there: Option<i64> =
            sqlx::query_scalar("SELECT CAST(1 AS BIGINT) FROM calendars WHERE tenant_id = $1 AND person_id = $2")
                .bind(self.tenant)
                .bind(Id(person))
                .fetch_optional(&self.store.pool)
                .await?;
        if there.is_none() {
            return Ok(false);
        }
        let mut transaction = self.store.begin().await?;
        let gone = sqlx::query("DELETE FROM calendars WHERE tenant_id = $1 AND person_id = $2")
            .bind(self.tenant)
            .bind(Id(person))
            .execute(&mut *transaction)
            .await?;
        audit::commit(transaction, self.tenant, gone.rows_affected(), entry).await
    }

    /// `None`: there is none, or it has expired.
    pub async fn calendar(&self, person: ObjectId, now: OffsetDateTime) -> Result<Option<CalendarRow>, StoreError> {
        let row: Option<(Stamp, Stamp, Option<Stamp>)> = sqlx::query_as(
            "SELECT made_at, expires_at, fetched_at FROM calendars
             WHERE tenant_id = $1 AND person_id = $2 AND expires_at > $3",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .bind(Stamp(now))
        .fetch_optional(&self.store.pool)
        .await?;
        let read = |(made, expires, fetched): (Stamp, Stamp, Option<Stamp>)| CalendarRow {
            made_at: made.0,
            expires_at: expires.0,
            fetched_at: fetched.map(|at| at.0),
        };
        Ok(row.map(read))
    }

    /// The person has signed in: their calendar lives on, unless it had expired.
    pub(super) async fn prolong_calendar(
        &self,
        transaction: &mut Transaction,
        person: ObjectId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE calendars SET expires_at = $4 WHERE tenant_id = $1 AND person_id = $2 AND expires_at > $3")
            .bind(self.tenant)
            .bind(Id(person))
            .bind(Stamp(now))
            .bind(Stamp(now + CALENDAR_LIFE))
            .execute(&mut **transaction)
            .await?;
        Ok(())
    }
}
