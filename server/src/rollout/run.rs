//! All apps of a push, wave by wave, as far as they can be gone on with. What is done is in the journal: this may end at any
//! moment, and begin again anywhere.

use crate::jobs::{HandedOver, Lease};
use crate::operations::DeskState;
use crate::person::TokenProvider;
use crate::rollout::one_app::{AppEnd, AppPush};
use crate::rollout::reader::Reader;
use crate::rollout::record::blank;
use crate::rollout::watched::Watched;
use crate::rollout::waves::{Course, Ended};
use crate::rollout::width::Width;
use crate::rollout::{record, words};
use crate::store::{OpenWork, Run, StoreError};
use app::contract::problem::Problem;
use app::contract::pushes::{AppStage, Outcome, ReceiptApp, RunState};
use domain::audit::{AuditAction, AuditOutcome};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// Apps that are read from the journal at once.
const AHEAD: usize = 32;
/// While nothing happens, how long until a person's word is looked for again.
const LISTEN: Duration = Duration::from_millis(500);
/// While apps begin and end, how often it is looked for.
const LOOK: Duration = Duration::from_millis(100);

impl DeskState {
    /// Works on a receipt until it is over, pauses, or the process is to stop. Does nothing where somebody else does.
    /// What fails is only logged: the receipt stays open, and is found again.
    pub(crate) async fn work_on(self: &Arc<Self>, receipt: Uuid) {
        let worked = async {
            let Some(lease) = self.leases.take(receipt).await? else { return Ok(()) };
            let Some(tenant) = self.store.tenant_of_run(receipt).await? else { return Ok(()) };
            let store = self.store.of(tenant);
            while let Some(run) = store.run(receipt).await? {
                let work = Work { state: Arc::clone(self), run: Arc::new(run), lease: &lease };
                if !work.goes_on().await? {
                    break;
                }
                self.board.changed();
            }
            Ok(())
        };
        let worked: Result<(), StoreError> = worked.await;
        if let Err(error) = worked {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, %receipt, "a push stopped half-way; it is gone on with later");
        }
    }

    /// Receipts to work on that no process has.
    pub(crate) async fn abandoned(&self) -> Result<Vec<Uuid>, StoreError> {
        let mut abandoned = vec![];
        for (_, receipt) in self.store.open_runs().await? {
            if !self.board.is_ours(receipt) && !self.leases.is_taken(receipt).await? {
                abandoned.push(receipt);
            }
        }
        Ok(abandoned)
    }
}

/// A run as it was found, and what that asks for.
struct Work<'a> {
    state: Arc<DeskState>,
    run: Arc<Run>,
    lease: &'a Lease,
}

/// Why no further app is begun.
enum Halt {
    SignIn(Problem),
    Rate(Ended),
    Store(StoreError),
    Stopping,
    /// A person moved it, or it is over.
    Moved,
}

