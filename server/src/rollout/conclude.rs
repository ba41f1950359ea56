//! What a push of one app came to, in a person's words.

use crate::rollout::record::blank;
use crate::rollout::steps::Steps;
use crate::store::OpenApp;
use app::contract::problem::Problem;
use app::contract::pushes::{AppStage, Outcome, ReceiptApp};
use domain::diff::{Diff, DiffKind};
use domain::key_credential::KeyCredentials;
use domain::push::{Ending, Push, Why};

/// All that is known when the work on an app ends.
pub(crate) struct Driven {
    pub(crate) push: Push,
    /// `None`: the app could not be read before anything was sent; `trouble` says why.
    pub(crate) ending: Option<Ending>,
    pub(crate) steps: Steps,
    /// The last request that failed, if nothing has succeeded since.
    pub(crate) trouble: Option<Problem>,
    pub(crate) undo: Option<i64>,
    /// Reads until the last write.
    pub(crate) reads_before: u32,
}

impl Driven {
    pub(crate) fn not_read(push: Push, steps: Steps, problem: Problem) -> Self {
        Self { push, ending: None, steps, trouble: Some(problem), undo: None, reads_before: 0 }
    }

    /// The state of the last read.
    pub(crate) fn after(&self) -> Option<&KeyCredentials> {
        self.push.report().after.as_ref()
    }
}

/// What a read showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Called {
    Again,
    AsPlanned,
    NotYet,
    Differs,
}

impl Called {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Again => "GET: read again before writing",
            Self::AsPlanned => "GET: read back, as planned",
            Self::NotYet => "GET: read back, not there yet",
            Self::Differs => "GET: read back, differs",
        }
    }

    pub(crate) fn is_as_planned(self) -> bool {
        self == Self::AsPlanned
    }
}

/// For the list of steps. The machine has its own, stricter mind about what to do next.
pub(crate) fn called(push: &Push, state: &KeyCredentials) -> Called {
    let report = push.report();
    if report.writes == 0 {
        return Called::Again;
    }
    let plan = push.plan();
    let there = plan.key_ids().iter().all(|(id, _)| state.find(*id).is_some());
    let mut removed = plan.diff().rows.iter().filter(|row| row.kind == DiffKind::Removed);
    let gone = removed.all(|row| row.key_id.is_none_or(|id| state.find(id).is_none()));
    let kept = report.before.as_ref().is_none_or(|before| {
        let stays = |id| !plan.diff().rows.iter().any(|row| row.kind == DiffKind::Removed && row.key_id == Some(id));
        before
            .iter()
            .filter_map(domain::key_credential::KeyCredential::key_id)
            .filter(|id| stays(*id))
            .all(|id| state.find(id).is_some())
    });
    let as_before = || report.before.as_ref().is_some_and(|before| domain::diff::between(before, state).is_empty());
    match (there && gone, kept) {
        (true, true) => Called::AsPlanned,
        _ if as_before() => Called::NotYet,
        _ => Called::Differs,
    }
}

pub(crate) fn result(app: &OpenApp, driven: Driven) -> (Outcome, ReceiptApp) {
    let Driven { push, ending, steps, trouble, undo, reads_before } = driven;
    let report = push.report();
    let (outcome, problem, diff) = match ending {
        None => not_read(trouble),
        Some(ending) => ended(ending, &push, trouble),
    };
    let mut notes = vec![];
    if report.merged_again && report.writes > 0 {
        notes.push("The app had changed since the preview: the change was merged with what was there.".into());
    }
    notes.extend(report.healed.iter().map(|healed| format!("{healed}.")));
    notes.extend(report.foreign.iter().map(|foreign| format!("{foreign}.")));
    let attempted = report.attempted.iter();
    notes.extend(attempted.map(|healed| format!("Tried, and not seen since: {healed}.")));
    notes.extend(report.lost.iter().map(|lost| format!("“{}” is gone, and could not be put back.", lost.name)));
    notes.extend(report.at_risk.iter().map(|entry| format!("“{}” was there at last, and may go yet.", entry.name)));
    let written = report.writes > 0;
    // Of an app to which nothing was written, there is one state only.
    let before = report.before.as_ref().or(report.after.as_ref()).map(KeyCredentials::pretty);
    let after = report.after.as_ref().filter(|_| written).map(KeyCredentials::pretty);
    let result = ReceiptApp {
        problem,
        diff,
        before,
        after,
        steps: steps.into_steps(),
        reads_until_seen: report.reads_until_seen.saturating_sub(reads_before),
        notes,
        undo: undo.filter(|_| written),
        ..blank(app, AppStage::Ended(outcome))
    };
    (outcome, result)
}

type Told = (Outcome, Option<Problem>, Option<Diff>);

fn not_read(problem: Option<Problem>) -> Told {
    let outcome = match problem.as_ref().map(|problem| problem.status) {
        Some(403) => Outcome::Refused,
        // It was there in the preview.
        Some(404) => Outcome::ChangedSincePreview,
        _ => Outcome::Failed,
    };
    (outcome, problem, None)
}

