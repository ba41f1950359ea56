use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::inventory::ItemAsk;
use crate::contract::problem::Problem;
use domain::credentials::{Subject, SubjectKind};
use domain::inventory::Item;
use views::route::Route;

/// `kind`, `object`: which one; `needs`: why it is looked at; `person`: who looks after it from now on.
pub async fn assign(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    decide(desk, fields, ItemAsk::Assign(fields.parsed("person", "person's object id")?)).await
}

/// As of [`assign`], but for `until`: a day such as `2026-12-24`; and `reason`, which may be empty.
pub async fn snooze(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let until = super::day(&fields.text("until"))?;
    decide(desk, fields, ItemAsk::Snooze { until, reason: fields.text("reason") }).await
}

/// As of [`assign`], but for `reason`.
pub async fn accept(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    decide(desk, fields, ItemAsk::Accept { reason: fields.text("reason") }).await
}

/// `kind`, `object`, `needs`.
pub async fn reopen(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    decide(desk, fields, ItemAsk::Reopen).await
}

async fn decide(desk: &dyn Desk, fields: &Fields, ask: ItemAsk) -> Result<Done, Problem> {
    let subject = subject(fields)?;
    let item = Item { subject, kind: fields.parsed("needs", "reason to look at an object")? };
    desk.decide_item(item, &ask).await?;
    Ok(Route::InventoryObject(subject.kind, subject.id).into())
}

/// `kind`, `object`; `change[]`: their numbers; `reason`: what they were.
pub async fn acknowledge(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let subject = subject(fields)?;
    let numbers = fields.all("change[]", "number of a change")?;
    desk.acknowledge_changes(subject, &numbers, &fields.text("reason")).await?;
    Ok(match subject.kind {
        SubjectKind::Application => Route::App(subject.id).into(),
        kind => Route::InventoryObject(kind, subject.id).into(),
    })
}

pub(super) fn subject(fields: &Fields) -> Result<Subject, Problem> {
    Ok(Subject { kind: fields.parsed("kind", "kind of object")?, id: fields.parsed("object", "object id")? })
}