impl Work<'_> {
    /// Whether there may be more to do: the run has to be looked at again.
    async fn goes_on(&self) -> Result<bool, StoreError> {
        match self.run.state {
            _ if self.run.finished_at.is_some() || self.state.board.is_stopping() => return Ok(false),
            RunState::Running => self.wave().await?,
            RunState::Cancelled => self.cancelled().await?,
            RunState::Paused | RunState::NeedsSignIn | RunState::Finished => return Ok(false),
        }
        Ok(self.run.state == RunState::Running)
    }

    /// One wave to its end, or until it halts. Each way out moves the run's state, unless somebody else did.
    async fn wave(&self) -> Result<(), StoreError> {
        let store = self.state.store.of(self.run.tenant);
        let course = Course::read(&self.run.pace)?;
        self.record_not_planned().await?;
        let Some(tokens) = self.tokens().await? else {
            return self.needs_sign_in(&Problem::signed_out()).await;
        };
        match self.apps(&course, tokens, true).await? {
            Some(Halt::Store(error)) => Err(error),
            Some(Halt::SignIn(problem)) => self.needs_sign_in(&problem).await,
            Some(Halt::Rate(ended)) => {
                let why = words::halted(course.since_accepted(ended), course.pace.halt_at);
                self.move_to(RunState::Paused, AuditAction::PushHalted, &why).await
            }
            Some(Halt::Stopping | Halt::Moved) => Ok(()),
            None if course.is_last(self.run.wave) => store.finish_run(self.run.id, self.state.clock.now()).await,
            None => {
                let why = course.pace.ask_between.then(|| words::wave_ended(self.run.wave, course.waves.len()));
                store.next_wave(self.run.id, self.run.wave + 1, why.map(Into::into).as_ref()).await
            }
        }
    }

    /// Several apps at a time: first those that were cut off, then, where `begin` says so, the others of the wave.
    async fn apps(
        &self,
        course: &Course,
        tokens: Arc<dyn TokenProvider>,
        begin: bool,
    ) -> Result<Option<Halt>, StoreError> {
        let receipt = self.run.id;
        let store = self.state.store.of(self.run.tenant);
        let mut unfinished: VecDeque<OpenWork> = store.in_writing(receipt).await?.into();
        let counts = store.counts(receipt).await?;
        let mut ended = course.ended(&counts);
        let mut left = if begin { course.left(self.run.wave, &counts) } else { 0 };
        let mut ahead: VecDeque<OpenWork> = VecDeque::new();
        let mut last = None;
        let mut halt = None;
        let mut set = JoinSet::new();
        let most = self.state.settings.parallel_apps.max(1);
        let mut width = Width::new(most);
        let watched = Arc::new(Watched::default());
        let alone = unfinished.len() + left as usize == 1;
        let together = if alone { 1 } else { self.state.settings.apps_in_one_read };
        let reader = Reader::start(self.state.jobs_graph.clone(), Arc::clone(&tokens), together);
        let (halts, halted) = watch::channel(false);
        let mut looked = Instant::now();
        loop {
            if halt.is_none() && looked.elapsed() >= LOOK {
                halt = self.moved().await;
                looked = Instant::now();
            }
            if halt.is_some() {
                halts.send_replace(true);
            }
            let mut full_until = None;
            while halt.is_none() && set.len() < most.min(width.now() + watched.now()) {
                if unfinished.is_empty() && left > 0 && ahead.is_empty() {
                    ahead = store.next_waiting(receipt, last, AHEAD.min(left as usize)).await?.into();
                    last = ahead.back().map(|work| work.position).or(last);
                    left = left.saturating_sub(u32::try_from(ahead.len()).unwrap_or(u32::MAX));
                    if ahead.is_empty() {
                        left = 0;
                    }
                }
                // An app that has begun has been read. It would wait for its write until that read is old.
                if unfinished.is_empty() && !ahead.is_empty() {
                    full_until = self.full_until();
                    if full_until.is_some() {
                        break;
                    }
                }
                let Some(work) = unfinished.pop_front().or_else(|| ahead.pop_front()) else { break };
                self.state.board.reads(receipt, work.position, true);
                set.spawn(self.one(work, &tokens, &reader, &watched, &halted));
            }
            let look = Instant::now() + LISTEN;
            let joined = tokio::select! {
                joined = set.join_next(), if !set.is_empty() || full_until.is_none() => joined,
                () = watched.changed() => {
                    width.read_back(watched.take_fresh());
                    continue;
                }
                () = tokio::time::sleep_until(full_until.map_or(look, |ready| ready.min(look))) => continue,
                () = self.state.board.stopped(), if full_until.is_some() => {
                    halt = Some(Halt::Stopping);
                    continue;
                }
            };
            let Some(joined) = joined else { break };
            match joined.unwrap_or(AppEnd::Stopped) {
                AppEnd::Recorded(outcome) => {
                    ended.add(outcome);
                    width.ended(outcome);
                    if begin && course.halts(ended) {
                        halt.get_or_insert(Halt::Rate(ended));
                    }
                }
                AppEnd::NeedsSignIn(problem) => _ = halt.get_or_insert(Halt::SignIn(problem)),
                AppEnd::Stopped => _ = halt.get_or_insert(Halt::Stopping),
                AppEnd::NotRecorded(error) => _ = halt.get_or_insert(Halt::Store(error)),
            }
            self.state.board.changed();
        }
        Ok(halt)
    }

    /// Until when Graph's limits have no room for what one more app needs first: a read and a write. Apps that have begun
    /// and have not written yet come before it.
    fn full_until(&self) -> Option<Instant> {
        let begun = self.state.board.reading(self.run.id).len();
        self.state.jobs_graph.full_until(u32::try_from(begun + 1).unwrap_or(u32::MAX))
    }

    fn one(
        &self,
        work: OpenWork,
        tokens: &Arc<dyn TokenProvider>,
        reader: &Reader,
        watched: &Arc<Watched>,
        halts: &watch::Receiver<bool>,
    ) -> impl Future<Output = AppEnd> + Send + use<> {
        let (state, run) = (Arc::clone(&self.state), Arc::clone(&self.run));
        let push = AppPush {
            state: Arc::clone(&state),
            tokens: Arc::clone(tokens),
            run: Arc::clone(&run),
            work: work.clone(),
            reader: reader.clone(),
            watched: Arc::clone(watched),
            halts: halts.clone(),
        };
        async move {
            // In a task of its own, so that a panic ends one app and not the push, which would come back to it for ever.
            let end = match tokio::spawn(push.end()).await {
                Ok(end) => end,
                Err(error) if error.is_panic() => record::panicked(&state, &run, &work).await,
                Err(_) => AppEnd::Stopped,
            };
            state.board.reads(run.id, work.position, false);
            end
        }
    }

    /// Whether the run is no longer this process' to go on with as it was when it began.
    async fn moved(&self) -> Option<Halt> {
        if self.state.board.is_stopping() {
            return Some(Halt::Stopping);
        }
        let asked = async {
            self.lease.check().await?;
            self.state.store.of(self.run.tenant).run(self.run.id).await
        };
        match asked.await {
            Ok(Some(run)) if run.state == self.run.state && run.finished_at.is_none() => None,
            Ok(_) => Some(Halt::Moved),
            Err(error) => Some(Halt::Store(error)),
        }
    }

    /// Nothing further is begun, but what a write was sent to is looked at to the end.
    async fn cancelled(&self) -> Result<(), StoreError> {
        let store = self.state.store.of(self.run.tenant);
        store.cancel_waiting(self.run.id).await?;
        self.state.board.changed();
        let course = Course::read(&self.run.pace)?;
        let halt = match self.tokens().await? {
            Some(tokens) => self.apps(&course, tokens, false).await?,
            None => None,
        };
        match halt {
            Some(Halt::Store(error)) => return Err(error),
            Some(Halt::Stopping | Halt::Moved) => return Ok(()),
            Some(Halt::SignIn(_) | Halt::Rate(_)) | None => {}
        }
        for work in store.in_writing(self.run.id).await? {
            self.record(&work, Outcome::Unverified, words::not_looked_at()).await?;
        }
        store.finish_run(self.run.id, self.state.clock.now()).await
    }

    /// Apps that the preview could not plan for: their results are its problems.
    async fn record_not_planned(&self) -> Result<(), StoreError> {
        for (work, problem) in self.state.store.of(self.run.tenant).not_planned(self.run.id).await? {
            let problem = problem.map_or_else(words::no_plan, Problem::from);
            let outcome = if problem.status == 403 { Outcome::Refused } else { Outcome::Failed };
            self.record(&work, outcome, problem).await?;
        }
        Ok(())
    }

    async fn record(&self, work: &OpenWork, outcome: Outcome, problem: Problem) -> Result<(), StoreError> {
        let blank = blank(&work.app, AppStage::Ended(outcome));
        let result = ReceiptApp { problem: Some(problem), before: work.before.clone(), ..blank };
        record::keep(&self.state, &self.run, work.position, outcome, &result).await
    }

    async fn tokens(&self) -> Result<Option<Arc<dyn TokenProvider>>, StoreError> {
        let state = &self.state;
        let store = state.store.of(self.run.tenant);
        let sealed = store.run_tokens(self.run.id).await?;
        Ok(sealed.map(|sealed| -> Arc<dyn TokenProvider> {
            Arc::new(HandedOver::new(self.run.id, sealed, store, Arc::clone(&state.job_tokens)))
        }))
    }

    async fn needs_sign_in(&self, problem: &Problem) -> Result<(), StoreError> {
        self.move_to(RunState::NeedsSignIn, AuditAction::PushNeedsSignIn, &words::sign_in_again(problem)).await
    }

    async fn move_to(&self, to: RunState, action: AuditAction, why: &Problem) -> Result<(), StoreError> {
        let store = self.state.store.of(self.run.tenant);
        if !store.move_run(self.run.id, &[RunState::Running], to, Some(&why.clone().into())).await? {
            return Ok(());
        }
        let mut entry = record::about_run(&self.run, self.state.clock.now(), action, AuditOutcome::Paused);
        entry.row.detail = why.to_string();
        store.audit(entry).await
    }
}
