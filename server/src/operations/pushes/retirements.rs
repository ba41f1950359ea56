//! What a rotation leaves for later: the entries that were there before it.

use crate::operations::DeskState;
use crate::person::Person;
use crate::store::{NewRetirement, OpenApp, Run, StoreError, StoredRetirement, Wanted};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::problem::Problem;
use app::contract::pushes::{PushMode, Retirement};
use domain::ids::ObjectId;
use domain::key_credential::KeyCredentials;
use time::{Duration, OffsetDateTime};

/// The first due first. Everyone's for who sees the whole audit log, else the person's own.
pub(crate) async fn handle(state: &DeskState, person: &Person, page: u32) -> Result<Page<Retirement>, Problem> {
    let page = page.max(1);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let now = state.clock.now();
    let store = state.store.of(person.viewer.tenant_id);
    let rows = store.retirements(whose(person), skip, PAGE_SIZE as u64).await?;
    let has_next = skip + (rows.items.len() as u64) < rows.total;
    let items = rows.items.into_iter().map(|one| shown(one, now)).collect();
    Ok(Page { items, page, has_next, total: Some(rows.total) })
}

fn shown(one: StoredRetirement, now: OffsetDateTime) -> Retirement {
    Retirement {
        object_id: one.object_id,
        app_id: one.app_id,
        display_name: one.display_name,
        key_id: one.key_id,
        entry_name: one.entry_name,
        due: one.due_at <= now,
        due_at: one.due_at,
        who: one.who,
        receipt: one.receipt,
    }
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
    let Some(plan) = state.store.of(run.tenant).plan(run.person, run.plan).await? else { return Ok(()) };
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
    state.store.of(run.tenant).plan_retirements(&entries).await
}
