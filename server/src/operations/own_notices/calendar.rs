//! The secret address of a person's calendar: made, made anew, and taken away.

use super::{CalendarError, NoticeContext};
use crate::config::CalendarContent;
use crate::entropy::Entropy;
use crate::operations::Context;
use crate::person::Person;
use crate::store::StoreError;
use domain::audit::{AuditAction, AuditOutcome};
use domain::notices::CalendarKey;

/// The key is shown once: its digest is what is kept. An earlier address is none from now on.
pub(crate) async fn make(
    notices: &NoticeContext,
    person: &Person,
    entropy: &dyn Entropy,
) -> Result<CalendarKey, CalendarError> {
    if notices.settings.calendar == CalendarContent::Off || notices.context.inventory_every.is_none() {
        return Err(CalendarError::Off);
    }
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    let key = CalendarKey::new(bytes);
    let entry = person.audit(notices.context.now(), AuditAction::CalendarMade, AuditOutcome::Recorded);
    notices.context.tenant.store.make_calendar(person.viewer.object_id, &key.digest(), &entry).await?;
    Ok(key)
}

/// Nothing happens where there is none.
pub(crate) async fn revoke(context: &Context, person: &Person) -> Result<(), StoreError> {
    let entry = person.audit(context.now(), AuditAction::CalendarRevoked, AuditOutcome::Recorded);
    context.tenant.store.revoke_calendar(person.viewer.object_id, Some(&entry)).await?;
    Ok(())
}
