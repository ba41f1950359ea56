//! Receipts: pushes as a whole. A receipt exists before the first write is sent; its apps are the journal's.

use super::{GLANCE, Stamp, Store, StoreError, from_json, parse, to_json};
use app::contract::pushes::{PushMode, ReceiptSummary};
use domain::certificate::CertificateFacts;
use domain::ids::{ObjectId, TenantId};
use time::OffsetDateTime;
use uuid::Uuid;

/// A push, as it was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptHead {
    pub id: Uuid,
    pub plan: Uuid,
    pub tenant: TenantId,
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
    id: String,
    tenant_id: String,
    person_id: String,
    plan_id: String,
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
            id: parse("receipt", &row.id)?,
            plan: parse("plan", &row.plan_id)?,
            tenant: parse("tenant", &row.tenant_id)?,
            person: parse("person", &row.person_id)?,
            certificates: from_json("certificates", &row.certificates)?,
            mode: from_json("mode", &row.mode)?,
            who: row.who,
            username: row.username,
            started_at: row.started_at.0,
            finished_at: row.finished_at.map(|at| at.0),
        })
    }
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: String,
    certificates: String,
    mode: String,
    who: String,
    started_at: Stamp,
    state: String,
    verified: i64,
    total: i64,
}

impl Store {
    /// Claims the plan and opens its receipt with all the plan's apps, in their order, or does neither. `false` where
    /// the plan was claimed before.
    pub async fn open_receipt(&self, new: &NewReceipt) -> Result<bool, StoreError> {
        let NewReceipt { head, pace, tokens } = new;
        let mut transaction = self.begin().await?;
        let claimed = sqlx::query(
            "UPDATE plans SET receipt_id = $1 WHERE id = $2 AND tenant_id = $3 AND creator_id = $4 AND receipt_id IS NULL",
        )
        .bind(head.id.to_string())
        .bind(head.plan.to_string())
        .bind(head.tenant.to_string())
        .bind(head.person.to_string())
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
        .bind(head.id.to_string())
        .bind(head.tenant.to_string())
        .bind(head.person.to_string())
        .bind(head.plan.to_string())
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
             SELECT $1, position, object_id, app_id, display_name, 'waiting' FROM plan_apps WHERE plan_id = $2",
        )
        .bind(head.id.to_string())
        .bind(head.plan.to_string())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub async fn receipt(&self, tenant: TenantId, id: Uuid) -> Result<Option<ReceiptHead>, StoreError> {
        let sql = "SELECT id, tenant_id, person_id, plan_id, certificates, mode, who, username, started_at, finished_at
             FROM receipts WHERE id = $1 AND tenant_id = $2";
        let row: Option<Row> =
            sqlx::query_as(sql).bind(id.to_string()).bind(tenant.to_string()).fetch_optional(&self.pool).await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The person's latest pushes, the newest first. An app that had the certificate before counts as verified: it was
    /// read and seen there.
    pub async fn recent_receipts(&self, tenant: TenantId, person: ObjectId) -> Result<Vec<ReceiptSummary>, StoreError> {
        let rows: Vec<SummaryRow> = sqlx::query_as(
            "SELECT id, certificates, mode, who, started_at, state,
                (SELECT count(*) FROM receipt_apps WHERE receipt_id = receipts.id AND outcome IN ('verified', 'already-there')) AS verified,
                (SELECT count(*) FROM receipt_apps WHERE receipt_id = receipts.id) AS total
             FROM receipts WHERE tenant_id = $1 AND person_id = $2 ORDER BY started_at DESC, id LIMIT $3",
        )
        .bind(tenant.to_string())
        .bind(person.to_string())
        .bind(GLANCE)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let certificates: Vec<CertificateFacts> = from_json("certificates", &row.certificates)?;
                let subjects: Vec<String> = certificates.into_iter().map(|certificate| certificate.subject).collect();
                let subject = match from_json("mode", &row.mode)? {
                    _ if !subjects.is_empty() => subjects.join(", "),
                    PushMode::Restore | PushMode::RestoreExactly => "Restored entries".into(),
                    _ => "Removed entries".into(),
                };
                Ok(ReceiptSummary {
                    id: parse("receipt", &row.id)?,
                    subject,
                    who: row.who,
                    at: row.started_at.0,
                    state: super::runs::state(&row.state)?,
                    verified: u32::try_from(row.verified).unwrap_or_default(),
                    total: u32::try_from(row.total).unwrap_or_default(),
                })
            })
            .collect()
    }
}
