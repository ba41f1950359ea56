//! Filters of the inventory's grid that people come back to. Everybody has their own; administrators share some with all.

pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod rename;
pub(crate) mod save;

use crate::operations::Context;
use crate::person::Person;
use crate::store::{AuditEntry, StoreError, StoredView, ViewKept, Whose};
use domain::audit::{AuditAction, AuditOutcome};
use domain::inventory::{ViewAct, ViewNameError};
use uuid::Uuid;

/// Why a view stays as it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ViewError {
    #[error("{0}")]
    Name(#[from] ViewNameError),
    #[error("only administrators share views, and change shared ones")]
    NotAdmin,
    #[error("there are as many views as there may be")]
    Full,
    #[error("another view is called so")]
    NameTaken,
    /// Or it is another's.
    #[error("there is no such view")]
    NotThere,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One that the person may change.
async fn own(context: &Context, person: &Person, id: Uuid) -> Result<StoredView, ViewError> {
    let views = context.tenant.store.saved_views(person.viewer.object_id).await?;
    let view = views.into_iter().find(|view| view.id == id).ok_or(ViewError::NotThere)?;
    if view.whose == Whose::Everybodys && !person.viewer.is_admin() {
        return Err(ViewError::NotAdmin);
    }
    Ok(view)
}

/// What everybody sees is audited; what a person keeps for themselves is nobody's business.
fn audited(context: &Context, person: &Person, whose: Whose, act: ViewAct, detail: String) -> Option<AuditEntry> {
    (whose == Whose::Everybodys).then(|| {
        let mut entry = person.audit(context.now(), AuditAction::View(act), AuditOutcome::Recorded);
        entry.row.detail = detail;
        entry
    })
}

fn done(kept: ViewKept) -> Result<(), ViewError> {
    match kept {
        ViewKept::Kept => Ok(()),
        ViewKept::Full => Err(ViewError::Full),
        ViewKept::NameTaken => Err(ViewError::NameTaken),
        ViewKept::NotThere => Err(ViewError::NotThere),
    }
}
