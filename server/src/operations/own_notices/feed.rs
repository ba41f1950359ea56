//! What is in a person's calendar: ends of what they look after now, whatever they did when they made it.

use super::NoticeContext;
use crate::config::CalendarContent;
use crate::notices::calendar::CalendarFacts;
use crate::notices::hours::LocalHours;
use crate::operations::sight;
use crate::store::{Held, InventoryCredential, InventoryQuery, InventorySort, StoreError, Within};
use domain::ids::ObjectId;
use domain::inventory::filter::{Days, Ends};
use domain::notices::{CALENDAR_AHEAD, CALENDAR_PAST, CalendarDay};
use domain::teams::{Membership, Team};
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime};

/// Ends that are read for one calendar.
const MOST_ENDS: u64 = 2_000;

/// `None` where the configuration has no calendars any more.
pub(crate) async fn handle(notices: &NoticeContext, person: ObjectId) -> Result<Option<CalendarFacts>, StoreError> {
    if notices.settings.calendar == CalendarContent::Off || notices.context.inventory_every.is_none() {
        return Ok(None);
    }
    let (store, now) = (&notices.context.tenant.store, notices.context.now());
    let hours = store.notice_hours(person).await?.and_then(|hours| LocalHours::of(&hours).ok());
    let names = notices.settings.calendar == CalendarContent::Names;
    let first = now - Duration::days(CALENDAR_PAST);
    let days = u16::try_from(CALENDAR_PAST + CALENDAR_AHEAD).ok().and_then(Days::new);
    let query = InventoryQuery {
        within: Some(within(notices, person).await?),
        ends: days.map(Ends::Within),
        sort: InventorySort::End,
        take: MOST_ENDS,
        ..InventoryQuery::default()
    };
    let found = store.inventory_credentials(&query, first).await?;
    let is_cut = found.total > MOST_ENDS;
    let local = |at: OffsetDateTime| hours.as_ref().map_or(at, |hours| hours.local(at)).date();
    Ok(Some(CalendarFacts {
        tenant: store.tenant(),
        person,
        days: by_day(found.items, local),
        read_at: store.inventory_state().await?.and_then(|state| state.complete_from),
        is_cut,
        names,
    }))
}

/// What they own, and what teams look after that name them, or whose group has them. There is no token of theirs here: a group counts
/// as the background has read it, where that is not too old.
async fn within(notices: &NoticeContext, person: ObjectId) -> Result<Within, StoreError> {
    let context = &notices.context;
    let groups = match context.group_members_for {
        Some(age) => Some(context.tenant.store.groups_with(person, context.now() - age).await?),
        None => None,
    };
    let is_theirs = |team: &&Team| team.membership(person, groups.as_deref()) == Membership::Member;
    let theirs = context.requests.teams.iter().filter(is_theirs).collect();
    Ok(sight::within(context, person, theirs).await)
}

fn by_day(found: Vec<InventoryCredential>, local: impl Fn(OffsetDateTime) -> Date) -> BTreeMap<Date, CalendarDay> {
    let mut days: BTreeMap<Date, CalendarDay> = BTreeMap::new();
    for InventoryCredential { row, held } in found {
        let (end, is_certificate) = match held {
            Held::Certificate(held) => (held.end, true),
            Held::Secret(held) => (held.end, false),
            Held::Federated(_) => continue,
        };
        let Some(end) = end else { continue };
        let day = days.entry(local(end)).or_default();
        let count = if is_certificate { &mut day.certificates } else { &mut day.secrets };
        *count = count.saturating_add(1);
        let object = row.object;
        let name = if object.name.is_empty() { object.subject.id.to_string() } else { object.name };
        day.apps.insert(object.subject.id.uuid(), name);
    }
    days
}
