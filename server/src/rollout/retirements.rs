//! What a rotation leaves for later: the entries that were there before it.

use crate::rollout::app_context::AppContext;
use crate::store::{NewRetirement, PlanIntent, StoreError};
use domain::key_credential::KeyCredentials;
use domain::rollout::PushMode;
use time::Duration;

/// After a verified push: notes what a rotation left behind. `left`: what the last good read showed.
pub(super) async fn plan(context: &AppContext, left: &KeyCredentials) -> Result<(), StoreError> {
    let (store, run, app) = (context.store(), context.run(), &context.work.app);
    if run.mode != PushMode::Rotate {
        return Ok(());
    }
    let Some(plan) = store.plan(run.person, run.plan).await? else { return Ok(()) };
    let Some(PlanIntent::Add { overlap_days, .. }) = plan.head.wanted else { return Ok(()) };
    let due_at = context.rollout().clock.now() + Duration::days(i64::from(overlap_days));
    let old = left.iter().filter(|entry| entry.is_for_sign_in());
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
    store.plan_retirements(&entries).await
}
