//! One app of a push: read again, compare, write, read back, record.
//!
//! A write is sent again only where Graph said that it turned the first away (409, 429), and only after another read
//! that still shows the previewed state. Where the answer to a write is missing or makes no sense, nothing is sent
//! again: the read-back decides what happened.

use super::read_back::{ReadBack, Seen};
use super::steps::Steps;
use super::{DeskState, audit_entry, outcome_name};
use crate::graph::{Answer, Application, GraphError};
use crate::person::Person;
use crate::store::{OpenApp, ReceiptHead, StoreError};
use app::desk::{Outcome, Problem, ReceiptApp};
use domain::diff::{Diff, DiffKind};
use domain::ids::KeyId;
use domain::key_credential::KeyCredentials;
use domain::merge_plan::{MergePlan, Verification};
use domain::thumbprint::Thumbprint;
use std::sync::Arc;

pub(super) struct AppPush {
    pub(super) state: Arc<DeskState>,
    pub(super) person: Person,
    pub(super) receipt: Arc<ReceiptHead>,
    /// Of this app among the receipt's.
    pub(super) position: usize,
    pub(super) app: OpenApp,
    pub(super) job: Job,
}

pub(super) enum Job {
    Merge(Box<MergePlan>),
    /// The preview has no plan for this app, and says why.
    NotPlanned(Problem),
}

/// What is known when the work on an app ends.
#[derive(Default)]
struct Ending {
    problem: Option<Problem>,
    diff: Option<Diff>,
    before: Option<String>,
    after: Option<String>,
    reads_until_seen: u32,
}

/// How a write ended.
enum Written {
    /// Graph said so.
    Acknowledged,
    /// Nobody knows: only a read can tell.
    Unanswered(GraphError),
}

impl AppPush {
    /// Answers whether the result could be recorded.
    pub(super) async fn run(self) -> bool {
        let mut steps = Steps::default();
        let (outcome, ending) = match &self.job {
            Job::Merge(plan) => self.push(plan, &mut steps).await,
            Job::NotPlanned(problem) => {
                let outcome = if problem.status == 403 { Outcome::Refused } else { Outcome::Failed };
                (outcome, Ending { problem: Some(problem.clone()), ..Ending::default() })
            }
        };
        let OpenApp { object_id, app_id, display_name, .. } = self.app.clone();
        let result = ReceiptApp {
            object_id,
            app_id,
            display_name,
            outcome,
            problem: ending.problem,
            diff: ending.diff,
            before: ending.before,
            after: ending.after,
            steps: steps.into_steps(),
            reads_until_seen: ending.reads_until_seen,
        };
        if result.outcome == Outcome::Verified {
            self.note(&result).await;
        }
        self.record(&result).await.inspect_err(|error| {
            tracing::error!(error = error as &dyn std::error::Error, receipt = %self.receipt.id, app = %object_id, ?result, "a push could not be recorded");
        }).is_ok()
    }

    /// For the credential index: what the last of the good reads showed.
    async fn note(&self, result: &ReceiptApp) {
        let after = result.after.as_deref().and_then(|after| serde_json::from_str(after).ok());
        if let Some(keys) = after.and_then(|after: serde_json::Value| KeyCredentials::from_json(&after).ok()) {
            let (id, app_id, name) = (result.object_id, result.app_id, result.display_name.as_str());
            self.state.observed(self.receipt.tenant, id, app_id, name, &keys).await;
        }
    }

    async fn record(&self, result: &ReceiptApp) -> Result<(), StoreError> {
        let entry = audit_entry(&self.receipt, result, self.state.clock.now());
        self.state.store.finish_app(self.receipt.id, self.position, result, outcome_name(result.outcome), &entry).await
    }

