//! Receipts, and the journal of the pushes that make them. A receipt exists before the first write is sent.

use super::sql::{ROWS, Sql};
use super::{AuditEntry, GLANCE, Stamp, Store, StoreError, audit, from_json, parse, to_json};
use app::desk::{AddedBy, PushMode, ReceiptApp, ReceiptSummary};
use domain::certificate::CertificateFacts;
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::thumbprint::Thumbprint;
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// A push that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceipt {
    pub id: Uuid,
    pub plan: Uuid,
    pub tenant: TenantId,
    pub person: ObjectId,
    pub certificate: CertificateFacts,
    pub mode: PushMode,
    pub who: String,
    pub username: String,
    pub started_at: OffsetDateTime,
    pub apps: Vec<OpenApp>,
}

/// An app of a push, as far as it is known before the push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenApp {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// Of the entry that is to be added.
    pub key_id: Option<KeyId>,
}

/// How far a push has got with one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was sent.
    Waiting,
    /// A write may have been sent; `before` is the state that it started from.
    Writing {
        before: String,
    },
    Done(Box<ReceiptApp>),
}

/// A receipt as the journal has it: of a push that ended, goes on, or was interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    pub receipt: NewReceipt,
    /// In the order of `receipt.apps`.
    pub stages: Vec<Stage>,
    pub finished_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct ReceiptRow {
    id: String,
    tenant_id: String,
    person_id: String,
    plan_id: String,
    certificate: String,
    mode: String,
    who: String,
    username: String,
    started_at: Stamp,
    finished_at: Option<Stamp>,
}

#[derive(sqlx::FromRow)]
struct AppRow {
    object_id: String,
    app_id: String,
    display_name: String,
    key_id: Option<String>,
    stage: String,
    before: Option<String>,
    result: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: String,
    certificate: String,
    who: String,
    started_at: Stamp,
    verified: i64,
    total: i64,
}

/// A push that changed an application, as far as the doctor asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPush {
    pub thumbprint: Thumbprint,
    pub who: String,
    pub at: OffsetDateTime,
    /// `None` while it has no result.
    pub result: Option<ReceiptApp>,
}

#[derive(sqlx::FromRow)]
struct PastRow {
    certificate: String,
    who: String,
    started_at: Stamp,
    result: Option<String>,
}

#[derive(sqlx::FromRow)]
struct AddedRow {
    key_id: String,
    who: String,
    started_at: Stamp,
    receipt_id: String,
}

macro_rules! select_receipts {
    ($rest:literal) => {
        concat!(
            "SELECT id, tenant_id, person_id, plan_id, certificate, mode, who, username, started_at, finished_at FROM receipts ",
            $rest
        )
    };
}

