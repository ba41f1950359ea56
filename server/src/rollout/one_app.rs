//! One app of a push, from its turn to its result.

use crate::graph::{Answer, Application, GraphError};
use crate::operations::DeskState;
use crate::person::TokenProvider;
use crate::rollout::conclude::Driven;
use crate::rollout::drive::{Drive, ReadError};
use crate::rollout::reader::Reader;
use crate::rollout::steps::Steps;
use crate::rollout::watched::Watched;
use crate::rollout::{conclude, record, words};
use crate::store::{OpenWork, Origin, Run, Sighting, StoreError, from_json};
use app::contract::problem::Problem;
use app::contract::pushes::{AppStage, GraphStep, Outcome, ReceiptApp};
use domain::key_credential::KeyCredentials;
use domain::push::{Ending, Journal, Policy, Push};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::watch;

/// A state that was seen counts as known for so long: a read that lacks some of it may be an old one.
const REMEMBERED: time::Duration = time::Duration::minutes(10);

pub(crate) struct AppPush {
    pub(crate) state: Arc<DeskState>,
    pub(crate) tokens: Arc<dyn TokenProvider>,
    pub(crate) run: Arc<Run>,
    pub(crate) work: OpenWork,
    pub(crate) reader: Reader,
    pub(crate) watched: Arc<Watched>,
    /// Whether the push begins nothing further.
    pub(crate) halts: watch::Receiver<bool>,
}

/// How the work on an app ended, for the push that it is part of.
pub(crate) enum AppEnd {
    Recorded(Outcome),
    /// Entra no longer takes the sign-in. Where nothing was written the app's turn comes again; where something was, it is
    /// looked at again.
    NeedsSignIn(Problem),
    /// The process is to stop; as above.
    Stopped,
    /// The journal failed, or the app's lock was lost; as above.
    NotRecorded(StoreError),
}

impl From<StoreError> for AppEnd {
    fn from(error: StoreError) -> Self {
        Self::NotRecorded(error)
    }
}

/// What is kept for whoever goes on after a crash.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) push: Journal,
    pub(crate) steps: Vec<GraphStep>,
    /// The kept state from before the first write.
    pub(crate) undo: Option<i64>,
    pub(crate) at: OffsetDateTime,
    /// Before a write, and not after a read.
    pub(crate) writing: bool,
}

impl AppPush {
    pub(crate) async fn end(self) -> AppEnd {
        match self.drive().await {
            Ok(driven) => self.record(driven).await.unwrap_or_else(AppEnd::NotRecorded),
            Err(end) => end,
        }
    }

    async fn record(&self, driven: Driven) -> Result<AppEnd, StoreError> {
        let after = driven.after().cloned();
        let something_sent = matches!(driven.ending, Some(Ending::Verified | Ending::Unverified { .. }));
        let (outcome, result) = conclude::result(&self.work.app, driven);
        if let Some(after) = after.filter(|_| something_sent) {
            self.note_after(outcome, &after).await;
        }
        record::keep(&self.state, &self.run, self.work.position, outcome, &result).await?;
        Ok(AppEnd::Recorded(outcome))
    }

    /// For the credential index, the time machine and rotations. The push is done whether or not this can be kept.
    async fn note_after(&self, outcome: Outcome, after: &KeyCredentials) {
        let noted = async {
            let origin = Origin::AfterPush(self.run.id);
            self.state.observed_by_push(self.run.tenant, self.sighting(after), origin).await?;
            if outcome == Outcome::Verified {
                crate::operations::pushes::retirements::rotated(&self.state, &self.run, &self.work.app, after).await?;
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = noted.await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, receipt = %self.run.id, app = %self.work.app.object_id, "what a push left could not be noted");
        }
    }

    pub(crate) fn sighting<'a>(&'a self, keys: &'a KeyCredentials) -> Sighting<'a> {
        let app = &self.work.app;
        Sighting { object_id: app.object_id, app_id: app.app_id, display_name: &app.display_name, keys }
    }

    async fn drive(&self) -> Result<Driven, AppEnd> {
        let (state, app) = (&self.state, &self.work.app);
        let Some(plan) = state.store.of(self.run.tenant).plan_merge(self.run.plan, self.work.position).await? else {
            return Err(self.without_a_plan().await);
        };
        let alone = state.locks.of(self.run.tenant, app.object_id).await?;
        let policy = Policy { consecutive_reads: state.settings.consecutive_reads, ..Policy::default() };
        let mut since = state.clock.now() - REMEMBERED;
        let (mut push, steps, undo) = match self.kept()? {
            None => (Push::new(plan, policy), Steps::default(), None),
            Some(kept) => {
                since = since.max(kept.at);
                let mut steps = Steps::of(kept.steps);
                if kept.writing {
                    steps.cut_off("PATCH: cut off, so that its answer is not known");
                }
                (Push::resume(plan, policy, Some(kept.push)), steps, kept.undo)
            }
        };
        push.know(&state.store.of(self.run.tenant).known_keys(app.object_id).await?);
        for seen in state.store.of(self.run.tenant).states_since(app.object_id, since).await? {
            push.remember(&seen);
        }
        Drive::new(self, alone, push, steps, undo).run().await
    }

    fn kept(&self) -> Result<Option<Kept>, StoreError> {
        self.work.journal.as_deref().map(|journal| from_json("journal", journal)).transpose()
    }

    /// A pause that ends with the process.
    pub(crate) async fn wait(&self, pause: Duration) -> Result<(), AppEnd> {
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            () = self.state.board.stopped() => Err(AppEnd::Stopped),
        }
    }

    /// Until the push begins nothing further.
    pub(crate) async fn halted(&self) {
        if self.halts.clone().wait_for(|halted| *halted).await.is_err() {
            // Whoever would say so has ended, and with it this.
            std::future::pending::<()>().await;
        }
    }

    async fn without_a_plan(&self) -> AppEnd {
        let outcome = Outcome::Failed;
        let blank = record::blank(&self.work.app, AppStage::Ended(outcome));
        let result = ReceiptApp { problem: Some(words::no_plan()), ..blank };
        match record::keep(&self.state, &self.run, self.work.position, outcome, &result).await {
            Ok(()) => AppEnd::Recorded(outcome),
            Err(error) => AppEnd::NotRecorded(error),
        }
    }

    /// The token, or why there is none for now.
    pub(crate) async fn token(&self) -> Result<Result<String, Problem>, AppEnd> {
        match self.tokens.graph_token().await {
            Err(problem) if problem.status == 401 => Err(AppEnd::NeedsSignIn(problem)),
            other => Ok(other),
        }
    }

    /// `by_itself`, and not in a list with others.
    pub(crate) async fn read(&self, by_itself: bool) -> Result<Result<Answer<Application>, ReadError>, AppEnd> {
        let id = self.work.app.object_id;
        let read = if by_itself { self.reader.read_by_itself(id).await } else { self.reader.read(id).await };
        match read {
            Err(ReadError::NoToken(problem)) if problem.status == 401 => Err(AppEnd::NeedsSignIn(problem)),
            Err(ReadError::Graph(error @ GraphError::SignedOut(_))) => {
                Err(AppEnd::NeedsSignIn(error.problem("this app")))
            }
            other => Ok(other),
        }
    }
}
