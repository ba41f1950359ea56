//! What a notice says is looked at once more before it is sent.

use crate::store::{StoreError, TenantStore};
use domain::notices::{Audience, EndingApp, EndingFacts, Notice, NoticeFacts, audiences_of};
use time::OffsetDateTime;

/// The notice as far as it still holds and is still for this audience, by the inventory of now. `None`: nothing of it.
pub(super) async fn recheck(
    store: &TenantStore,
    notice: Notice,
    now: OffsetDateTime,
) -> Result<Option<Notice>, StoreError> {
    let NoticeFacts::Ending(ending) = &notice.facts else { return Ok(Some(notice)) };
    let mut apps = vec![];
    for app in &ending.apps {
        let Some(row) = store.inventory_object(app.subject).await? else { continue };
        let is_theirs = audiences_of(&row.object).contains(&notice.audience) || notice.audience == Audience::Admins;
        if row.gone_at.is_none() && is_theirs {
            apps.extend(EndingApp::of(&row.object, now));
        }
    }
    let dropped = u32::try_from(ending.apps.len() - apps.len()).unwrap_or(u32::MAX);
    let total = ending.total.saturating_sub(dropped);
    let read_at = store.inventory_state().await?.and_then(|state| state.complete_from).unwrap_or(ending.read_at);
    let facts = EndingFacts::new(apps, read_at).map(|facts| EndingFacts { total, ..facts });
    Ok(facts.map(|facts| Notice { facts: NoticeFacts::Ending(facts), ..notice }))
}
