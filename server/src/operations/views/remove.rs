//! Forgets a view.

use super::{ViewError, audited, own};
use crate::operations::Context;
use crate::person::Person;
use domain::inventory::ViewAct;
use uuid::Uuid;

/// What has gone meanwhile is no error.
pub(crate) async fn handle(context: &Context, person: &Person, id: Uuid) -> Result<(), ViewError> {
    let view = own(context, person, id).await?;
    let entry = audited(context, person, view.whose, ViewAct::Removed, view.name);
    context.tenant.store.remove_view((id, view.whose), entry.as_ref()).await?;
    Ok(())
}
