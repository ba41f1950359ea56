//! Previews, kept so that what is pushed is what was seen. A plan is its creator's alone.

use super::sql::{ROWS, Sql};
use super::{Stamp, Store, StoreError, from_json, parse, to_json};
use app::desk::{PlanView, PlannedApp};
use domain::ids::{ObjectId, TenantId};
use domain::merge_plan::MergePlan;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq)]
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
        let StoredPlan { view, merges } = plan;
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO plans (id, tenant_id, creator_id, created_at, content) VALUES ($1, $2, $3, $4, $5)")
            .bind(view.id.to_string())
            .bind(tenant.to_string())
            .bind(creator.to_string())
            .bind(Stamp(view.created_at))
            .bind(to_json("plan", view)?)
            .execute(&mut *transaction)
            .await?;
        let mut rows = Vec::with_capacity(merges.len());
        for (position, (app, merge)) in (0i64..).zip(view.apps.iter().zip(merges)) {
            let merge = merge.as_ref().map(|merge| to_json("merge plan", merge)).transpose()?;
            let problem = app.change.as_ref().err().map(|problem| to_json("problem", problem)).transpose()?;
            rows.push((position, app, merge, problem));
        }
        for rows in rows.chunks(ROWS) {
            let mut sql =
                Sql::new("INSERT INTO plan_apps (plan_id, position, object_id, app_id, display_name, merge, problem)");
            sql.values(rows, |row, (position, app, merge, problem)| {
                let PlannedApp { object_id, app_id, display_name, .. } = app;
                row.bind(view.id.to_string()).bind(*position).bind(object_id.to_string()).bind(app_id.to_string());
                row.bind(display_name.as_str()).bind(merge.as_deref()).bind(problem.as_deref());
            });
            sql.query()?.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
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
        let mut view: PlanView = from_json("plan", &row.content)?;
        view.receipt = row.receipt_id.as_deref().map(|id| parse("receipt", id)).transpose()?;
        let merges: Vec<(Option<String>,)> =
            sqlx::query_as("SELECT merge FROM plan_apps WHERE plan_id = $1 ORDER BY position")
                .bind(id.to_string())
                .fetch_all(&self.pool)
                .await?;
        let merges =
            merges.iter().map(|(merge,)| merge.as_deref().map(|merge| from_json("merge plan", merge)).transpose());
        Ok(Some(StoredPlan { view, merges: merges.collect::<Result<_, _>>()? }))
    }
}
