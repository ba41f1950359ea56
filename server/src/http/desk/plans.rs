//! Previews, as pages have them.

use super::RequestDesk;
use crate::operations::plans::read::PlanPage;
use crate::operations::plans::{draft, read};
use crate::store::{PlanApp, StoredPlan, StoredSum};
use app::contract::apps::Right;
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::plans::{PlanRequest, PlanSum, PlanView, PlannedApp, PlannedChange};
use app::contract::ports::PlansPort;
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::commands::Commands;
use uuid::Uuid;

#[async_trait]
impl PlansPort for RequestDesk {
    async fn draft_plan(&self, request: &PlanRequest) -> Result<Uuid, Problem> {
        let (person, context) = self.pushing()?;
        Ok(draft::handle(&self.parts.drafts(context), person, request).await?)
    }

    async fn plan(&self, id: Uuid, page: u32) -> Result<PlanView, Problem> {
        let (person, context) = self.entered()?;
        let found = read::handle(&context, person, id, page).await?;
        Ok(shown(context.tenant.graph.root(), found))
    }
}

/// `graph_root`: without a version, such as `https://graph.microsoft.com`.
pub(super) fn shown(graph_root: &str, found: PlanPage) -> PlanView {
    let PlanPage { plan: StoredPlan { head, receipt }, apps, page, total, rights, needs, request, uses } = found;
    let skip = (page as usize - 1).saturating_mul(PAGE_SIZE);
    let items = apps
        .into_iter()
        .zip(uses)
        .map(|(app, uses)| PlannedApp { uses, ..app_shown(graph_root, rights.on(app.object_id), app) });
    let items = items.collect();
    PlanView {
        id: head.id,
        certificates: head.certificates,
        mode: head.mode,
        note: head.note,
        display_name: head.display_name,
        created_at: head.created_at,
        sum: head.sum.into(),
        apps: Page { items, page, has_next: total > (skip + PAGE_SIZE) as u64, total: Some(total) },
        confirm: head.confirm,
        receipt,
        rules: needs.into_iter().filter_map(|need| need.rule).collect(),
        request,
    }
}

/// Worked out from what is stored, when it is looked at.
fn app_shown(graph_root: &str, right: Right, app: PlanApp) -> PlannedApp {
    let PlanApp { object_id, app_id, display_name, merge, findings } = app;
    let change = merge.map_err(Into::into).map(|merge| PlannedChange {
        key_ids: merge.key_ids().into_iter().map(|(id, _)| id).collect(),
        base: merge.base().clone(),
        diff: merge.diff().clone(),
        body: merge.body_pretty(),
        manifest: merge.manifest_pretty(),
        commands: Commands::new(app_id, object_id, &merge, graph_root),
        noop: merge.is_noop(),
        cautions: merge.cautions().to_vec(),
        findings,
    });
    PlannedApp { object_id, app_id, display_name, right, change, uses: vec![] }
}

impl From<StoredSum> for PlanSum {
    fn from(sum: StoredSum) -> Self {
        let StoredSum { writes, noops, refused, added, kept, removed, losing } = sum;
        Self { writes, noops, refused, added, kept, removed, losing }
    }
}
