//! Sign-ins that people lent the portal to read the directory with. None outlives the session that it was lent from.

use super::{AuditEntry, Id, Stamp, StoreError, TenantStore, audit};
use domain::ids::ObjectId;
use time::OffsetDateTime;
use uuid::Uuid;

/// A sign-in that somebody lends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LentRead {
    pub id: Uuid,
    /// The row of the session: see [`super::SessionTable`].
    pub session: String,
    pub person: ObjectId,
    /// The person's.
    pub name: String,
    pub lent_at: OffsetDateTime,
    /// Sealed for `id`.
    pub tokens: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id<Uuid>,
    session_id: String,
    person_id: Id<ObjectId>,
    name: String,
    lent_at: Stamp,
    tokens: Vec<u8>,
}

impl From<Row> for LentRead {
    fn from(row: Row) -> Self {
        let Row { id, session_id, person_id, name, lent_at, tokens } = row;
        Self { id: id.0, session: session_id, person: person_id.0, name, lent_at: lent_at.0, tokens }
    }
}

impl TenantStore {
    /// In place of what this session lent before. `false` where the session is not this person's, or has ended. `entry`: `None` where
    /// it is lent already, and the session alone is another.
    pub async fn lend_read(&self, lent: &LentRead, entry: Option<&AuditEntry>) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let kept = sqlx::query(
            "INSERT INTO lent_reads (id, tenant_id, session_id, person_id, name, tokens, lent_at)
             SELECT $1, $2, id, $4, $5, $6, $7 FROM sessions
             WHERE id = $3 AND tenant_id = $2 AND person_id = $4 AND tokens IS NOT NULL AND expires_at > $8
             ON CONFLICT (session_id) DO UPDATE
                SET id = excluded.id, name = excluded.name, tokens = excluded.tokens, lent_at = excluded.lent_at",
        )
        .bind(Id(lent.id))
        .bind(self.tenant)
        .bind(&lent.session)
        .bind(Id(lent.person))
        .bind(&lent.name)
        .bind(&lent.tokens)
        .bind(Stamp(lent.lent_at))
        .bind(lent.lent_at.unix_timestamp())
        .execute(&mut *transaction)
        .await?;
        audit::commit(transaction, self.tenant, kept.rows_affected(), entry).await
    }

    /// Those whose session has not ended at `now`: the newest first.
    pub async fn lent_reads(&self, now: OffsetDateTime) -> Result<Vec<LentRead>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT lent.id, lent.session_id, lent.person_id, lent.name, lent.lent_at, lent.tokens
             FROM lent_reads AS lent JOIN sessions ON sessions.id = lent.session_id
             WHERE lent.tenant_id = $1 AND sessions.expires_at > $2 ORDER BY lent.lent_at DESC, lent.id",
        )
        .bind(self.tenant)
        .bind(now.unix_timestamp())
        .fetch_all(&self.store.pool)
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// They were renewed. `false`, and nothing kept, where it was taken back meanwhile.
    pub async fn renew_lent_read(&self, id: Uuid, tokens: &[u8]) -> Result<bool, StoreError> {
        let renewed = sqlx::query("UPDATE lent_reads SET tokens = $1 WHERE tenant_id = $2 AND id = $3")
            .bind(tokens)
            .bind(self.tenant)
            .bind(Id(id))
            .execute(&self.store.pool)
            .await?;
        Ok(renewed.rows_affected() == 1)
    }

    /// Entra takes it no more. `false`, and no audit row, where it was gone.
    pub async fn forget_lent_read(&self, id: Uuid, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let gone = sqlx::query("DELETE FROM lent_reads WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(Id(id))
            .execute(&mut *transaction)
            .await?;
        audit::commit(transaction, self.tenant, gone.rows_affected(), Some(entry)).await
    }

    /// All of them, where the portal does not read with them any more. Answers how many there were.
    pub async fn forget_lent_reads(&self) -> Result<u64, StoreError> {
        let gone = sqlx::query("DELETE FROM lent_reads WHERE tenant_id = $1")
            .bind(self.tenant)
            .execute(&self.store.pool)
            .await?;
        Ok(gone.rows_affected())
    }

    /// What a session lends.
    pub async fn lent_by_session(&self, session: &str) -> Result<Option<LentRead>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, session_id, person_id, name, lent_at, tokens FROM lent_reads WHERE tenant_id = $1 AND session_id = $2",
        )
        .bind(self.tenant)
        .bind(session)
        .fetch_optional(&self.store.pool)
        .await?;
        Ok(row.map(Into::into))
    }

    /// All that this person lends. `false` where that is nothing: then there is no row in the audit log either.
    pub async fn take_back_lent_reads(&self, person: ObjectId, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let gone = sqlx::query("DELETE FROM lent_reads WHERE tenant_id = $1 AND person_id = $2")
            .bind(self.tenant)
            .bind(Id(person))
            .execute(&mut *transaction)
            .await?;
        audit::commit(transaction, self.tenant, gone.rows_affected(), Some(entry)).await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use domain::audit::{AuditAction, AuditOutcome};
    use domain::ids::TenantId;
    use time::Duration;
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-06-09 14:05 UTC);

    fn entry(action: AuditAction) -> AuditEntry {
        AuditEntry::new(None, AT, action, AuditOutcome::Recorded)
    }

    #[tokio::test]
    async fn what_is_lent_goes_with_its_session() {
        on_both(async |database| {
            let everything = database.store().await;
            let (sessions, tenant) = (everything.sessions(), TenantId::new(Uuid::from_u128(1)));
            let (store, other) = (everything.of(tenant), everything.of(TenantId::new(Uuid::from_u128(2))));
            let [mara, owen] = [3, 4].map(|n| ObjectId::new(Uuid::from_u128(n)));
            let now = AT.unix_timestamp();
            for (session, person, until) in [("a", mara, 60), ("b", mara, 3_600), ("c", owen, 3_600)] {
                assert!(sessions.create(session, "{}", now, now + until).await.unwrap());
                sessions.claim(session, tenant, person, "", now).await.unwrap();
            }
            let lent = |n: u128, session: &str, person| LentRead {
                id: Uuid::from_u128(n),
                session: session.into(),
                person,
                name: "Mara".into(),
                lent_at: AT + Duration::seconds(i64::try_from(n).unwrap()),
                tokens: vec![1],
            };
            let told = entry(AuditAction::SignInLent);
            assert!(!store.lend_read(&lent(1, "a", mara), Some(&told)).await.unwrap(), "nobody is signed in there");
            for session in ["a", "b", "c"] {
                assert!(sessions.keep_tokens(session, b"own", now, 60, 3_600).await.unwrap());
            }
            assert!(!store.lend_read(&lent(1, "c", mara), Some(&told)).await.unwrap(), "another person's session");
            assert!(!other.lend_read(&lent(1, "a", mara), Some(&told)).await.unwrap(), "another directory's");
            assert!(store.lend_read(&lent(1, "a", mara), Some(&told)).await.unwrap());
            assert!(store.lend_read(&lent(2, "b", mara), Some(&told)).await.unwrap());
            assert!(store.lend_read(&lent(3, "c", owen), Some(&told)).await.unwrap());
            let ids = async |store: &TenantStore, seconds| -> Vec<u128> {
                let found = store.lent_reads(AT + Duration::seconds(seconds)).await.unwrap();
                found.into_iter().map(|one| one.id.as_u128()).collect()
            };
            assert_eq!(ids(&store, 5).await, [3, 2, 1], "the newest first");
            assert!(ids(&other, 5).await.is_empty());
            assert!(store.renew_lent_read(Uuid::from_u128(2), &[2]).await.unwrap());
            assert!(!store.renew_lent_read(Uuid::from_u128(9), &[2]).await.unwrap(), "it was taken back meanwhile");
            let over = entry(AuditAction::SignInTakenBack);
            assert!(!other.forget_lent_read(Uuid::from_u128(2), &over).await.unwrap());
            assert_eq!(store.lent_by_session("b").await.unwrap().map(|one| one.id.as_u128()), Some(2));
            assert_eq!(other.lent_by_session("b").await.unwrap(), None);
            assert_eq!(store.lent_reads(AT).await.unwrap()[1].tokens, [2]);
            assert!(store.lend_read(&lent(4, "b", mara), Some(&told)).await.unwrap());
            assert_eq!(ids(&store, 5).await, [4, 3, 1], "a session lends once");

            sessions.delete("c").await.unwrap();
            assert_eq!(ids(&store, 5).await, [4, 1]);
            assert_eq!(ids(&store, 61).await, Vec::<u128>::new(), "none outlives its session, swept or not");
            let back = entry(AuditAction::SignInTakenBack);
            assert!(!store.take_back_lent_reads(owen, &back).await.unwrap());
            assert!(store.take_back_lent_reads(mara, &back).await.unwrap());
            assert!(ids(&store, 5).await.is_empty());
            assert!(store.lend_read(&lent(5, "b", mara), None).await.unwrap());
            assert_eq!((other.forget_lent_reads().await.unwrap(), store.forget_lent_reads().await.unwrap()), (0, 1));
        })
        .await;
    }
}
