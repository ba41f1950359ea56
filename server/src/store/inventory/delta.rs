//! Where the delta of applications goes on.

use super::PassStage;
use crate::store::sql::{ROWS, Sql};
use crate::store::{Id, Stamp, StoreError, TenantStore, parse};
use domain::credentials::SubjectKind;
use domain::ids::ObjectId;
use std::collections::HashMap;
use time::OffsetDateTime;

/// Where it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeltaPlace {
    /// The last pass.
    pub pass: i64,
    /// That pass has gone to its end.
    pub between_passes: bool,
    /// Graph's; `None`: it was never begun, or has to be anew.
    pub link: Option<String>,
    /// The last time.
    pub asked_at: Option<OffsetDateTime>,
}

impl TenantStore {
    /// `None`: nothing was ever read.
    pub async fn inventory_delta(&self) -> Result<Option<DeltaPlace>, StoreError> {
        let row: Option<(i64, String, Option<String>, Option<Stamp>)> =
            sqlx::query_as("SELECT pass, stage, delta_link, delta_at FROM inventory_passes WHERE tenant_id = $1")
                .bind(self.tenant)
                .fetch_optional(&self.store.pool)
                .await?;
        let Some((pass, stage, link, asked_at)) = row else { return Ok(None) };
        let stage: PassStage = parse("stage of a pass", &stage)?;
        let (between_passes, asked_at) = (stage == PassStage::Done, asked_at.map(|at| at.0));
        Ok(Some(DeltaPlace { pass, between_passes, link, asked_at }))
    }

    /// `link`: `None` where it has to be begun anew. Asked for at `at`.
    pub async fn go_on_with_delta(&self, link: Option<&str>, at: OffsetDateTime) -> Result<(), StoreError> {
        let mut transaction = self.store.begin_unsynced().await?;
        sqlx::query("UPDATE inventory_passes SET delta_link = $2, delta_at = $3 WHERE tenant_id = $1")
            .bind(self.tenant)
            .bind(link.map(str::to_owned))
            .bind(Stamp(at))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Which of these are known, and as what; of those that are there.
    pub async fn kinds_in_inventory(&self, ids: &[ObjectId]) -> Result<HashMap<ObjectId, SubjectKind>, StoreError> {
        let mut kinds = HashMap::new();
        for ids in ids.chunks(ROWS) {
            let mut sql = Sql::new("SELECT kind, object_id FROM inventory_objects WHERE tenant_id = ");
            sql.bind(self.tenant).push(" AND gone_at IS NULL AND kind IN (");
            sql.bind(SubjectKind::Application.as_str()).push(", ").bind(SubjectKind::AgentBlueprint.as_str()).push(")");
            sql.listed(" AND object_id IN (", ids, |id| Id(*id));
            let rows: Vec<(String, Id<ObjectId>)> = sql.rows()?.fetch_all(&self.store.pool).await?;
            for (kind, id) in rows {
                kinds.insert(id.0, parse("kind of directory object", &kind)?);
            }
        }
        Ok(kinds)
    }
}
