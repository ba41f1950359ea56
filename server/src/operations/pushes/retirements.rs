//! What a rotation leaves for later: the entries that were there before it.

use crate::operations::DeskState;
use crate::person::Person;
use crate::store::{NewRetirement, OpenApp, Run, StoreError, Wanted};
use app::contract::paging::Page;
use app::contract::problem::Problem;
use app::contract::pushes::{PushMode, Retirement};
use domain::ids::ObjectId;
use domain::key_credential::KeyCredentials;
use time::Duration;

/// The first due first. Everyone's for who sees the whole audit log, else the person's own.
pub(crate) async fn handle(state: &DeskState, person: &Person, page: u32) -> Result<Page<Retirement>, Problem> {
    let viewer = &person.viewer;
    Ok(state.store.retirements(viewer.tenant_id, whose(person), page, state.clock.now()).await?)
}

pub(crate) fn whose(person: &Person) -> Option<ObjectId> {
    (!person.viewer.sees_whole_audit()).then_some(person.viewer.object_id)
}

/// After a verified push: notes what a rotation left behind. `after`: what the last good read showed.
pub(crate) async fn rotated(
    state: &DeskState,
    run: &Run,
    app: &OpenApp,
    after: &KeyCredentials,
) -> Result<(), StoreError> {
    if run.mode != PushMode::Rotate {
        return Ok(());
    }
    let Some(plan) = state.store.plan(run.tenant, run.person, run.plan).await? else { return Ok(()) };
    let Some(Wanted::Add { overlap_days, .. }) = plan.head.wanted else { return Ok(()) };
    let due_at = state.clock.now() + Duration::days(i64::from(overlap_days));
    let old = after.iter().filter(|entry| entry.usage() == Some("Verify"));
    let old = old.filter(|entry| !plan.head.certificates.iter().any(|new| entry.thumbprint() == Some(new.sha1)));
    let entries: Vec<NewRetirement> = old
        .filter_map(|entry| {
            Some(NewRetirement {
                object_id: app.object_id,
                app_id: app.app_id,
                display_name: app.display_name.clone(),
                key_id: entry.key_id()?,
                entry_name: entry.display_name().map(str::to_owned),
                due_at,
                person: run.person,
                who: run.who.clone(),
                receipt: run.id,
            })
        })
        .collect();
    state.store.plan_retirements(run.tenant, &entries).await
}
