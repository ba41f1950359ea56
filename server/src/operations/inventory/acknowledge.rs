//! Says what changes made elsewhere were, for everybody who sees the object.

use super::object::{ObjectError, visible};
use crate::operations::Context;
use crate::person::Person;
use crate::store::{MOST_CHANGES, StoreError};
use domain::audit::{AuditAction, AuditOutcome};
use domain::credentials::Subject;
use domain::inventory::{Reason, ReasonError};

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AcknowledgeError {
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error("{0}")]
    Reason(#[from] ReasonError),
    /// Somebody has said it of all of them, or they are another object's.
    #[error("none of these changes is open")]
    NoneOpen,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `numbers`: of the object's changes; no more than are shown.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    subject: Subject,
    numbers: &[i64],
    reason: &str,
) -> Result<(), AcknowledgeError> {
    let object = visible(context, person, subject).await?.object;
    let reason: Reason = reason.parse()?;
    let shown = numbers.len().min(usize::try_from(MOST_CHANGES).unwrap_or(usize::MAX));
    let mut entry = person.audit(context.now(), AuditAction::ChangeAcknowledged, AuditOutcome::Recorded);
    entry.row.app_name = Some(object.name);
    entry.row.object_id = Some(subject.id);
    reason.as_str().clone_into(&mut entry.row.detail);
    match context.tenant.store.acknowledge_changes(subject, &numbers[..shown], &reason, &entry).await? {
        0 => Err(AcknowledgeError::NoneOpen),
        _ => Ok(()),
    }
}
