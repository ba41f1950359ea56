//! What ends of what the person sees and people are reminded of, their hours, and their calendar.

use super::NoticeContext;
use crate::config::CalendarContent;
use crate::operations::sight::Sight;
use crate::person::Person;
use crate::store::{InventoryQuery, StoreError, TenantStore, Within};
use app::contract::own_notices as shown;
use app::contract::paging::{PAGE_SIZE, Page};
use domain::inventory::AttentionKind;
use domain::notices::EndingApp;
use std::collections::HashSet;
use time::OffsetDateTime;

/// Objects of each reason that are looked at for one page. What is beyond is in the inventory.
const MOST: u64 = 500;

/// `page`: of what ends, from 1.
pub(crate) async fn handle(
    notices: &NoticeContext,
    person: &Person,
    page: u32,
) -> Result<shown::OwnNotices, StoreError> {
    let (context, store, now) = (&notices.context, &notices.context.tenant.store, notices.context.now());
    let me = person.viewer.object_id;
    let mut endings = None;
    if context.inventory_every.is_some() {
        let sight = Sight::of(context, person).await;
        let (apps, is_cut) = apps(store, sight.within(), now).await?;
        endings = Some(shown::Endings {
            page: listed(store, apps, page.max(1), now).await?,
            is_cut,
            read_at: store.inventory_state().await?.and_then(|state| state.complete_from),
        });
    }
    let calendar = match notices.settings.calendar {
        CalendarContent::Counts | CalendarContent::Names if context.inventory_every.is_some() => {
            let row = store.calendar(me, now).await?;
            Some(shown::CalendarView {
                names: notices.settings.calendar == CalendarContent::Names,
                made: row.map(|row| shown::CalendarMade {
                    at: row.made_at,
                    expires_at: row.expires_at,
                    fetched_at: row.fetched_at,
                }),
            })
        }
        _ => None,
    };
    Ok(shown::OwnNotices {
        endings,
        hours: store.notice_hours(me).await?,
        portal_hour: notices.settings.hour,
        calendar,
        may_decide: person.viewer.may_push(),
        is_on: notices.book.is_on().await?,
    })
}

/// The soonest first, each once; and whether there are more.
async fn apps(
    store: &TenantStore,
    within: Option<&Within>,
    now: OffsetDateTime,
) -> Result<(Vec<EndingApp>, bool), StoreError> {
    let (mut apps, mut seen, mut is_cut) = (vec![], HashSet::new(), false);
    for attention in [AttentionKind::ExpiredAlone, AttentionKind::EndsWithin7Days, AttentionKind::EndsWithin30Days] {
        let query = InventoryQuery {
            within: within.cloned(),
            attention: Some(attention),
            take: MOST,
            ..InventoryQuery::default()
        };
        let found = store.inventory(&query, now).await?;
        is_cut |= found.total > MOST;
        let found = found.items.iter().filter_map(|row| EndingApp::of(&row.object, now));
        apps.extend(found.filter(|app| seen.insert(app.subject)));
    }
    apps.sort_by(|a, b| (a.ends_at, &a.name, a.subject.id).cmp(&(b.ends_at, &b.name, b.subject.id)));
    Ok((apps, is_cut))
}

async fn listed(
    store: &TenantStore,
    apps: Vec<EndingApp>,
    page: u32,
    now: OffsetDateTime,
) -> Result<Page<shown::EndingView>, StoreError> {
    let total = apps.len();
    let skip = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(PAGE_SIZE);
    let here: Vec<EndingApp> = apps.into_iter().skip(skip).take(PAGE_SIZE).collect();
    let subjects: Vec<_> = here.iter().map(|app| app.subject).collect();
    let mut known = store.acknowledgements(&subjects, now).await?;
    let items = here.into_iter().map(|app| {
        let known = known.remove(&app.subject).filter(|known| known.quiets(&app, now));
        shown::EndingView { app, known }
    });
    let has_next = total > skip.saturating_add(PAGE_SIZE);
    Ok(Page { items: items.collect(), page, has_next, total: u64::try_from(total).ok() })
}
