//! Says when a person wants to be told.

use crate::notices::NoSuchZone;
use crate::notices::hours::LocalHours;
use crate::operations::Context;
use crate::person::Person;
use crate::store::StoreError;
use domain::notices::NoticeHours;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HoursError {
    #[error(transparent)]
    Zone(#[from] NoSuchZone),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `None`: by the hours of the portal.
pub(crate) async fn handle(context: &Context, person: &Person, hours: Option<&NoticeHours>) -> Result<(), HoursError> {
    if let Some(hours) = hours {
        LocalHours::of(hours)?;
    }
    Ok(context.tenant.store.set_notice_hours(person.viewer.object_id, hours, context.now()).await?)
}
