//! Which pushes a person may see.

use crate::person::Person;
use crate::store::{Run, StoreError, TenantStore};
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

/// The run, where the person made it or sees everybody's.
pub(crate) async fn run(store: &TenantStore, person: &Person, receipt: Uuid) -> Result<Run, VisibleError> {
    let run = store.run(receipt).await?;
    run.filter(|run| is_whole_for(person, run)).ok_or(VisibleError::NoSuchReceipt)
}

/// The person made it or sees everybody's.
pub(crate) fn is_whole_for(person: &Person, run: &Run) -> bool {
    run.person == person.viewer.object_id || person.viewer.sees_whole_audit()
}
