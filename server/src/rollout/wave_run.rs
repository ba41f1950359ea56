//! The apps of one wave, several at a time.

use crate::jobs::{self, Lease};
use crate::person::TokenProvider;
use crate::rollout::app_context::WaveContext;
use crate::rollout::app_end::AppEnd;
use crate::rollout::app_task;
use crate::rollout::blocked::Blocked;
use crate::rollout::concurrency_limit::ConcurrencyLimit;
use crate::rollout::context::Rollout;
use crate::rollout::due_apps::DueApps;
use crate::rollout::reader::Reader;
use crate::rollout::sightings::Sightings;
use crate::rollout::watched::Watched;
use crate::store::{Run, StoreError};
use domain::rollout::{Ended, RolloutPlan};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// While nothing happens, how long until a person's word is looked for again.
const LISTEN: Duration = Duration::from_millis(500);
/// While apps begin and end, how often it is looked for.
const LOOK: Duration = Duration::from_millis(100);

/// Why no further app is begun.
pub(super) enum Halt {
    NeedsSignIn {
        request_id: Option<String>,
    },
    /// Too many apps did not end well.
    Rate(Ended),
    Store(StoreError),
    Stopping,
    /// A person moved the push, or it is over.
    Moved,
}

/// Which apps are begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaveScope {
    /// Those that were cut off, then those of the wave whose turn has not come.
    WholeWave,
    /// Only those that were cut off.
    CutOff,
}

/// A wave under way in this process.
pub(super) struct WaveRun<'a> {
    context: Arc<WaveContext>,
    plan: &'a RolloutPlan,
    lease: &'a Lease,
    scope: WaveScope,
    due: DueApps,
    at_work: JoinSet<AppEnd>,
    /// Of the whole push.
    ended: Ended,
    limit: ConcurrencyLimit,
    halt: Option<Halt>,
    /// Tells the apps that nothing further is begun.
    halts: watch::Sender<bool>,
    /// When a person's word was last looked for.
    looked: Instant,
}

/// What a wave waits for.
enum Event {
    Ended(AppEnd),
    /// Some apps were read back as planned.
    ReadBack,
    /// An app waits for another push, or does not any more.
    Blocked,
    /// There may be room in Graph's limits, or a person's word.
    Time,
    Stopping,
    /// No app is at work, and none is due.
    AllEnded,
}

impl<'a> WaveRun<'a> {
    pub(super) async fn new(
        rollout: &Arc<Rollout>,
        run: &Arc<Run>,
        plan: &'a RolloutPlan,
        lease: &'a Lease,
        tokens: Arc<dyn TokenProvider>,
        scope: WaveScope,
    ) -> Result<Self, StoreError> {
        let (store, settings) = (rollout.store.of(run.tenant), &rollout.settings);
        let cut_off = store.in_writing(run.id).await?;
        let counts = store.counts(run.id).await?;
        let left = if scope == WaveScope::WholeWave { plan.left(run.wave, &counts) } else { 0 };
        let due = DueApps::new(store.clone(), run.id, cut_off, left);
        // Nobody else's read will come to join that of a single app.
        let together = if due.count() == 1 { 1 } else { settings.apps_in_one_read };
        let reader = Reader::start(rollout.graph.clone(), Arc::clone(&tokens), together);
        let (halts, halted) = watch::channel(false);
        let context = WaveContext {
            rollout: Arc::clone(rollout),
            run: Arc::clone(run),
            store,
            tokens,
            reader,
            sightings: Sightings::start(Arc::clone(&rollout.observer), run.tenant),
            watched: Watched::default(),
            blocked: Blocked::default(),
            halts: halted,
        };
        Ok(Self {
            context: Arc::new(context),
            plan,
            lease,
            scope,
            due,
            at_work: JoinSet::new(),
            ended: plan.ended(&counts),
            limit: ConcurrencyLimit::new(settings.parallel_apps),
            halt: None,
            halts,
            looked: Instant::now(),
        })
    }

    /// Until all have ended, or until it halts and those that are at work have ended.
    pub(super) async fn run(mut self) -> Result<Option<Halt>, StoreError> {
        loop {
            self.look_for_a_word().await;
            let full_until = self.fill().await?;
            if self.only_waits_for_others() {
                jobs::rest();
            }
            let event = self.wait(full_until).await;
            if !self.only_waits_for_others() {
                jobs::resume().await;
            }
            match event {
                Event::Ended(end) => self.hear(end),
                Event::ReadBack => self.limit.read_back(self.context.watched.take_fresh()),
                Event::Time | Event::Blocked => {}
                Event::Stopping => self.halt_for(Halt::Stopping),
                Event::AllEnded => {
                    self.context.sightings.noted().await;
                    return Ok(self.halt);
                }
            }
        }
    }

