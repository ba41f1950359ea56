//! What a notice says is looked at once more before it is sent.

use super::recipients::Recipients;
use crate::store::{StoreError, TenantStore};
use domain::notices::{Audience, EndingApp, EndingFacts, Notice, NoticeFacts};
use time::OffsetDateTime;

/// The notice as far as it still holds, is still for this audience and nobody has acknowledged it, by the inventory of now.
/// `None`: nothing of it.
pub(super) async fn recheck(
    store: &TenantStore,
    recipients: &Recipients,
    notice: Notice,
    now: OffsetDateTime,
) -> Result<Option<Notice>, StoreError> {
    let NoticeFacts::Ending(ending) = &notice.facts else { return Ok(Some(notice)) };
    let subjects: Vec<_> = ending.apps.iter().map(|app| app.subject).collect();
    let known = store.acknowledgements(&subjects, now).await?;
    // Only to teams and their members, and in place of mailboxes for what is theirs.
    let looks = match notice.audience {
        Audience::Team(_) | Audience::Unowned => true,
        Audience::Person(_) => recipients.tell_members(),
        Audience::Admins | Audience::Channel(_) => false,
    };
    let recipients = if looks { &recipients.as_of(store, now).await? } else { recipients };
    let mut apps = vec![];
    for app in &ending.apps {
        let Some(row) = store.inventory_object(app.subject).await? else { continue };
        let is_theirs =
            recipients.audiences_of(&row.object).contains(&notice.audience) || notice.audience == Audience::Admins;
        if row.gone_at.is_none() && is_theirs {
            let quieted = |app: &EndingApp| known.get(&app.subject).is_some_and(|known| known.quiets(app, now));
            apps.extend(EndingApp::of(&row.object, now).filter(|app| !quieted(app)));
        }
    }
    let dropped = u32::try_from(ending.apps.len() - apps.len()).unwrap_or(u32::MAX);
    let total = ending.total.saturating_sub(dropped);
    let read_at = store.inventory_state().await?.and_then(|state| state.complete_from).unwrap_or(ending.read_at);
    let facts = EndingFacts::new(apps, read_at).map(|facts| EndingFacts { total, ..facts });
    Ok(facts.map(|facts| Notice { facts: NoticeFacts::Ending(facts), ..notice }))
}
