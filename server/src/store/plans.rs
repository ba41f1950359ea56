//! Previews, kept so that what is pushed is what was seen. A plan is its creator's alone. Its head is one row, each of
//! its apps another.

use super::sql::{ROWS, Sql};
use super::{Stamp, Store, StoreError, from_json, parse, to_json};
use app::contract::plans::{Finding, PlanSum};
use app::contract::problem::Problem;
use app::contract::pushes::PushMode;
use domain::certificate::CertificateFacts;
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::merge_plan::MergePlan;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a plan is for, apart from which apps: enough to make it once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    Add { certificates: Vec<Sha256Thumbprint>, mode: PushMode, display_name: String, overlap_days: u16 },
    Table(Vec<TableLine>),
    Retire(Vec<KeyId>),
    RetireCertificate(Thumbprint),
    Copy { from: ObjectId, key_ids: Vec<KeyId> },
    Restore { state: i64, exactly: bool },
}

/// One line of a table, once it is known which app and which certificate it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableLine {
    pub app: ObjectId,
    pub certificate: Sha256Thumbprint,
    pub display_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanHead {
    pub id: Uuid,
    /// `None`: an earlier version made it.
    #[serde(default)]
    pub wanted: Option<Wanted>,
    /// That are added; none where entries only go.
    pub certificates: Vec<CertificateFacts>,
    pub mode: PushMode,
    #[serde(default)]
    pub note: Option<String>,
    /// Of the new entry, where all apps get the same.
    pub display_name: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(default)]
    pub sum: PlanSum,
    /// What has to be typed before entries are removed.
    #[serde(default)]
    pub confirm: Option<String>,
}

/// A head, and the receipt of its push, if it has been pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    pub head: PlanHead,
    pub receipt: Option<Uuid>,
}

/// What would be done to one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanApp {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// Or why nothing will be sent.
    pub merge: Result<MergePlan, Problem>,
    pub findings: Vec<Finding>,
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    content: String,
    receipt_id: Option<String>,
}

#[derive(sqlx::FromRow)]
struct AppRow {
    object_id: String,
    app_id: String,
    display_name: String,
    merge: Option<String>,
    problem: Option<String>,
    findings: String,
}

impl TryFrom<AppRow> for PlanApp {
    type Error = StoreError;

    fn try_from(row: AppRow) -> Result<Self, StoreError> {
        Ok(Self {
            object_id: parse("object id", &row.object_id)?,
            app_id: parse("app id", &row.app_id)?,
            display_name: row.display_name,
            merge: match (row.merge, row.problem) {
                (Some(merge), _) => Ok(from_json("merge plan", &merge)?),
                (None, Some(problem)) => Err(from_json("problem", &problem)?),
                (None, None) => return Err(StoreError::Damaged("an app's plan".into())),
            },
            findings: from_json("findings", &row.findings)?,
        })
    }
}

impl Store {
    pub async fn keep_plan(
        &self,
        tenant: TenantId,
        creator: ObjectId,
        head: &PlanHead,
        apps: &[PlanApp],
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES ($1, $2, $3, $4, $5)")
            .bind(head.id.to_string())
            .bind(tenant.to_string())
            .bind(creator.to_string())
            .bind(Stamp(head.created_at))
            .bind(to_json("plan", head)?)
            .execute(&mut *transaction)
            .await?;
        let mut position = 0i64;
        for apps in apps.chunks(ROWS) {
            let mut rows = Vec::with_capacity(apps.len());
            for app in apps {
                let merge = app.merge.as_ref().ok().map(|merge| to_json("merge plan", merge)).transpose()?;
                let problem = app.merge.as_ref().err().map(|problem| to_json("problem", problem)).transpose()?;
                rows.push((position, app, merge, problem, to_json("findings", &app.findings)?));
                position += 1;
            }
            let mut sql = Sql::new(
                "INSERT INTO plan_apps (plan_id, position, object_id, app_id, display_name, merge, problem, findings)",
            );
            sql.values(&rows, |row, (position, app, merge, problem, findings)| {
                row.bind(head.id.to_string())
                    .bind(*position)
                    .bind(app.object_id.to_string())
                    .bind(app.app_id.to_string())
                    .bind(app.display_name.clone())
                    .bind(merge.clone())
                    .bind(problem.clone())
                    .bind(findings.clone());
            });
            sql.query()?.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// `None` also for a plan that someone else made.
    pub async fn plan(&self, tenant: TenantId, creator: ObjectId, id: Uuid) -> Result<Option<StoredPlan>, StoreError> {
        let row: Option<HeadRow> = sqlx::query_as(
            "SELECT content, receipt_id FROM plans WHERE id = $1 AND tenant_id = $2 AND creator_id = $3",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .bind(creator.to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredPlan {
            head: from_json("plan", &row.content)?,
            receipt: row.receipt_id.as_deref().map(|id| parse("receipt", id)).transpose()?,
        }))
    }

    /// In the order chosen. Ask for [`Self::plan`] first: this does not look whose it is.
    pub async fn plan_apps(&self, plan: Uuid, offset: usize, limit: usize) -> Result<Vec<PlanApp>, StoreError> {
        let number = |n| i64::try_from(n).unwrap_or(i64::MAX);
        let rows: Vec<AppRow> = sqlx::query_as(
            "SELECT object_id, app_id, display_name, merge, problem, findings FROM plan_apps
             WHERE plan_id = $1 AND position >= $2 ORDER BY position LIMIT $3",
        )
        .bind(plan.to_string())
        .bind(number(offset))
        .bind(number(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    pub async fn plan_size(&self, plan: Uuid) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM plan_apps WHERE plan_id = $1")
            .bind(plan.to_string())
            .fetch_one(&self.pool)
            .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// `None` where the plan has no such app, or nothing can be written to it.
    pub async fn plan_merge(&self, plan: Uuid, position: usize) -> Result<Option<MergePlan>, StoreError> {
        let apps = self.plan_apps(plan, position, 1).await?;
        Ok(apps.into_iter().next().and_then(|app| app.merge.ok()))
    }

    /// What a push was for, and its apps that did not end well.
    pub async fn unfinished_business(
        &self,
        tenant: TenantId,
        creator: ObjectId,
        receipt: Uuid,
    ) -> Result<Option<(Option<Wanted>, Vec<ObjectId>)>, StoreError> {
        let content: Option<String> = sqlx::query_scalar(
            "SELECT content FROM plans WHERE receipt_id = $1 AND tenant_id = $2 AND creator_id = $3",
        )
        .bind(receipt.to_string())
        .bind(tenant.to_string())
        .bind(creator.to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Some(content) = content else { return Ok(None) };
        let head: PlanHead = from_json("plan", &content)?;
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT object_id FROM receipt_apps WHERE receipt_id = $1
                AND (outcome IS NULL OR outcome NOT IN ('verified', 'already-there')) ORDER BY position",
        )
        .bind(receipt.to_string())
        .fetch_all(&self.pool)
        .await?;
        let ids = ids.iter().map(|id| parse("object id", id)).collect::<Result<_, _>>()?;
        Ok(Some((head.wanted, ids)))
    }
}
