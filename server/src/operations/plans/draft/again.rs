//! What a push was to do, once more, for the apps on which it did not end well.

use crate::operations::plans::draft::{DraftContext, PlanDraft};
use crate::person::Person;
use crate::store::StoreError;
use uuid::Uuid;

/// Why a push is not made again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgainError {
    /// Or it is of someone else's push.
    #[error("there is no such receipt")]
    NoSuchReceipt,
    #[error("the push ended well on every app")]
    NothingLeft,
    #[error("the push is from an earlier version, which did not say in full what was wanted")]
    OldPlan,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn draft(drafts: &DraftContext, person: &Person, receipt: Uuid) -> Result<PlanDraft, AgainError> {
    let store = &drafts.context.tenant.store;
    let found = store.unfinished_business(person.viewer.object_id, receipt).await?;
    let (wanted, apps) = found.ok_or(AgainError::NoSuchReceipt)?;
    if apps.is_empty() {
        return Err(AgainError::NothingLeft);
    }
    Ok(PlanDraft { wanted: wanted.ok_or(AgainError::OldPlan)?, apps })
}