    async fn push(&self, plan: &MergePlan, steps: &mut Steps) -> (Outcome, Ending) {
        let mut alone = match self.state.locks.of(self.receipt.tenant, self.app.object_id).await {
            Ok(alone) => alone,
            Err(error) => return (Outcome::Failed, Ending { problem: Some(error.into()), ..Ending::default() }),
        };
        let mut attempt = 1;
        // What the first write started from; later reads may show what it did.
        let mut started_from = None;
        let (written, before) = loop {
            let current = match self.read("GET: read again before writing", steps).await {
                Ok(answer) => answer.value,
                Err(problem) => return not_read(problem),
            };
            let before = current.key_credentials.pretty();
            let ending = |problem: Option<Problem>, diff: Option<Diff>| Ending {
                problem,
                diff,
                before: Some(before.clone()),
                ..Ending::default()
            };
            // A write that was turned away may have come through all the same.
            if attempt > 1 && plan.verify(&current.key_credentials) == Verification::AsPlanned {
                break (Written::Acknowledged, started_from.unwrap_or(before));
            }
            if let Err(changed) = plan.check(&current.key_credentials) {
                return (
                    Outcome::ChangedSincePreview,
                    ending(Some(changed_since(&changed.to_string())), Some(changed.diff)),
                );
            }
            if let Some(problem) = encryption_key_would_go(plan, current.token_encryption_key_id) {
                return (Outcome::ChangedSincePreview, ending(Some(problem), Some(plan.diff().clone())));
            }
            if plan.is_noop() {
                return (Outcome::AlreadyThere, ending(None, Some(plan.diff().clone())));
            }
            if let Err(error) =
                self.state.store.journal_write(self.receipt.id, self.position, &before, &added(plan)).await
            {
                return (Outcome::Failed, ending(Some(error.into()), None));
            }
            // Another replica may be at work on the app from here on.
            if let Err(error) = alone.check().await {
                return (Outcome::Failed, ending(Some(error.into()), None));
            }
            started_from.get_or_insert_with(|| before.clone());
            match self.write(plan, steps).await {
                Ok(()) => break (Written::Acknowledged, before),
                Err(WriteError::NoToken(problem)) => return (Outcome::Failed, ending(Some(problem), None)),
                Err(WriteError::Graph(error)) if error.write_may_have_happened() => {
                    break (Written::Unanswered(error), before);
                }
                Err(WriteError::Graph(error)) => {
                    let again = error.write_turned_away() && attempt < self.state.settings.retry.attempts;
                    let entropy = self.state.entropy.as_ref();
                    let pause = self.state.settings.retry.wait(attempt, error.retry_after(), entropy).filter(|_| again);
                    let Some(pause) = pause else { return refused(&error, ending(None, None)) };
                    tokio::time::sleep(pause).await;
                    attempt += 1;
                }
            }
        };
        let seen = ReadBack { push: self, plan }.run(steps).await;
        concluded(plan, &written, before, seen)
    }

    /// One read with the person's token.
    async fn read(&self, what: &str, steps: &mut Steps) -> Result<Answer<Application>, Problem> {
        let answer = self.read_quietly().await;
        match &answer {
            Ok(answer) => steps.answered(what, answer.status, answer.request_id.as_deref()),
            Err(error) => error.step(what, steps),
        }
        answer.map_err(ReadError::into_problem)
    }

    /// The same without a step, for who knows only from the answer what to call it.
    pub(super) async fn read_quietly(&self) -> Result<Answer<Application>, ReadError> {
        let token = self.state.token(&self.person).await.map_err(ReadError::NoToken)?;
        self.state.graph.application(&token, self.app.object_id).await.map_err(ReadError::Graph)
    }

    async fn write(&self, plan: &MergePlan, steps: &mut Steps) -> Result<(), WriteError> {
        const WHAT: &str = "PATCH: write the previewed body";
        let token = self.state.token(&self.person).await.map_err(WriteError::NoToken)?;
        match self.state.graph.patch_key_credentials(&token, self.app.object_id, plan).await {
            Ok(answer) => {
                steps.answered(WHAT, answer.status, answer.request_id.as_deref());
                Ok(())
            }
            Err(error) => {
                steps.failed(WHAT, &error);
                Err(WriteError::Graph(error))
            }
        }
    }

    pub(super) fn state(&self) -> &DeskState {
        &self.state
    }
}

fn added(plan: &MergePlan) -> Vec<(KeyId, Option<Thumbprint>)> {
    let added = plan.diff().rows.iter().filter(|row| row.kind == DiffKind::Added);
    added.filter_map(|row| Some((row.key_id?, row.thumbprint))).collect()
}

