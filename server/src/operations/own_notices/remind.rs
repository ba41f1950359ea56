//! Takes an acknowledgement back: people are reminded again.

use crate::operations::Context;
use crate::operations::inventory::object::{ObjectError, visible};
use crate::person::Person;
use crate::store::StoreError;
use domain::audit::{AuditAction, AuditOutcome};
use domain::credentials::Subject;

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemindError {
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What nobody has acknowledged is no error, and leaves no row.
pub(crate) async fn handle(context: &Context, person: &Person, subject: Subject) -> Result<(), RemindError> {
    let object = visible(context, person, subject).await?.object;
    let mut entry = person.audit(context.now(), AuditAction::EndRemindedAgain, AuditOutcome::Recorded);
    entry.row.app_name = Some(object.name);
    entry.row.object_id = Some(subject.id);
    context.tenant.store.remind_again(subject, &entry).await?;
    Ok(())
}