impl Store {
    /// Claims the plan and opens its receipt, both or neither. `false` where the plan was claimed before.
    pub async fn open_receipt(&self, new: &NewReceipt) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let claimed = sqlx::query(
            "UPDATE plans SET receipt_id = $1 WHERE id = $2 AND tenant_id = $3 AND creator_id = $4 AND receipt_id IS NULL",
        )
        .bind(new.id.to_string())
        .bind(new.plan.to_string())
        .bind(new.tenant.to_string())
        .bind(new.person.to_string())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if claimed != 1 {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO receipts (id, tenant_id, person_id, plan_id, certificate, mode, who, username, started_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.id.to_string())
        .bind(new.tenant.to_string())
        .bind(new.person.to_string())
        .bind(new.plan.to_string())
        .bind(to_json("certificate", &new.certificate)?)
        .bind(to_json("mode", &new.mode)?)
        .bind(&new.who)
        .bind(&new.username)
        .bind(Stamp(new.started_at))
        .execute(&mut *transaction)
        .await?;
        let apps: Vec<(i64, &OpenApp)> = (0..).zip(&new.apps).collect();
        for apps in apps.chunks(ROWS) {
            let mut sql = Sql::new(
                "INSERT INTO receipt_apps (receipt_id, position, object_id, app_id, display_name, key_id, stage)",
            );
            sql.values(apps, |row, (position, app)| {
                row.bind(new.id.to_string())
                    .bind(*position)
                    .bind(app.object_id.to_string())
                    .bind(app.app_id.to_string())
                    .bind(app.display_name.as_str())
                    .bind(app.key_id.map(|id| id.to_string()))
                    .bind("waiting");
            });
            sql.query()?.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Must succeed before a write is sent: `before` is what a person needs if everything after goes wrong.
    pub async fn journal_write(&self, receipt: Uuid, position: usize, before: &str) -> Result<(), StoreError> {
        let changed = sqlx::query(
            "UPDATE receipt_apps SET stage = 'writing', before = $1 WHERE receipt_id = $2 AND position = $3 AND stage <> 'done'",
        )
        .bind(before)
        .bind(receipt.to_string())
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .execute(&self.pool)
        .await?
        .rows_affected();
        if changed == 1 {
            Ok(())
        } else {
            Err(StoreError::Damaged(format!("receipt {receipt} has no open app {position}")))
        }
    }

    /// The app's result and its audit row, both or neither.
    pub async fn finish_app(
        &self,
        receipt: Uuid,
        position: usize,
        result: &ReceiptApp,
        outcome: &str,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE receipt_apps SET stage = 'done', outcome = $1, result = $2 WHERE receipt_id = $3 AND position = $4",
        )
        .bind(outcome)
        .bind(to_json("result", result)?)
        .bind(receipt.to_string())
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .execute(&mut *transaction)
        .await?;
        audit::write(&mut *transaction, entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub async fn finish_receipt(&self, receipt: Uuid, at: OffsetDateTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE receipts SET finished_at = $1 WHERE id = $2 AND finished_at IS NULL")
            .bind(Stamp(at))
            .bind(receipt.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn journal(&self, tenant: TenantId, id: Uuid) -> Result<Option<Journal>, StoreError> {
        let sql = select_receipts!("WHERE id = $1 AND tenant_id = $2");
        let row: Option<ReceiptRow> =
            sqlx::query_as(sql).bind(id.to_string()).bind(tenant.to_string()).fetch_optional(&self.pool).await?;
        match row {
            Some(row) => self.with_apps(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Receipts of every tenant whose push did not end.
    pub async fn unfinished(&self) -> Result<Vec<Journal>, StoreError> {
        let sql = select_receipts!("WHERE finished_at IS NULL ORDER BY started_at, id");
        let rows: Vec<ReceiptRow> = sqlx::query_as(sql).fetch_all(&self.pool).await?;
        let mut journals = Vec::with_capacity(rows.len());
        for row in rows {
            journals.push(self.with_apps(row).await?);
        }
        Ok(journals)
    }

    async fn with_apps(&self, row: ReceiptRow) -> Result<Journal, StoreError> {
        let rows: Vec<AppRow> = sqlx::query_as(
            "SELECT object_id, app_id, display_name, key_id, stage, before, result FROM receipt_apps
             WHERE receipt_id = $1 ORDER BY position",
        )
        .bind(&row.id)
        .fetch_all(&self.pool)
        .await?;
        let mut apps = Vec::with_capacity(rows.len());
        let mut stages = Vec::with_capacity(rows.len());
        for app in rows {
            stages.push(match (app.stage.as_str(), app.before, app.result) {
                ("waiting", _, _) => Stage::Waiting,
                ("writing", Some(before), _) => Stage::Writing { before },
                ("done", _, Some(result)) => Stage::Done(Box::new(from_json("result", &result)?)),
                (stage, ..) => return Err(StoreError::Damaged(format!("stage “{stage}”"))),
            });
            apps.push(OpenApp {
                object_id: parse("object id", &app.object_id)?,
                app_id: parse("app id", &app.app_id)?,
                display_name: app.display_name,
                key_id: app.key_id.as_deref().map(|id| parse("key id", id)).transpose()?,
            });
        }
        let receipt = NewReceipt {
            id: parse("receipt", &row.id)?,
            plan: parse("plan", &row.plan_id)?,
            tenant: parse("tenant", &row.tenant_id)?,
            person: parse("person", &row.person_id)?,
            certificate: from_json("certificate", &row.certificate)?,
            mode: from_json("mode", &row.mode)?,
            who: row.who,
            username: row.username,
            started_at: row.started_at.0,
            apps,
        };
        Ok(Journal { receipt, stages, finished_at: row.finished_at.map(|at| at.0) })
    }

    /// The person's latest pushes, the newest first. An app that had the certificate before counts as verified: it was
    /// read and seen there.
    pub async fn recent_receipts(&self, tenant: TenantId, person: ObjectId) -> Result<Vec<ReceiptSummary>, StoreError> {
        let rows: Vec<SummaryRow> = sqlx::query_as(
            "SELECT id, certificate, who, started_at,
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
                let certificate: CertificateFacts = from_json("certificate", &row.certificate)?;
                Ok(ReceiptSummary {
                    id: parse("receipt", &row.id)?,
                    subject: certificate.subject,
                    who: row.who,
                    at: row.started_at.0,
                    verified: u32::try_from(row.verified).unwrap_or_default(),
                    total: u32::try_from(row.total).unwrap_or_default(),
                })
            })
            .collect()
    }

    /// The latest pushes that wrote to an app, or may have, the newest first.
    pub async fn pushes_to(&self, tenant: TenantId, app: ObjectId) -> Result<Vec<PastPush>, StoreError> {
        let rows: Vec<PastRow> = sqlx::query_as(
            "SELECT certificate, who, started_at, result FROM receipt_apps JOIN receipts ON receipts.id = receipt_id
             WHERE tenant_id = $1 AND object_id = $2 AND (stage = 'writing' OR outcome IN ('verified', 'unverified'))
             ORDER BY started_at DESC, receipt_id LIMIT 50",
        )
        .bind(tenant.to_string())
        .bind(app.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let certificate: CertificateFacts = from_json("certificate", &row.certificate)?;
                let result = row.result.as_deref().map(|result| from_json("result", result)).transpose()?;
                Ok(PastPush { thumbprint: certificate.sha1, who: row.who, at: row.started_at.0, result })
            })
            .collect()
    }

    /// Who put which entry on an app, for entries that were put there through this portal.
    pub async fn added_by(&self, tenant: TenantId, app: ObjectId) -> Result<HashMap<KeyId, AddedBy>, StoreError> {
        let rows: Vec<AddedRow> = sqlx::query_as(
            "SELECT key_id, who, started_at, receipt_id FROM receipt_apps JOIN receipts ON receipts.id = receipt_id
             WHERE tenant_id = $1 AND object_id = $2 AND key_id IS NOT NULL
                AND (stage = 'writing' OR outcome IN ('verified', 'unverified'))",
        )
        .bind(tenant.to_string())
        .bind(app.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let added =
                    AddedBy { name: row.who, at: row.started_at.0, receipt: parse("receipt", &row.receipt_id)? };
                Ok((parse("key id", &row.key_id)?, added))
            })
            .collect()
    }
}
