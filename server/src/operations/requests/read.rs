//! One request: what is asked for, whose approval is missing, and what happened.

use super::capacity;
use super::visible::{self, VisibleError};
use crate::operations::Context;
use crate::operations::apps::rights::Rights;
use crate::operations::inventory::last_use;
use crate::operations::plans::read::PlanPage;
use crate::operations::secrets::{self, read::ReadSecretError};
use crate::person::Person;
use crate::settlement::settle;
use crate::store::{PlanHead, RequestLine, StoreError, StoredPlan, StoredRequest, StoredWhat};
use app::contract::paging::PAGE_SIZE;
use app::contract::secrets::SecretView;
use domain::requests::{AskedSecret, RequestState};
use domain::teams::Membership;
use uuid::Uuid;

/// Lines of its history that are shown, the latest.
const LINES: u32 = 200;

/// What is asked for, as it is now.
pub(crate) enum WhatPage {
    /// One page of the preview.
    Change(Box<PlanPage>),
    /// The secret as it was when it was asked for, and as the person's own read shows it.
    SecretRemoval(AskedSecret, Box<Result<SecretView, ReadSecretError>>),
}

impl WhatPage {
    /// As far as this page shows: all of it is looked at before anything is sent.
    fn may_be_written(&self) -> bool {
        match self {
            Self::Change(plan) => {
                !plan.apps.iter().any(|app| app.merge.is_ok() && plan.rights.on(app.object_id).is_missing())
            }
            Self::SecretRemoval(_, now) => now.as_ref().as_ref().is_ok_and(|secret| !secret.right.is_missing()),
        }
    }
}

/// A request, with one page of its preview.
pub(crate) struct RequestPage {
    pub(crate) found: StoredRequest,
    pub(crate) what: WhatPage,
    pub(crate) lines: Vec<RequestLine>,
    /// Whether the person is one whose approval would count now. Unknown: members of a group may approve it, and whether the person
    /// is one could not be read.
    pub(crate) reviewer: Membership,
    pub(crate) may_withdraw: bool,
    /// As far as the portal's role goes: Entra decides.
    pub(crate) may_execute: bool,
}

/// `page`: of its apps, from 1.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    id: Uuid,
    page: u32,
) -> Result<RequestPage, VisibleError> {
    let mut found = visible::request(context, person, id).await?;
    let store = &context.tenant.store;
    if !found.request.state().is_over() && settle(store, id, context.now()).await? {
        found = visible::request(context, person, id).await?;
    }
    let what = what(context, person, &found, page.max(1)).await?;
    let may_write = what.may_be_written();
    let (request, viewer) = (&found.request, &person.viewer);
    let waits = request.state().waits();
    let held = capacity::of(context, person, &request.groups()).await;
    let reviewer = if waits && request.may_review(viewer.object_id, held.capacity()) {
        Membership::Member
    } else if waits && held.is_unknown && request.asker() != viewer.object_id {
        Membership::Unknown
    } else {
        Membership::Stranger
    };
    Ok(RequestPage {
        reviewer,
        may_withdraw: waits && request.asker() == viewer.object_id,
        may_execute: request.state() == RequestState::Approved && viewer.may_push() && may_write,
        lines: store.request_lines(id, LINES).await?,
        what,
        found,
    })
}

async fn what(context: &Context, person: &Person, found: &StoredRequest, page: u32) -> Result<WhatPage, StoreError> {
    Ok(match &found.what {
        StoredWhat::Change(head) => {
            WhatPage::Change(Box::new(plan(context, person, (found.request.id(), head), page).await?))
        }
        StoredWhat::SecretRemoval(secret) => {
            let now = secrets::read::handle(context, person, secret.app, secret.key).await;
            WhatPage::SecretRemoval(secret.clone(), Box::new(now))
        }
    })
}

/// The preview that is asked for, and what the person may do to its apps.
async fn plan(
    context: &Context,
    person: &Person,
    (request, head): (Uuid, &PlanHead),
    page: u32,
) -> Result<PlanPage, StoreError> {
    let (store, preview) = (&context.tenant.store, head.id);
    let skip = (page as usize - 1).saturating_mul(PAGE_SIZE);
    let rights = match person.tokens.graph_token().await {
        Ok(token) => Rights::read(&context.tenant.graph, &token, person).await,
        // It can be looked at without one.
        Err(_) => Rights::unknown(),
    };
    let apps = store.plan_apps(preview, skip, PAGE_SIZE).await?;
    Ok(PlanPage {
        plan: StoredPlan { head: head.clone(), receipt: None },
        uses: last_use::of_removals(context, person, &apps).await?,
        apps,
        page,
        total: store.plan_size(preview).await?,
        rights,
        needs: vec![],
        request: Some(request),
    })
}