    fn halt_for(&mut self, halt: Halt) {
        self.halt.get_or_insert(halt);
    }

    /// Halts where a person moved the push meanwhile, or where it is no longer this process' to go on with.
    async fn look_for_a_word(&mut self) {
        if self.halt.is_none() && self.looked.elapsed() >= LOOK {
            self.halt = self.moved().await;
            self.looked = Instant::now();
        }
        if self.halt.is_some() {
            self.halts.send_replace(true);
        }
    }

    /// Whether the run is no longer this process' to go on with as it was when it began.
    async fn moved(&self) -> Option<Halt> {
        let WaveContext { rollout, run, store, .. } = self.context.as_ref();
        if rollout.notifier.is_stopping() {
            return Some(Halt::Stopping);
        }
        let asked = async {
            self.lease.check().await?;
            store.run(run.id).await
        };
        match asked.await {
            Ok(Some(now)) if now.state == run.state && now.finished_at.is_none() => None,
            Ok(_) => Some(Halt::Moved),
            Err(error) => Some(Halt::Store(error)),
        }
    }

    /// Begins as many apps as may be at work at once. Answers until when Graph's limits have no room for the next one, where
    /// that is what it waits for.
    async fn fill(&mut self) -> Result<Option<Instant>, StoreError> {
        while self.halt.is_none() && self.at_work.len() < self.most_at_work() {
            // An app that has begun has been read. It would wait for its write until that read is old.
            if self.due.next_is_new().await?
                && let Some(full_until) = self.full_until()
            {
                return Ok(Some(full_until));
            }
            let Some(work) = self.due.take() else { break };
            let WaveContext { rollout, run, .. } = self.context.as_ref();
            rollout.notifier.reads(run.id, work.position, true);
            self.at_work.spawn(app_task::work_on(Arc::clone(&self.context), work));
        }
        Ok(None)
    }

    fn most_at_work(&self) -> usize {
        let most = self.context.rollout.settings.parallel_apps.max(1);
        most.min(self.limit.now() + self.context.watched.now())
    }

    /// Until when Graph's limits have no room for what one more app needs first: a read and a write. Apps that have begun
    /// and have not written yet come before it.
    fn full_until(&self) -> Option<Instant> {
        let WaveContext { rollout, run, .. } = self.context.as_ref();
        let begun = rollout.notifier.reading(run.id).len();
        rollout.graph.full_until(u32::try_from(begun + 1).unwrap_or(u32::MAX))
    }

    /// Each app that was begun waits until another push has left it.
    fn only_waits_for_others(&self) -> bool {
        !self.at_work.is_empty() && self.context.blocked.now() == self.at_work.len()
    }

    async fn wait(&mut self, full_until: Option<Instant>) -> Event {
        let look = Instant::now() + LISTEN;
        let WaveContext { rollout, watched, blocked, .. } = self.context.as_ref();
        tokio::select! {
            joined = self.at_work.join_next(), if !self.at_work.is_empty() || full_until.is_none() => {
                joined.map_or(Event::AllEnded, |joined| Event::Ended(joined.unwrap_or(AppEnd::Stopped)))
            }
            () = watched.changed() => Event::ReadBack,
            () = blocked.changed() => Event::Blocked,
            () = tokio::time::sleep_until(full_until.map_or(look, |ready| ready.min(look))) => Event::Time,
            () = rollout.notifier.stopped(), if full_until.is_some() => Event::Stopping,
        }
    }

    fn hear(&mut self, end: AppEnd) {
        match end {
            AppEnd::Recorded(outcome) => {
                self.ended.add(outcome);
                self.limit.ended(outcome);
                if self.scope == WaveScope::WholeWave && self.plan.halts(self.ended) {
                    self.halt_for(Halt::Rate(self.ended));
                }
            }
            AppEnd::NeedsSignIn { request_id } => self.halt_for(Halt::NeedsSignIn { request_id }),
            AppEnd::Stopped => self.halt_for(Halt::Stopping),
            AppEnd::NotRecorded(error) => self.halt_for(Halt::Store(error)),
        }
        self.context.rollout.notifier.changed();
    }
}
