//! Which pushes a person may see.

use crate::operations::Context;
use crate::operations::sight::looked_after;
use crate::person::Person;
use crate::store::{Run, StoreError};
use uuid::Uuid;

/// Why a push is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VisibleError {
    /// Or it is of someone else's push: who may not see it is not told that it exists.
    #[error("there is no such receipt")]
    NoSuchReceipt,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The run, where the person may see all of it.
pub(crate) async fn run(context: &Context, person: &Person, receipt: Uuid) -> Result<Run, VisibleError> {
    let run = context.tenant.store.run(receipt).await?.ok_or(VisibleError::NoSuchReceipt)?;
    if is_whole_for(context, person, &run).await? { Ok(run) } else { Err(VisibleError::NoSuchReceipt) }
}

/// The same for who may pause or cancel it: who made it, and who sees everybody's.
pub(crate) async fn run_to_steer(context: &Context, person: &Person, receipt: Uuid) -> Result<Run, VisibleError> {
    let run = context.tenant.store.run(receipt).await?;
    run.filter(|run| may_see_all_of(person, run)).ok_or(VisibleError::NoSuchReceipt)
}

/// The same, and may push at all.
pub(super) fn may_steer(person: &Person, run: &Run) -> bool {
    person.viewer.may_push() && may_see_all_of(person, run)
}

fn may_see_all_of(person: &Person, run: &Run) -> bool {
    run.person == person.viewer.object_id || person.viewer.sees_whole_audit()
}

/// The person made it, sees everybody's, asked for it, or looks after all of its apps.
pub(crate) async fn is_whole_for(context: &Context, person: &Person, run: &Run) -> Result<bool, StoreError> {
    let store = &context.tenant.store;
    if may_see_all_of(person, run) {
        return Ok(true);
    }
    if let Some(request) = store.request_of_receipt(run.id).await?
        && let Some(found) = store.request(request).await?
        && found.request.asker() == person.viewer.object_id
    {
        return Ok(true);
    }
    store.looks_after_receipt(&looked_after(context, person).await, run.id).await
}
