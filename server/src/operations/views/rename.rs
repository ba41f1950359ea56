//! Gives a view another name.

use super::{ViewError, audited, done, own};
use crate::operations::Context;
use crate::person::Person;
use domain::inventory::{ViewAct, ViewName};
use uuid::Uuid;

pub(crate) async fn handle(context: &Context, person: &Person, id: Uuid, name: &str) -> Result<(), ViewError> {
    let view = own(context, person, id).await?;
    let name: ViewName = name.parse()?;
    let detail = format!("{}: {}", view.name, name.as_str());
    let entry = audited(context, person, view.whose, ViewAct::Renamed, detail);
    done(context.tenant.store.rename_view((id, view.whose), &name, entry.as_ref()).await?)
}
