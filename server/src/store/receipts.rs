//! Receipts: pushes as a whole. A receipt exists before the first write is sent; its apps are the journal's.

use super::ids::Id;
use super::{GLANCE, Stamp, StoreError, TenantStore, from_json, parse, to_json};
use domain::certificate::CertificateFacts;
use domain::ids::{ObjectId, TenantId};
use domain::rollout::{PushMode, RunState};
use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A push, as it was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptHead {
    pub id: Uuid,
    pub plan: Uuid,
    pub person: ObjectId,
    /// That were to be added.
    pub certificates: Vec<CertificateFacts>,
    pub mode: PushMode,
    pub who: String,
    pub username: String,
    pub started_at: OffsetDateTime,
    /// `None` while something may still happen.
    pub finished_at: Option<OffsetDateTime>,
}

/// A push that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceipt {
    pub head: ReceiptHead,
    /// How it goes about its apps, as JSON of the desk's own.
    pub pace: String,
    /// The sign-in that it is given, encrypted.
    pub tokens: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id<Uuid>,
    person_id: Id<ObjectId>,
    plan_id: Id<Uuid>,
    certificates: String,
    mode: String,
    who: String,
    username: String,
    started_at: Stamp,
    finished_at: Option<Stamp>,
}

impl TryFrom<Row> for ReceiptHead {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.0,
            plan: row.plan_id.0,
            person: row.person_id.0,
            certificates: from_json("certificates", &row.certificates)?,
            mode: from_json("mode", &row.mode)?,
            who: row.who,
            username: row.username,
            started_at: row.started_at.0,
            finished_at: row.finished_at.map(|at| at.0),
        })
    }
}

/// A push at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentReceipt {
    pub id: Uuid,
    /// That were to be added.
    pub certificates: Vec<CertificateFacts>,
    pub mode: PushMode,
    pub who: String,
    pub started_at: OffsetDateTime,
    pub state: RunState,
    /// Apps that ended well. One that had the certificate before counts: it was read and seen there.
    pub good: u32,
    pub total: u32,
}

impl TryFrom<RecentRow> for RecentReceipt {
    type Error = StoreError;

    fn try_from(row: RecentRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.0,
            certificates: from_json("certificates", &row.certificates)?,
            mode: from_json("mode", &row.mode)?,
            who: row.who,
            started_at: row.started_at.0,
            state: parse("state of a push", &row.state)?,
            good: u32::try_from(row.good).unwrap_or_default(),
            total: u32::try_from(row.total).unwrap_or_default(),
        })
    }
}

#[derive(sqlx::FromRow)]
struct RecentRow {
    id: Id<Uuid>,
    certificates: String,
    mode: String,
    who: String,
    started_at: Stamp,
    state: String,
    good: i64,
    total: i64,
}

impl TenantStore {
    /// The person's pushes that have not ended.
    pub async fn open_receipts(&self, person: ObjectId) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM receipts WHERE tenant_id = $1 AND person_id = $2 AND finished_at IS NULL",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .fetch_one(&self.store.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Claims the plan and opens its receipt with all the plan's apps, in their order, or does neither. `false` where
    /// the plan was claimed before.
    pub async fn open_receipt(&self, new: &NewReceipt) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let opened = open(&mut transaction, self.tenant, new).await?;
        if opened {
            transaction.commit().await?;
        }
        Ok(opened)
    }

    pub async fn receipt(&self, id: Uuid) -> Result<Option<ReceiptHead>, StoreError> {
        let sql = "SELECT id, person_id, plan_id, certificates, mode, who, username, started_at, finished_at
             FROM receipts WHERE id = $1 AND tenant_id = $2";
        let row: Option<Row> =
            sqlx::query_as(sql).bind(Id(id)).bind(self.tenant).fetch_optional(&self.store.pool).await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The person's latest pushes, the newest first.
    pub async fn recent_receipts(&self, person: ObjectId) -> Result<Vec<RecentReceipt>, StoreError> {
        let rows: Vec<RecentRow> = sqlx::query_as(
            "SELECT id, certificates, mode, who, started_at, state,
                (SELECT count(*) FROM receipt_apps WHERE receipt_id = receipts.id AND outcome IN ('verified', 'already-there')) AS good,
                (SELECT count(*) FROM receipt_apps WHERE receipt_id = receipts.id) AS total
             FROM receipts WHERE tenant_id = $1 AND person_id = $2 ORDER BY started_at DESC, id LIMIT $3",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .bind(GLANCE)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}

/// Within a transaction of the caller's, who rolls back where it answers `false`.
pub(super) async fn open(
    transaction: &mut AnyConnection,
    tenant: Id<TenantId>,
    new: &NewReceipt,
) -> Result<bool, StoreError> {
    let NewReceipt { head, pace, tokens } = new;
    let claimed = sqlx::query(
        "UPDATE plans SET receipt_id = $1 WHERE id = $2 AND tenant_id = $3 AND creator_id = $4 AND receipt_id IS NULL",
    )
    .bind(Id(head.id))
    .bind(Id(head.plan))
    .bind(tenant)
    .bind(Id(head.person))
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    if claimed != 1 {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO receipts
            (id, tenant_id, person_id, plan_id, certificates, mode, who, username, started_at, state, pace, tokens)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'running', $10, $11)",
    )
    .bind(Id(head.id))
    .bind(tenant)
    .bind(Id(head.person))
    .bind(Id(head.plan))
    .bind(to_json("certificates", &head.certificates)?)
    .bind(to_json("mode", &head.mode)?)
    .bind(&head.who)
    .bind(&head.username)
    .bind(Stamp(head.started_at))
    .bind(pace)
    .bind(tokens.as_deref())
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO receipt_apps (receipt_id, position, object_id, app_id, display_name, stage)
         SELECT $3, position, object_id, app_id, display_name, 'waiting' FROM plan_apps
         WHERE plan_id = (SELECT id FROM plans WHERE id = $1 AND tenant_id = $2)",
    )
    .bind(Id(head.plan))
    .bind(tenant)
    .bind(Id(head.id))
    .execute(&mut *transaction)
    .await?;
    Ok(true)
}
