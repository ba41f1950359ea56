//! One app of a push. What is asked of Graph, and in which order, is [`domain::push`]'s to say; here it is asked, and what
//! must not be forgotten is written down first.

use super::conclude::{self, Driven};
use super::steps::Steps;
use super::{record, words};
use crate::desk::DeskState;
use crate::graph::{Answer, Application, GraphError};
use crate::person::TokenProvider;
use crate::store::{OpenWork, Origin, Run, Sighting, StoreError};
use app::desk::{AppStage, GraphStep, Outcome, Problem, ReceiptApp};
use domain::key_credential::KeyCredentials;
use domain::push::{Ask, Journal, Policy, Push, WriteAnswer};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A state that a push has left behind counts as known for so long: a read that lacks some of it may be an old one.
const REMEMBERED: time::Duration = time::Duration::minutes(10);

pub(super) struct AppPush {
    pub(super) state: Arc<DeskState>,
    pub(super) tokens: Arc<dyn TokenProvider>,
    pub(super) run: Arc<Run>,
    pub(super) work: OpenWork,
}

/// How the work on an app ended, for the push that it is part of.
pub(super) enum AppEnd {
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

/// What is kept before each write, for whoever goes on after a crash.
#[derive(Serialize, Deserialize)]
struct Kept {
    push: Journal,
    steps: Vec<GraphStep>,
    /// The kept state from before the first write.
    undo: Option<i64>,
}

impl AppPush {
    pub(super) async fn end(self) -> AppEnd {
        match self.drive().await {
            Ok(driven) => self.record(driven).await.unwrap_or_else(AppEnd::NotRecorded),
            Err(end) => end,
        }
    }

    async fn record(&self, driven: Driven) -> Result<AppEnd, StoreError> {
        let after = driven.after().cloned();
        let (outcome, result) = conclude::result(&self.work.app, driven);
        if let Some(after) = after.filter(|_| matches!(outcome, Outcome::Verified | Outcome::Unverified)) {
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
                crate::desk::retirements::rotated(&self.state, &self.run, &self.work.app, after).await?;
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = noted.await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, receipt = %self.run.id, app = %self.work.app.object_id, "what a push left could not be noted");
        }
    }

    fn sighting<'a>(&'a self, keys: &'a KeyCredentials) -> Sighting<'a> {
        let app = &self.work.app;
        Sighting { object_id: app.object_id, app_id: app.app_id, display_name: &app.display_name, keys }
    }

