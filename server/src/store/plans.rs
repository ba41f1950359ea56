//! Previews, kept so that what is pushed is what was seen. A plan is its creator's alone.

use super::{Stamp, Store, StoreError, from_json, parse, to_json};
use app::desk::PlanView;
use domain::ids::{ObjectId, TenantId};
use domain::merge_plan::MergePlan;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPlan {
    /// As shown. Its receipt is the database's to say.
    pub view: PlanView,
    /// The merge plan of each app in `view.apps`, in the same order; none where the preview failed.
    pub merges: Vec<Option<MergePlan>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    content: String,
    receipt_id: Option<String>,
}

impl Store {
    pub async fn keep_plan(&self, tenant: TenantId, creator: ObjectId, plan: &StoredPlan) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES ($1, $2, $3, $4, $5)")
            .bind(plan.view.id.to_string())
            .bind(tenant.to_string())
            .bind(creator.to_string())
            .bind(Stamp(plan.view.created_at))
            .bind(to_json("plan", plan)?)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// `None` also for a plan that someone else made.
    pub async fn plan(&self, tenant: TenantId, creator: ObjectId, id: Uuid) -> Result<Option<StoredPlan>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT content, receipt_id FROM plans WHERE id = $1 AND tenant_id = $2 AND creator_id = $3",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .bind(creator.to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let mut plan: StoredPlan = from_json("plan", &row.content)?;
        plan.view.receipt = row.receipt_id.as_deref().map(|id| parse("receipt", id)).transpose()?;
        Ok(Some(plan))
    }
}
