//! Says that somebody knows of an end: nobody is reminded of it, for everybody who sees it.

use super::{NothingEnds, ending};
use crate::operations::Context;
use crate::operations::inventory::object::{ObjectError, visible};
use crate::person::Person;
use crate::store::StoreError;
use app::contract::own_notices::AcknowledgeAsk;
use domain::audit::{AuditAction, AuditOutcome};
use domain::inventory::{Reason, ReasonError};
use domain::notices::{AcknowledgedInThePast, Acknowledgement};

/// Why nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AcknowledgeEndError {
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Nothing(#[from] NothingEnds),
    /// What the person saw is not what there is: it was renewed in part, for instance.
    #[error("another end is the next one now")]
    AnotherEnd,
    #[error("{0}")]
    Past(#[from] AcknowledgedInThePast),
    #[error("{0}")]
    Reason(#[from] ReasonError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    ask: &AcknowledgeAsk,
) -> Result<(), AcknowledgeEndError> {
    let object = visible(context, person, ask.subject).await?.object;
    let now = context.now();
    let app = ending(&object, now)?;
    if app.ends_at.unix_timestamp() != ask.ends_at.unix_timestamp() {
        return Err(AcknowledgeEndError::AnotherEnd);
    }
    let reason: Option<Reason> = (!ask.reason.is_empty()).then(|| ask.reason.parse()).transpose()?;
    let asked = ask.until.map(|day| day.midnight().assume_utc());
    let known = Acknowledgement {
        ends_at: app.ends_at,
        person: person.viewer.object_id,
        who: person.viewer.name.clone(),
        at: now,
        until: Acknowledgement::end(asked, app.ends_at, now)?,
        reason,
    };
    let mut entry = person.audit(now, AuditAction::EndAcknowledged, AuditOutcome::Recorded);
    entry.row.app_name = Some(object.name);
    entry.row.object_id = Some(ask.subject.id);
    let said = known.reason.as_ref().map(|reason| format!(", {}", reason.as_str())).unwrap_or_default();
    entry.row.detail = format!("The end on {}: until {}{said}", app.ends_at.date(), known.until.date());
    Ok(context.tenant.store.acknowledge_end(ask.subject, &known, &entry).await?)
}