    async fn drive(&self) -> Result<Driven, AppEnd> {
        let (state, app) = (&self.state, &self.work.app);
        let settings = &state.settings;
        let Some(plan) = state.store.plan_merge(self.run.plan, self.work.position).await? else {
            return Err(self.without_a_plan().await);
        };
        let mut alone = state.locks.of(self.run.tenant, app.object_id).await?;
        let policy = Policy { consecutive_reads: settings.consecutive_reads, ..Policy::default() };
        let (mut push, mut steps, mut undo) = match &self.work.journal {
            None => (Push::new(plan, policy), Steps::default(), None),
            Some(kept) => {
                let kept: Kept =
                    serde_json::from_str(kept).map_err(|error| StoreError::Damaged(format!("journal: {error}")))?;
                let mut steps = Steps::of(kept.steps);
                steps.cut_off("PATCH: cut off, so that its answer is not known");
                (Push::resume(plan, policy, Some(kept.push)), steps, kept.undo)
            }
        };
        push.know(&state.store.known_keys(self.run.tenant, app.object_id).await?);
        let since = state.clock.now() - REMEMBERED;
        if let Some(left) = state.store.left_by_push(self.run.tenant, app.object_id, since).await? {
            push.remember(&left);
        }

        let mut deadline = Instant::now() + settings.read_patience;
        let mut pause = settings.read_pause;
        // Since the last write, or since the beginning.
        let mut reads = 0;
        let mut reads_before = push.report().reads;
        let mut turned_away = 0;
        let mut trouble = None;
        let ending = loop {
            if state.board.is_stopping() {
                return Err(AppEnd::Stopped);
            }
            match push.next() {
                Ask::Done(ending) => break ending,
                Ask::Read => {
                    if reads > 0 {
                        if Instant::now() + pause > deadline {
                            push.out_of_patience();
                            if push.next() != Ask::Read {
                                continue;
                            }
                        }
                        self.wait(pause).await?;
                    }
                    reads += 1;
                    let seen = match self.read().await? {
                        Ok(answer) => {
                            let application = answer.value;
                            push.read(&application.key_credentials, application.token_encryption_key_id);
                            let called = conclude::called(&push, &application.key_credentials);
                            steps.answered(called.words(), answer.status, answer.request_id.as_deref());
                            trouble = None;
                            called.is_as_planned()
                        }
                        Err(error) => {
                            let problem = error.into_problem(&mut steps, push.report().writes > 0);
                            if push.report().writes == 0 && turned_away == 0 {
                                return Ok(Driven::not_read(push, steps, problem));
                            }
                            push.read_failed();
                            trouble = Some(problem);
                            false
                        }
                    };
                    // Waiting costs everyone who shares the limits of this directory: less often, the longer it takes.
                    pause = if seen { settings.read_pause } else { (pause * 3 / 2).min(settings.read_pause * 5) };
                }
                Ask::Write(body) => {
                    if turned_away >= settings.retry.attempts {
                        push.out_of_patience();
                        continue;
                    }
                    let Some(journal) = push.journal() else { return Err(AppEnd::Stopped) };
                    if undo.is_none() {
                        let origin = Origin::BeforePush(self.run.id);
                        let before = self.sighting(journal.before());
                        undo = Some(state.observed_by_push(self.run.tenant, before, origin).await?);
                    }
                    let based_on = journal.before().clone();
                    let before = push.report().before.as_ref().unwrap_or_else(|| journal.before()).pretty();
                    let kept = Kept { push: journal, steps: steps.listed(), undo };
                    let kept = serde_json::to_string(&kept)
                        .map_err(|error| StoreError::Damaged(format!("journal: {error}")))?;
                    let added = push.plan().key_ids();
                    state.store.journal_write(self.run.id, self.work.position, &before, &added, &kept).await?;
                    state.board.reads(self.run.id, self.work.position, false);
                    alone.check().await?;
                    reads_before = push.report().reads;
                    let token = self.token().await?;
                    let written = match token {
                        Ok(token) => state.jobs_graph.patch_key_credentials(&token, app.object_id, &body).await,
                        Err(problem) => {
                            // Nothing was sent.
                            steps.unsent(WRITE, &problem);
                            trouble = Some(problem);
                            push.wrote(WriteAnswer::Refused);
                            continue;
                        }
                    };
                    match written {
                        Ok(answer) => {
                            steps.answered(WRITE, answer.status, answer.request_id.as_deref());
                            push.wrote(WriteAnswer::Accepted);
                            (turned_away, trouble) = (0, None);
                        }
                        Err(GraphError::SignedOut(reply)) => {
                            steps.failed(WRITE, &GraphError::SignedOut(reply.clone()));
                            return Err(AppEnd::NeedsSignIn(GraphError::SignedOut(reply).problem("this app")));
                        }
                        Err(error) => {
                            steps.failed(WRITE, &error);
                            trouble = Some(error.problem("this app"));
                            let again = error.write_turned_away()
                                || error == GraphError::Unreachable
                                || self.was_overtaken(&error, &based_on).await?;
                            if error.write_may_have_happened() {
                                push.wrote(WriteAnswer::Unanswered);
                            } else if again {
                                push.wrote(WriteAnswer::TurnedAway);
                                turned_away += 1;
                                let retry = &settings.retry;
                                if turned_away < retry.attempts {
                                    match retry.wait(turned_away, error.retry_after(), state.entropy.as_ref()) {
                                        Some(pause) => self.wait(pause).await?,
                                        None => turned_away = retry.attempts,
                                    }
                                }
                            } else {
                                push.wrote(WriteAnswer::Refused);
                            }
                        }
                    }
                    (reads, pause) = (0, settings.read_pause);
                    deadline = Instant::now() + settings.read_patience;
                }
            }
        };
        Ok(Driven { push, ending: Some(ending), steps, trouble, undo, reads_before })
    }

    /// Whether Graph refused a body because of what somebody else wrote after the read that it was made from: an entry
    /// that has gone since cannot be named without its key.
    async fn was_overtaken(&self, error: &GraphError, based_on: &KeyCredentials) -> Result<bool, AppEnd> {
        if !matches!(error, GraphError::Invalid(_) | GraphError::NotUpdatable(_)) {
            return Ok(false);
        }
        let read = self.read().await?;
        Ok(read.is_ok_and(|now| !domain::diff::between(based_on, &now.value.key_credentials).is_empty()))
    }

    /// A pause that ends with the process.
    async fn wait(&self, pause: Duration) -> Result<(), AppEnd> {
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            () = self.state.board.stopped() => Err(AppEnd::Stopped),
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
    async fn token(&self) -> Result<Result<String, Problem>, AppEnd> {
        match self.tokens.graph_token().await {
            Err(problem) if problem.status == 401 => Err(AppEnd::NeedsSignIn(problem)),
            other => Ok(other),
        }
    }

    async fn read(&self) -> Result<Result<Answer<Application>, ReadError>, AppEnd> {
        let token = match self.token().await? {
            Ok(token) => token,
            Err(problem) => return Ok(Err(ReadError::NoToken(problem))),
        };
        match self.state.jobs_graph.application_without_keys(&token, self.work.app.object_id).await {
            Err(error @ GraphError::SignedOut(_)) => Err(AppEnd::NeedsSignIn(error.problem("this app"))),
            other => Ok(other.map_err(ReadError::Graph)),
        }
    }
}

const WRITE: &str = "PATCH: write the previewed body";

enum ReadError {
    NoToken(Problem),
    Graph(GraphError),
}

impl ReadError {
    fn into_problem(self, steps: &mut Steps, written: bool) -> Problem {
        let what = if written { "GET: read back, failed" } else { "GET: read again before writing" };
        match self {
            Self::NoToken(problem) => {
                steps.unsent(what, &problem);
                problem
            }
            Self::Graph(error) => {
                steps.failed(what, &error);
                error.problem("this app")
            }
        }
    }
}
