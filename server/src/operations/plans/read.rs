//! A preview, for the person who made it.

use crate::operations::DeskState;
use crate::operations::plans::draft;
use crate::person::Person;
use crate::store::{StoredPlan, StoredSum};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::plans::{PlanSum, PlanView};
use app::contract::problem::Problem;
use uuid::Uuid;

/// `page`: of its apps, from 1.
pub(crate) async fn handle(state: &DeskState, person: &Person, id: Uuid, page: u32) -> Result<PlanView, Problem> {
    let StoredPlan { head, receipt } = find(state, person, id).await?;
    let page = page.max(1);
    let skip = (page as usize - 1).saturating_mul(PAGE_SIZE);
    let total = state.store.of(person.viewer.tenant_id).plan_size(id).await?;
    let apps = state.store.of(person.viewer.tenant_id).plan_apps(id, skip, PAGE_SIZE).await?;
    let items = apps.into_iter().map(|app| draft::shown(state.graph.root(), app)).collect();
    Ok(PlanView {
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
    })
}

pub(crate) async fn find(state: &DeskState, person: &Person, id: Uuid) -> Result<StoredPlan, Problem> {
    let viewer = &person.viewer;
    state.store.of(viewer.tenant_id).plan(viewer.object_id, id).await?.ok_or_else(|| {
        Problem::new(
            404,
            "plan-not-found",
            "There is no such preview",
            "It does not exist, or someone else made it: a preview is only for its maker.",
        )
        .advice("Choose the certificate and the apps again.")
    })
}

impl From<StoredSum> for PlanSum {
    fn from(sum: StoredSum) -> Self {
        let StoredSum { writes, noops, refused, added, kept, removed, losing } = sum;
        Self { writes, noops, refused, added, kept, removed, losing }
    }
}
