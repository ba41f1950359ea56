//! Client secrets that the portal removed: what each was, who removed it, why, and what came of it. It stays, as receipts do.

use super::ids::Id;
use super::stored_json::{self, StoredJson};
use super::{AuditEntry, RequestRecord, Stamp, Store, StoreError, TenantStore, audit, parse};
use domain::ids::{KeyId, ObjectId, TenantId};
use domain::inventory::LastUse;
use domain::requests::Transition;
use domain::rollout::Outcome;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use time::OffsetDateTime;
use time::serde::rfc3339;
use uuid::Uuid;

/// Of one app that are shown, the newest.
const MOST_SHOWN: i64 = 20;
/// Closed at once.
const MOST_CLOSED: i64 = 100;

/// A removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRemoval {
    pub object_id: ObjectId,
    pub key_id: KeyId,
    pub person: ObjectId,
    /// When it was sent, or was about to be.
    pub sent_at: OffsetDateTime,
    /// `None`: not known, or not yet.
    pub outcome: Option<Outcome>,
    pub facts: RemovalFacts,
}

/// What is kept of it beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalFacts {
    pub app_name: String,
    pub who: String,
    pub username: String,
    /// `displayName` of the secret.
    pub name: Option<String>,
    /// Its first characters.
    pub hint: Option<String>,
    #[serde(with = "rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    pub end: Option<OffsetDateTime>,
    /// As it was known then.
    pub last_use: LastUse,
    /// Why it went all the same.
    pub reason: Option<String>,
    /// When it was over, one way or another.
    #[serde(default, with = "rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// Of the app, read by read: how many until it was seen.
    #[serde(default)]
    pub reads: u32,
    /// What else was missing in the last read.
    #[serde(default)]
    pub missing: Vec<KeyId>,
    /// Graph's, of the removal.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The request that it carries out; `None`: nobody had to be asked.
    #[serde(default)]
    pub asked_in: Option<Uuid>,
}

/// Whether a removal that was asked for begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovalBegun {
    Yes,
    /// It was seen to go before: there is nothing to send.
    Gone,
    /// The request was changed meanwhile.
    Overtaken,
}

impl StoredJson for RemovalFacts {
    const WHAT: &str = "removal of a secret";
}

impl SecretRemoval {
    /// For the audit log: which secret, why it went, and what else was missing afterwards.
    pub fn in_words(&self) -> String {
        let facts = &self.facts;
        let name = facts.name.as_deref().filter(|name| !name.is_empty()).unwrap_or("without a name");
        let mut parts = vec![format!("Client secret “{name}”, keyId {}.", self.key_id)];
        parts.extend(facts.asked_in.map(|request| format!("Asked for in request {request}.")));
        parts.extend(facts.reason.as_ref().map(|reason| match facts.asked_in {
            Some(_) => format!("Why it was asked for: {reason}"),
            None => format!("Removed all the same: {reason}"),
        }));
        if !facts.missing.is_empty() {
            let missing: Vec<String> = facts.missing.iter().map(ToString::to_string).collect();
            parts.push(format!("Also missing afterwards: {}.", missing.join(", ")));
        }
        parts.join(" ")
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: Id<TenantId>,
    object_id: Id<ObjectId>,
    key_id: Id<KeyId>,
    person_id: Id<ObjectId>,
    sent_at: Stamp,
    outcome: Option<String>,
    content: String,
}

impl TryFrom<Row> for SecretRemoval {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            object_id: row.object_id.0,
            key_id: row.key_id.0,
            person: row.person_id.0,
            sent_at: row.sent_at.0,
            outcome: row.outcome.as_deref().map(|outcome| parse("outcome", outcome)).transpose()?,
            facts: stored_json::read(&row.content)?,
        })
    }
}

const OPEN: &str = "SELECT tenant_id, object_id, key_id, person_id, sent_at, outcome, content FROM secret_removals
     WHERE outcome IS NULL AND sent_at < $1 ORDER BY sent_at LIMIT $2";

impl Store {
    /// Of every tenant: those that nobody has looked at to the end, because their process ended.
    pub async fn removals_left_open(
        &self,
        before: OffsetDateTime,
    ) -> Result<Vec<(TenantId, SecretRemoval)>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(OPEN).bind(Stamp(before)).bind(MOST_CLOSED).fetch_all(&self.pool).await?;
        rows.into_iter().map(|row| Ok((row.tenant_id.0, row.try_into()?))).collect()
    }
}

impl TenantStore {
    /// Before it is sent: from here on it is known to be the portal's own, whatever ends this process. An earlier one of the same
    /// secret gives way. Once it was verified there is nothing to send: `false`.
    pub async fn begin_secret_removal(&self, removal: &SecretRemoval) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let begun = self.begin_removal(&mut transaction, removal).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    /// The same for one that a request asks for, which moves on with it: both, or neither. `version`: of the request.
    pub async fn begin_requested_removal(
        &self,
        removal: &SecretRemoval,
        (version, step, record): (i64, &Transition, &RequestRecord),
    ) -> Result<RemovalBegun, StoreError> {
        let mut transaction = self.store.begin().await?;
        if !self.begin_removal(&mut transaction, removal).await? {
            return Ok(RemovalBegun::Gone);
        }
        if !self.change(&mut transaction, version, step, record).await? {
            return Ok(RemovalBegun::Overtaken);
        }
        transaction.commit().await?;
        Ok(RemovalBegun::Yes)
    }