fn ended(ending: Ending, push: &Push, trouble: Option<Problem>) -> Told {
    let report = push.report();
    let diff = Some(report.diff.clone());
    match ending {
        Ending::Verified => (Outcome::Verified, None, diff),
        Ending::AlreadyThere => (Outcome::AlreadyThere, None, diff),
        Ending::Conflict { conflict } => {
            let problem = Problem::new(
                409,
                "changed-since-preview",
                "The app has changed since the preview",
                format!("{conflict}. Nothing was sent, so that nothing of theirs is lost."),
            )
            .advice("Make a new preview from the app as it is now.");
            (Outcome::ChangedSincePreview, Some(problem), Some(conflict.since))
        }
        Ending::Refused => {
            // Without an answer of Graph's, it was the token that could not be had.
            let refused = trouble.as_ref().is_some_and(|problem| problem.status < 500);
            (if refused { Outcome::Refused } else { Outcome::Failed }, trouble.or_else(|| Some(refused_words())), diff)
        }
        Ending::GaveUp => (Outcome::Failed, trouble.or_else(|| Some(gave_up())), diff),
        // Each write was turned away, and the reads since show nothing of it.
        Ending::Unverified { why: Why::TurnedAway } => {
            let unreachable = trouble.as_ref().is_none_or(|problem| problem.status >= 500);
            (if unreachable { Outcome::Failed } else { Outcome::Refused }, trouble.or_else(|| Some(gave_up())), diff)
        }
        Ending::Unverified { why } => (Outcome::Unverified, Some(unverified(&why, push, trouble)), diff),
    }
}

fn unverified(why: &Why, push: &Push, trouble: Option<Problem>) -> Problem {
    let report = push.report();
    let request_id = trouble.as_ref().and_then(|problem| problem.request_id.clone());
    let said = trouble.as_ref().map(|problem| problem.title.clone());
    let found = || {
        let gone = report.lost.iter().map(|lost| format!("“{}” is gone", lost.name));
        let at_risk = report.at_risk.iter().map(|entry| format!("“{}” may be gone", entry.name));
        let found: Vec<String> = report.differs.iter().map(ToString::to_string).chain(gone).chain(at_risk).collect();
        found.join("; ")
    };
    let mut problem = match why {
        _ if report.after.is_none() => Problem::new(
            502,
            "not-read-back",
            "The app could not be read after the write",
            said.map_or_else(|| "No read succeeded.".into(), |said| format!("{said}.")),
        )
        .advice("Look at the app in a few minutes, before you push anything else to it."),
        Why::NotSeen => Problem::new(
            502,
            "not-seen",
            "The write has not shown up yet",
            "Entra accepted it, but reads still show the state from before.",
        )
        .advice("Entra can take some minutes. Look at the app again before you push anything else to it."),
        Why::Unanswered if !report.at_risk.is_empty() => Problem::new(
            502,
            "write-on-its-way",
            "A write had no answer and may still arrive",
            format!("It was made before others wrote to this app. If it arrives: {}.", found()),
        )
        .advice("Look at the app in a few minutes, before you push anything else to it."),
        Why::Unsteady => Problem::new(
            502,
            "reads-disagree",
            "Others write to this app, and reads do not agree",
            format!("What was planned is there. {}.", found()),
        )
        .advice("Look at the app in a few minutes. If something is missing, add it again from its history."),
        Why::Unanswered => Problem::new(
            502,
            "write-unanswered",
            "Nobody knows whether the write arrived",
            format!(
                "{}, and reads do not show the write.",
                said.unwrap_or_else(|| "There was no answer to it".into())
            ),
        )
        .advice("Look at the app in a few minutes. If what you wanted is not there, make a new preview."),
        Why::HealsUsedUp => Problem::new(
            409,
            "others-keep-writing",
            "Others keep writing over this app",
            format!("{why}. {}.", found()),
        )
        .advice("Find out who writes to it, then make a new preview."),
        Why::Differs | Why::TurnedAway => Problem::new(
            502,
            "differs-after-write",
            "The app is not as planned after the write",
            format!("{}.", found()),
        )
        .advice("Somebody else may have been writing at the same time. Compare before and after below, and add again what is missing."),
        Why::Lost => Problem::new(502, "entry-lost", "An entry of somebody else is gone", format!("{why}: {}.", found()))
            .advice("Somebody was writing at the same time. Ask the app's owners for that certificate and add it again."),
        Why::Refused => Problem::new(
            502,
            "heal-refused",
            "What others overwrote could not be put back",
            format!("{why}. {}.", said.unwrap_or_default()),
        )
        .advice("Compare before and after below, and add again what is missing."),
        Why::Conflict { conflict } => Problem::new(
            409,
            "conflict-after-write",
            "The app was changed by somebody else during the push",
            format!("{conflict}."),
        )
        .advice("Compare before and after below, and make a new preview."),
    };
    problem.request_id = request_id;
    problem
}

fn refused_words() -> Problem {
    Problem::new(502, "graph-refused", "Microsoft Graph did not accept the write", "Nothing was changed.")
        .advice("Make a new preview.")
}

fn gave_up() -> Problem {
    Problem::new(
        504,
        "gave-up",
        "The app could not be written in time",
        "Reads did not agree on what is there, or each write was turned away. Nothing was changed.",
    )
    .advice("Try again later, with a new preview.")
}
