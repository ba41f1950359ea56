//! Writes the day's digests: what ends, for each person who owns some of it.

use super::book::ChannelBook;
use super::hours::LocalHours;
use super::recipients::Recipients;
use crate::clock::Clock;
use crate::store::{InventoryQuery, InventoryRow, StoreError, TenantStore};
use domain::credentials::Subject;
use domain::ids::ObjectId;
use domain::inventory::AttentionKind;
use domain::notices::{Alarm, AlarmFacts, Audience, EndingApp, EndingFacts, EndingStep, Notice, NoticeFacts};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// An inventory that is older says too little of today.
const TOO_OLD: Duration = Duration::days(3);

#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What would be told to whom, now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DueNotices {
    /// When the directory was read. `None`: it was not, or too long ago.
    pub read_at: Option<OffsetDateTime>,
    pub digests: BTreeMap<Audience, Vec<EndingApp>>,
    /// Of people, as the directory names them.
    pub names: HashMap<ObjectId, String>,
}

/// Makes digests of one directory.
pub struct Planner {
    book: ChannelBook,
    store: TenantStore,
    clock: Arc<dyn Clock>,
    recipients: Recipients,
}

impl Planner {
    pub fn new(book: ChannelBook, clock: Arc<dyn Clock>, recipients: Recipients) -> Self {
        Self { store: book.store().clone(), book, clock, recipients }
    }

    /// From a person's own morning on, and for everybody else from the hour of the settings on, once a day: a digest that is
    /// there already is not written again. Answers how many were. Without a channel nothing is written.
    pub async fn run(&self) -> Result<u32, PlanError> {
        if !self.book.is_on().await? {
            return Ok(0);
        }
        let now = self.clock.now();
        let is_day = now.hour() >= self.book.settings().hour;
        if is_day {
            self.alarm(now).await?;
        }
        let hours = self.hours().await?;
        let own = |audience: &Audience| own_hours(&hours, audience);
        if !is_day && !hours.values().any(|hours| hours.is_morning(now)) {
            return Ok(0);
        }
        let planned = self.look_with(&hours, now).await?;
        let Some(read_at) = planned.read_at else { return Ok(0) };
        let mut written = 0;
        for (audience, apps) in planned.digests {
            if !own(&audience).map_or(is_day, |hours| hours.is_morning(now)) {
                continue;
            }
            let Some(facts) = EndingFacts::new(apps.clone(), read_at) else { continue };
            let about = own(&audience).map_or(now, |hours| hours.local(now)).date().to_string();
            let notice = Notice::new(self.store.tenant(), audience, NoticeFacts::Ending(facts), &about, now);
            written += u32::from(self.store.post_digest(&notice, &apps, now).await?);
        }
        Ok(written)
    }

    /// What [`Self::run`] would write now, whatever the hour is.
    pub async fn look(&self, now: OffsetDateTime) -> Result<DueNotices, PlanError> {
        self.look_with(&self.hours().await?, now).await
    }

    /// Of people who have said when they want to be told.
    async fn hours(&self) -> Result<HashMap<ObjectId, LocalHours>, PlanError> {
        let all = self.store.all_notice_hours().await?.into_iter();
        let found = all.filter_map(|(person, hours)| match LocalHours::of(&hours) {
            Ok(hours) => Some((person, hours)),
            Err(error) => {
                tracing::warn!(%person, %error, "a person is told by the hours of the portal");
                None
            }
        });
        Ok(found.collect())
    }

    async fn look_with(
        &self,
        hours: &HashMap<ObjectId, LocalHours>,
        now: OffsetDateTime,
    ) -> Result<DueNotices, PlanError> {
        let state = self.store.inventory_state().await?;
        let read_at = state.and_then(|state| state.complete_from).filter(|at| now - *at < TOO_OLD);
        if read_at.is_none() {
            return Ok(DueNotices::default());
        }
        let recipients = self.recipients.as_of(&self.store, now).await?;
        let mut digests: BTreeMap<Audience, Vec<EndingApp>> = BTreeMap::new();
        let mut names = recipients.names().clone();
        let mut seen = HashSet::new();
        for attention in [AttentionKind::ExpiredAlone, AttentionKind::EndsWithin7Days, AttentionKind::EndsWithin30Days]
        {
            let query = InventoryQuery { attention: Some(attention), take: u64::MAX, ..InventoryQuery::default() };
            let take = |row: InventoryRow| {
                let Some(app) = EndingApp::of(&row.object, now).filter(|app| seen.insert(app.subject)) else {
                    return;
                };
                for audience in recipients.audiences_of(&row.object) {
                    digests.entry(audience).or_default().push(app.clone());
                }
                let owners = row.object.owners.known().map_or(&[][..], |owners| &owners.listed);
                names.extend(owners.iter().filter_map(|owner| Some((owner.id, owner.name.clone()?))));
            };
            // By one statement: between two pages something may come, and move what is not seen yet to the one before.
            self.store.each_in_inventory(&query, now, take).await?;
        }
        let subjects: Vec<Subject> = seen.into_iter().collect();
        let known = self.store.acknowledgements(&subjects, now).await?;
        for (audience, apps) in &mut digests {
            let local = |at| own_hours(hours, audience).map_or(at, |hours| hours.local(at));
            let told = self.store.told_of_ends(audience).await?;
            apps.retain(|app| {
                let last = told.get(&app.subject).filter(|(end, _)| *end == app.ends_at).map(|(_, at)| local(*at));
                let is_known = known.get(&app.subject).is_some_and(|known| known.quiets(app, now));
                !is_known && EndingStep::is_news(app.ends_at, last, local(now))
            });
        }
        digests.retain(|_, apps| !apps.is_empty());
        Ok(DueNotices { read_at, digests, names })
    }

    /// A directory that was read once and is not any more is told, once a day. One that was never read is no news.
    async fn alarm(&self, now: OffsetDateTime) -> Result<(), PlanError> {
        let complete = self.store.inventory_state().await?.and_then(|state| state.complete_at);
        if let Some(since) = complete.filter(|at| now - *at >= TOO_OLD) {
            let facts = NoticeFacts::Alarm(AlarmFacts { alarm: Alarm::InventoryStopped, since, what: None });
            let about = format!("inventory {}", now.date());
            let notice = Notice::new(self.store.tenant(), Audience::Admins, facts, &about, now);
            self.store.post_notice(&notice, now).await?;
        }
        Ok(())
    }
}

/// Of a person who has said when they want to be told.
fn own_hours<'h>(hours: &'h HashMap<ObjectId, LocalHours>, audience: &Audience) -> Option<&'h LocalHours> {
    match audience {
        Audience::Person(id) => hours.get(id),
        Audience::Team(_) | Audience::Admins | Audience::Unowned | Audience::Channel(_) => None,
    }
}
