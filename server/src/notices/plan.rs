//! Writes the day's digests: what ends, for each person who owns some of it.

use crate::clock::Clock;
use crate::config::NoticeSettings;
use crate::store::{InventoryQuery, StoreError, TenantStore};
use domain::inventory::AttentionKind;
use domain::notices::{
    Alarm, AlarmFacts, Audience, EndingApp, EndingFacts, EndingStep, Notice, NoticeFacts, audiences_of,
};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// Objects that are read from the store at once.
const PAGE: u64 = 500;
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
}

/// Makes digests of one directory.
pub struct Planner {
    store: TenantStore,
    clock: Arc<dyn Clock>,
    settings: Arc<NoticeSettings>,
}

impl Planner {
    pub fn new(store: TenantStore, clock: Arc<dyn Clock>, settings: Arc<NoticeSettings>) -> Self {
        Self { store, clock, settings }
    }

    /// From the hour of the settings on, once a day: a digest that is there already is not written again. Answers how many
    /// were.
    pub async fn run(&self) -> Result<u32, PlanError> {
        let now = self.clock.now();
        if now.hour() < self.settings.hour {
            return Ok(0);
        }
        self.alarm(now).await?;
        let planned = self.look(now).await?;
        let Some(read_at) = planned.read_at else { return Ok(0) };
        let mut written = 0;
        for (audience, apps) in planned.digests {
            let Some(facts) = EndingFacts::new(apps.clone(), read_at) else { continue };
            let about = now.date().to_string();
            let notice = Notice::new(self.store.tenant(), audience, NoticeFacts::Ending(facts), &about, now);
            written += u32::from(self.store.post_digest(&notice, &apps, now).await?);
        }
        Ok(written)
    }

    /// What [`Self::run`] would write now, whatever the hour is.
    pub async fn look(&self, now: OffsetDateTime) -> Result<DueNotices, PlanError> {
        let state = self.store.inventory_state().await?;
        let read_at = state.and_then(|state| state.complete_from).filter(|at| now - *at < TOO_OLD);
        if read_at.is_none() {
            return Ok(DueNotices::default());
        }
        let mut digests: BTreeMap<Audience, Vec<EndingApp>> = BTreeMap::new();
        let mut seen = HashSet::new();
        for attention in [AttentionKind::ExpiredAlone, AttentionKind::EndsWithin7Days, AttentionKind::EndsWithin30Days]
        {
            let mut skip = 0;
            loop {
                let query =
                    InventoryQuery { attention: Some(attention), skip, take: PAGE, ..InventoryQuery::default() };
                let page = self.store.inventory(&query, now).await?;
                skip += PAGE;
                for row in &page.items {
                    let Some(app) = EndingApp::of(&row.object, now).filter(|app| seen.insert(app.subject)) else {
                        continue;
                    };
                    for audience in audiences_of(&row.object) {
                        digests.entry(audience).or_default().push(app.clone());
                    }
                }
                if skip >= page.total {
                    break;
                }
            }
        }
        for (audience, apps) in &mut digests {
            let told = self.store.told_of_ends(audience).await?;
            apps.retain(|app| {
                let last = told.get(&app.subject).filter(|(end, _)| *end == app.ends_at).map(|(_, at)| *at);
                EndingStep::is_news(app.ends_at, last, now)
            });
        }
        digests.retain(|_, apps| !apps.is_empty());
        Ok(DueNotices { read_at, digests })
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