    async fn begin_removal(
        &self,
        transaction: &mut AnyConnection,
        removal: &SecretRemoval,
    ) -> Result<bool, StoreError> {
        let begun = sqlx::query(
            "INSERT INTO secret_removals (tenant_id, object_id, key_id, person_id, sent_at, outcome, content)
             VALUES ($1, $2, $3, $4, $5, NULL, $6)
             ON CONFLICT (tenant_id, object_id, key_id) DO UPDATE
                SET person_id = excluded.person_id, sent_at = excluded.sent_at, outcome = NULL, content = excluded.content
                WHERE secret_removals.outcome IS NULL OR secret_removals.outcome <> 'verified'",
        )
        .bind(self.tenant)
        .bind(Id(removal.object_id))
        .bind(Id(removal.key_id))
        .bind(Id(removal.person))
        .bind(Stamp(removal.sent_at))
        .bind(stored_json::write(&removal.facts)?)
        .execute(&mut *transaction)
        .await?;
        Ok(begun.rows_affected() > 0)
    }

    /// What came of it, with its audit row: both or neither. `false`: somebody else has said it, or has begun anew.
    pub async fn end_secret_removal(
        &self,
        removal: &SecretRemoval,
        outcome: Outcome,
        entry: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let ended = sqlx::query(
            "UPDATE secret_removals SET outcome = $5, content = $6
             WHERE tenant_id = $1 AND object_id = $2 AND key_id = $3 AND sent_at = $4 AND outcome IS NULL",
        )
        .bind(self.tenant)
        .bind(Id(removal.object_id))
        .bind(Id(removal.key_id))
        .bind(Stamp(removal.sent_at))
        .bind(outcome.as_str())
        .bind(stored_json::write(&removal.facts)?)
        .execute(&mut *transaction)
        .await?;
        audit::commit(transaction, self.tenant, ended.rows_affected(), Some(entry)).await
    }

    /// Of one app, the newest first.
    pub async fn secret_removals(&self, app: ObjectId) -> Result<Vec<SecretRemoval>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT tenant_id, object_id, key_id, person_id, sent_at, outcome, content FROM secret_removals
             WHERE tenant_id = $1 AND object_id = $2 ORDER BY sent_at DESC, key_id LIMIT $3",
        )
        .bind(self.tenant)
        .bind(Id(app))
        .bind(MOST_SHOWN)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Of one secret.
    pub async fn secret_removal(&self, app: ObjectId, key: KeyId) -> Result<Option<SecretRemoval>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT tenant_id, object_id, key_id, person_id, sent_at, outcome, content FROM secret_removals
             WHERE tenant_id = $1 AND object_id = $2 AND key_id = $3",
        )
        .bind(self.tenant)
        .bind(Id(app))
        .bind(Id(key))
        .fetch_optional(&self.store.pool)
        .await?;
        row.map(TryInto::try_into).transpose()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::AuditFilter;
    use crate::store::databases::on_both;
    use domain::audit::AuditAction;
    use domain::inventory::UnknownUse;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const AT: OffsetDateTime = datetime!(2026-11-30 12:00 UTC);

    fn removal(key: u128, sent_at: OffsetDateTime) -> SecretRemoval {
        let facts = RemovalFacts {
            app_name: "payroll".into(),
            who: "Owen Carter".into(),
            username: "owen".into(),
            name: Some("ci".into()),
            hint: Some("Ab3".into()),
            start: None,
            end: Some(AT),
            last_use: LastUse::unknown(UnknownUse::NoLicence),
            reason: Some("moved to a certificate".into()),
            ended_at: None,
            reads: 0,
            missing: vec![],
            request_id: None,
            asked_in: None,
        };
        let [object_id, person] = [2, 3].map(|n| ObjectId::new(Uuid::from_u128(n)));
        SecretRemoval { object_id, key_id: KeyId::new(Uuid::from_u128(key)), person, sent_at, outcome: None, facts }
    }

    #[tokio::test]
    async fn a_removal_ends_once_with_its_audit_row_and_a_verified_one_is_not_begun_again() {
        on_both(async |database| {
            let store = database.store().await;
            let tenant = TenantId::new(Uuid::from_u128(1));
            let ours = store.of(tenant);
            let first = removal(9, AT);
            assert!(ours.begin_secret_removal(&first).await.unwrap());
            let left = |before| store.removals_left_open(before);
            assert_eq!(left(AT).await.unwrap(), []);
            assert_eq!(left(AT + Duration::SECOND).await.unwrap(), [(tenant, first.clone())]);
            let entry = AuditEntry::new(Some(first.person), AT, AuditAction::SecretRemoved, Outcome::Refused);
            // It did not work, and is tried again.
            assert!(ours.end_secret_removal(&first, Outcome::Refused, &entry).await.unwrap());
            assert!(!ours.end_secret_removal(&first, Outcome::Verified, &entry).await.unwrap());
            let again = removal(9, AT + Duration::MINUTE);
            assert!(ours.begin_secret_removal(&again).await.unwrap());
            assert!(!ours.end_secret_removal(&first, Outcome::Verified, &entry).await.unwrap(), "of the one before");
            assert!(ours.end_secret_removal(&again, Outcome::Verified, &entry).await.unwrap());
            assert!(!ours.begin_secret_removal(&removal(9, AT + Duration::HOUR)).await.unwrap());
            let kept = ours.secret_removal(again.object_id, again.key_id).await.unwrap();
            assert_eq!(kept, Some(SecretRemoval { outcome: Some(Outcome::Verified), ..again.clone() }));
            assert_eq!(ours.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap().total, 2);
            ours.begin_secret_removal(&removal(8, AT + Duration::DAY)).await.unwrap();
            let keys: Vec<_> = ours.secret_removals(again.object_id).await.unwrap();
            let keys: Vec<_> = keys.iter().map(|one| one.key_id.uuid().as_u128()).collect();
            assert_eq!(keys, [8, 9], "the newest first");
            assert_eq!(left(AT + Duration::DAY * 2).await.unwrap().len(), 1);
        })
        .await;
    }
}
