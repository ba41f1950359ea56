//! Assigns an item, puts it aside, or brings it back: for everybody who sees it.

use super::object::{ObjectError, people, visible};
use crate::operations::Context;
use crate::person::Person;
use crate::store::StoreError;
use app::contract::inventory::ItemAsk;
use domain::audit::{AuditAction, AuditOutcome};
use domain::inventory::{Decision, InventoryObject, Item, Reason, ReasonError, SnoozeEnd, SnoozeError};
use time::OffsetDateTime;

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecideError {
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error("{0}")]
    Reason(#[from] ReasonError),
    #[error("{0}")]
    Snooze(#[from] SnoozeError),
    #[error("only owners of the object, and who asks, can be given it")]
    NoSuchPerson,
    #[error("the object does not need somebody for this reason")]
    NotSo,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(context: &Context, person: &Person, item: Item, ask: &ItemAsk) -> Result<(), DecideError> {
    let object = visible(context, person, item.subject).await?.object;
    let now = context.now();
    let decision = decision(person, &object, ask, now)?;
    let mut entry = person.audit(now, AuditAction::Item(decision.act()), AuditOutcome::Recorded);
    entry.row.app_name = Some(object.name.clone());
    entry.row.object_id = Some(item.subject.id);
    entry.row.detail = detail(item, &decision);
    if context.tenant.store.decide_item(item, &decision, &entry).await? { Ok(()) } else { Err(DecideError::NotSo) }
}

fn decision(
    person: &Person,
    object: &InventoryObject,
    ask: &ItemAsk,
    now: OffsetDateTime,
) -> Result<Decision, DecideError> {
    Ok(match ask {
        ItemAsk::Assign(id) => {
            let found = people(person, object).into_iter().find(|(known, _)| known == id);
            let (id, name) = found.ok_or(DecideError::NoSuchPerson)?;
            // As others read it.
            let name = if id == person.viewer.object_id { person.viewer.name.clone() } else { name };
            Decision::Assign { id, name }
        }
        ItemAsk::Snooze { until, reason } => {
            let until = SnoozeEnd::new(until.midnight().assume_utc(), now)?;
            let reason: Option<Reason> =
                Some(reason).filter(|text| !text.is_empty()).map(|text| text.parse()).transpose()?;
            Decision::Snooze { until, reason }
        }
        ItemAsk::Accept { reason } => Decision::Accept { reason: reason.parse()? },
        ItemAsk::Reopen => Decision::Reopen,
    })
}

/// `no-owner: until 2026-12-24, the team is on leave`
fn detail(item: Item, decision: &Decision) -> String {
    let said = match decision {
        Decision::Assign { name, .. } => format!("to {name}"),
        Decision::Snooze { until, reason: Some(reason) } => {
            format!("until {}, {}", until.time().date(), reason.as_str())
        }
        Decision::Snooze { until, reason: None } => format!("until {}", until.time().date()),
        Decision::Accept { reason } => reason.as_str().to_owned(),
        Decision::Reopen => return item.kind.to_string(),
    };
    format!("{}: {said}", item.kind)
}
