//! A preview, for the person who made it.

use super::DeskState;
use crate::person::Person;
use crate::store::StoredPlan;
use app::desk::{PlanView, Problem};
use uuid::Uuid;

pub(super) async fn handle(state: &DeskState, person: &Person, id: Uuid) -> Result<PlanView, Problem> {
    Ok(find(state, person, id).await?.view)
}

pub(super) async fn find(state: &DeskState, person: &Person, id: Uuid) -> Result<StoredPlan, Problem> {
    let viewer = &person.viewer;
    state.store.plan(viewer.tenant_id, viewer.object_id, id).await?.ok_or_else(|| {
        Problem::new(
            404,
            "plan-not-found",
            "There is no such preview",
            "It does not exist, or someone else made it: a preview is only for its maker.",
        )
        .advice("Choose the certificate and the apps again.")
    })
}