enum WriteError {
    NoToken(Problem),
    Graph(GraphError),
}

pub(super) enum ReadError {
    NoToken(Problem),
    Graph(GraphError),
}

impl ReadError {
    pub(super) fn step(&self, what: &str, steps: &mut Steps) {
        match self {
            Self::NoToken(problem) => steps.unsent(what, problem),
            Self::Graph(error) => steps.failed(what, error),
        }
    }

    pub(super) fn into_problem(self) -> Problem {
        match self {
            Self::NoToken(problem) => problem,
            Self::Graph(error) => error.problem("this app"),
        }
    }
}

fn not_read(problem: Problem) -> (Outcome, Ending) {
    let outcome = match problem.status {
        403 => Outcome::Refused,
        // It was there in the preview.
        404 => Outcome::ChangedSincePreview,
        _ => Outcome::Failed,
    };
    (outcome, Ending { problem: Some(problem), ..Ending::default() })
}

fn refused(error: &GraphError, ending: Ending) -> (Outcome, Ending) {
    let outcome = if matches!(error, GraphError::Unreachable) { Outcome::Failed } else { Outcome::Refused };
    (outcome, Ending { problem: Some(error.problem("this app")), ..ending })
}

fn changed_since(what: &str) -> Problem {
    Problem::new(
        409,
        "changed-since-preview",
        "The app has changed since the preview",
        format!("{what}. Nothing was sent, so that nothing of theirs is lost."),
    )
    .advice("Make a new preview from the app as it is now.")
}

/// The property is not part of `keyCredentials`, so that the comparison of those cannot see it move.
fn encryption_key_would_go(plan: &MergePlan, encryption_key: Option<KeyId>) -> Option<Problem> {
    let encryption_key = encryption_key?;
    let goes = plan.diff().rows.iter().any(|row| row.kind == DiffKind::Removed && row.key_id == Some(encryption_key));
    goes.then(|| {
        changed_since(&format!("The entry with keyId {encryption_key}, which was to go, now encrypts the app's tokens"))
    })
}

fn concluded(plan: &MergePlan, written: &Written, before: String, seen: Seen) -> (Outcome, Ending) {
    let request_id = match written {
        Written::Acknowledged => None,
        Written::Unanswered(error) => error.request_id().map(str::to_owned),
    };
    let problem = match (&seen.verdict, written) {
        (Some(Verification::AsPlanned), _) => None,
        (Some(Verification::Differs(found)), _) => {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            Some(
                Problem::new(502, "differs-after-write", "The app is not as planned after the write", format!("{}.", found.join("; ")))
                    .advice("Somebody else may have been writing at the same time. Compare before and after below, and add again what is missing."),
            )
        }
        (Some(Verification::NotYetSeen), Written::Acknowledged) => Some(
            Problem::new(
                502,
                "not-seen",
                "The write has not shown up yet",
                "Entra accepted it, but reads still show the state from before.",
            )
            .advice("Entra can take some minutes. Look at the app again before you push anything else to it."),
        ),
        (Some(Verification::NotYetSeen), Written::Unanswered(error)) => Some(
            Problem::new(
                502,
                "write-unanswered",
                "Nobody knows whether the write arrived",
                format!(
                    "{}, and reads still show the state from before. It was not sent a second time.",
                    error.problem("this app").title
                ),
            )
            .advice("Look at the app in a few minutes. If the certificate is not there, make a new preview."),
        ),
        (None, _) => Some(
            Problem::new(
                502,
                "not-read-back",
                "The app could not be read after the write",
                seen.problem.as_ref().map_or_else(|| "No read succeeded.".into(), ToString::to_string),
            )
            .advice("Look at the app in a few minutes, before you push anything else to it."),
        ),
    };
    let outcome = if problem.is_none() { Outcome::Verified } else { Outcome::Unverified };
    let problem = problem.map(|mut problem| {
        problem.request_id = request_id;
        problem
    });
    let ending = Ending {
        problem,
        diff: Some(plan.diff().clone()),
        before: Some(before),
        after: seen.after,
        reads_until_seen: seen.reads,
    };
    (outcome, ending)
}
