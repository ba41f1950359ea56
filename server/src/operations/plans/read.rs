//! A preview, for the person who made it.

use crate::operations::Context;
use crate::operations::apps::rights::Rights;
use crate::operations::inventory::last_use;
use crate::operations::requests::needs;
use crate::person::Person;
use crate::store::{PlanApp, StoreError, StoredPlan};
use app::contract::inventory::UseLine;
use app::contract::paging::PAGE_SIZE;
use domain::requests::Need;
use uuid::Uuid;

/// Why a preview is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindPlanError {
    /// Or someone else made it: who may not see it is not told that it exists.
    #[error("there is no such preview")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One page of a preview.
pub(crate) struct PlanPage {
    pub(crate) plan: StoredPlan,
    pub(crate) apps: Vec<PlanApp>,
    /// From 1.
    pub(crate) page: u32,
    /// On all pages.
    pub(crate) total: u64,
    /// Of who looks at it.
    pub(crate) rights: Rights,
    /// What the rules ask for before it is pushed; empty: nothing.
    pub(crate) needs: Vec<Need>,
    /// That asks for it.
    pub(crate) request: Option<Uuid>,
    /// When what goes was last used, of each of the apps.
    pub(crate) uses: Vec<Vec<UseLine>>,
}

/// `page`: of its apps, from 1.
pub(crate) async fn handle(context: &Context, person: &Person, id: Uuid, page: u32) -> Result<PlanPage, FindPlanError> {
    let plan = find(context, person, id).await?;
    let page = page.max(1);
    let skip = (page as usize - 1).saturating_mul(PAGE_SIZE);
    let store = &context.tenant.store;
    let total = store.plan_size(id).await?;
    let apps = store.plan_apps(id, skip, PAGE_SIZE).await?;
    let rights = match person.tokens.graph_token().await {
        Ok(token) => Rights::read(&context.tenant.graph, &token, person).await,
        // A preview can be looked at without one.
        Err(_) => Rights::unknown(),
    };
    let needs = needs(context, person, id, plan.head.mode).await;
    let request = store.request_of_plan(id).await?;
    let uses = last_use::of_removals(context, person, &apps).await?;
    // What is not known here, the push finds out.
    Ok(PlanPage { plan, apps, page, total, rights, needs: needs.unwrap_or_default(), request, uses })
}

pub(crate) async fn find(context: &Context, person: &Person, id: Uuid) -> Result<StoredPlan, FindPlanError> {
    context.tenant.store.plan(person.viewer.object_id, id).await?.ok_or(FindPlanError::NotFound)
}
