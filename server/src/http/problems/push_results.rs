//! What people are told of an app of a push: what came of it, and what else happened.

use crate::http::problems::graph;
use crate::rollout::{AppFailure, AppResult, AuditText, Doubt, PauseReason, PushNote, RequestFailure, Unverified};
use app::contract::problem::Problem;
use domain::push::UnverifiedReason;
use domain::rollout::Outcome;

impl From<&AppFailure> for Problem {
    fn from(failure: &AppFailure) -> Self {
        match failure {
            AppFailure::NotPlanned { refusal: told } | AppFailure::Told(told) => told.clone().into(),
            AppFailure::NoPlan => {
                Self::new(500, "internal", "The preview is incomplete", "It has no plan for this app.")
            }
            AppFailure::Panicked => Self::new(
                500,
                "internal",
                "Something failed on the server",
                "The work on this app ended early.",
            )
            .advice(
                "Look at the app, and at its state before the write where there is one below, before you push again.",
            ),
            AppFailure::NotLookedAt => Self::new(
                502,
                "not-read-back",
                "The app could not be read after the write",
                "The push was cancelled, and its sign-in had ended. The write may have happened.",
            )
            .advice("Compare the app with its state before the write, below."),
            AppFailure::Request { request } => request.into(),
            AppFailure::Changed { reason } => Self::new(
                409,
                "changed-since-preview",
                "The app has changed since the preview",
                format!("{reason}. Nothing was sent, so that nothing of theirs is lost."),
            )
            .advice("Make a new preview from the app as it is now."),
            AppFailure::NotAccepted => {
                Self::new(502, "graph-refused", "Microsoft Graph did not accept the write", "Nothing was changed.")
                    .advice("Make a new preview.")
            }
            AppFailure::GaveUp => Self::new(
                504,
                "gave-up",
                "The app could not be written in time",
                "Reads did not agree on what is there, or each write was turned away. Nothing was changed.",
            )
            .advice("Try again later, with a new preview."),
            AppFailure::Unverified(unverified) => unverified.into(),
        }
    }
}

impl From<&RequestFailure> for Problem {
    fn from(failure: &RequestFailure) -> Self {
        match failure {
            RequestFailure::Token { error } => error.clone().into(),
            RequestFailure::Graph { error } => graph::of(error, "this app"),
        }
    }
}

impl From<&Unverified> for Problem {
    fn from(unverified: &Unverified) -> Self {
        let mut problem = doubtful(unverified);
        problem.request_id = unverified.request.as_ref().and_then(RequestFailure::request_id).map(str::to_owned);
        problem
    }
}

fn doubtful(unverified: &Unverified) -> Problem {
    let found = || found(unverified);
    let said = unverified.request.as_ref().map(|request| Problem::from(request).title);
    match &unverified.doubt {
        Doubt::NotReadBack => Problem::new(
            502,
            "not-read-back",
            "The app could not be read after the write",
            said.map_or_else(|| "No read succeeded.".into(), |said| format!("{said}.")),
        )
        .advice("Look at the app in a few minutes, before you push anything else to it."),
        Doubt::NotSeen => Problem::new(
            502,
            "not-seen",
            "The write has not shown up yet",
            "Entra accepted it, but reads still show the state from before.",
        )
        .advice("Entra can take some minutes. Look at the app again before you push anything else to it."),
        Doubt::OnItsWay => Problem::new(
            502,
            "write-on-its-way",
            "A write had no answer and may still arrive",
            format!("It was made before others wrote to this app. If it arrives: {}.", found()),
        )
        .advice("Look at the app in a few minutes, before you push anything else to it."),
        Doubt::Unsteady => Problem::new(
            502,
            "reads-disagree",
            "Others write to this app, and reads do not agree",
            format!("What was planned is there. {}.", found()),
        )
        .advice("Look at the app in a few minutes. If something is missing, add it again from its history."),
        Doubt::Unanswered => {
            let said = said.unwrap_or_else(|| "There was no answer to it".into());
            Problem::new(
                502,
                "write-unanswered",
                "Nobody knows whether the write arrived",
                format!("{said}, and reads do not show the write."),
            )
            .advice("Look at the app in a few minutes. If what you wanted is not there, make a new preview.")
        }
        Doubt::HealsUsedUp => Problem::new(
            409,
            "others-keep-writing",
            "Others keep writing over this app",
            format!("{}. {}.", UnverifiedReason::HealsUsedUp, found()),
        )
        .advice("Find out who writes to it, then make a new preview."),
        Doubt::Differs => Problem::new(
            502,
            "differs-after-write",
            "The app is not as planned after the write",
            format!("{}.", found()),
        )
        .advice("Somebody else may have been writing at the same time. Compare before and after below, and add again what is missing."),
        Doubt::Lost => Problem::new(
            502,
            "entry-lost",
            "An entry of somebody else is gone",
            format!("{}: {}.", UnverifiedReason::Lost, found()),
        )
        .advice("Somebody was writing at the same time. Ask the app's owners for that certificate and add it again."),
        Doubt::HealRefused => Problem::new(
            502,
            "heal-refused",
            "What others overwrote could not be put back",
            format!("{}. {}.", UnverifiedReason::Refused, said.unwrap_or_default()),
        )
        .advice("Compare before and after below, and add again what is missing."),
        Doubt::Conflict { reason } => Problem::new(
            409,
            "conflict-after-write",
            "The app was changed by somebody else during the push",
            format!("{reason}."),
        )
        .advice("Compare before and after below, and make a new preview."),
    }
}

fn found(unverified: &Unverified) -> String {
    let gone = unverified.lost.iter().map(|lost| format!("“{}” is gone", lost.name));
    let at_risk = unverified.at_risk.iter().map(|entry| format!("“{}” may be gone", entry.name));
    let differs = unverified.differs.iter().map(ToString::to_string);
    differs.chain(gone).chain(at_risk).collect::<Vec<_>>().join("; ")
}

/// What else happened, in a sentence.
pub(crate) fn note(note: &PushNote) -> String {
    match note {
        PushNote::MergedAgain => "The app had changed since the preview: the change was merged with what was there.".into(),
        PushNote::EarlierWrites(1) => {
            "A write of an earlier push to this app had no answer: nothing was written until it could not arrive any more."
                .into()
        }
        PushNote::EarlierWrites(writes) => format!(
            "{writes} writes of earlier pushes to this app had no answer: nothing was written until they could not arrive any more."
        ),
        PushNote::Healed(healed) => format!("{healed}."),
        PushNote::Foreign(change) => format!("{change}."),
        PushNote::Attempted(healed) => format!("Tried, and not seen since: {healed}."),
        PushNote::Lost(entry) => format!("“{}” is gone, and could not be put back.", entry.name),
        PushNote::AtRisk(entry) => format!("“{}” was there at last, and may go yet.", entry.name),
        PushNote::Told(told) => told.clone(),
    }
}

/// The audit log's words are those of the pages.
pub(crate) struct PageText;

impl AuditText for PageText {
    fn app(&self, result: &AppResult) -> String {
        let mut detail = match (&result.failure, result.outcome) {
            (Some(failure), _) => Problem::from(failure).to_string(),
            (None, Outcome::Verified) => "Written, and read back as planned.".into(),
            (None, Outcome::AlreadyThere) => "The app was as this push would make it; nothing was sent.".into(),
            (None, _) => String::new(),
        };
        for what in &result.notes {
            detail.push_str(if detail.is_empty() { "" } else { " " });
            detail.push_str(&note(what));
        }
        detail
    }

    fn pause(&self, why: &PauseReason) -> String {
        Problem::from(why).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{GraphError, Reply};
    use crate::store::{Stored, StoredProblem};
    use domain::merge_plan::ConflictReason;
    use domain::push::{EntryName, Foreign, ForeignChange, Healed};

    fn entry(name: &str) -> EntryName {
        EntryName { key_id: None, name: name.into() }
    }

    fn denied() -> RequestFailure {
        let (code, message) = ("Authorization_RequestDenied".into(), "Insufficient privileges.".into());
        RequestFailure::Graph {
            error: GraphError::Denied(Reply { status: 403, code, message, request_id: Some("r-1".into()) }),
        }
    }

    fn told(problem: &Problem) -> (u16, &str, &str, &str) {
        (problem.status, &problem.code, &problem.title, &problem.detail)
    }

    #[test]
    fn what_came_of_an_app() {
        for (failure, expected) in [
            (
                AppFailure::Changed { reason: ConflictReason::NothingLeft },
                (
                    409,
                    "changed-since-preview",
                    "The app has changed since the preview",
                    "Since the preview others have gone, so that no certificate would be left for the app's sign-in. Nothing was sent, so that nothing of theirs is lost.",
                ),
            ),
            (
                AppFailure::Request { request: denied() },
                (
                    403,
                    "entra-denied",
                    "Entra did not let you see or change this app",
                    "Graph says: “Insufficient privileges.”",
                ),
            ),
            (
                AppFailure::GaveUp,
                (
                    504,
                    "gave-up",
                    "The app could not be written in time",
                    "Reads did not agree on what is there, or each write was turned away. Nothing was changed.",
                ),
            ),
            (
                AppFailure::NotAccepted,
                (502, "graph-refused", "Microsoft Graph did not accept the write", "Nothing was changed."),
            ),
            (AppFailure::NoPlan, (500, "internal", "The preview is incomplete", "It has no plan for this app.")),
            (
                AppFailure::Panicked,
                (500, "internal", "Something failed on the server", "The work on this app ended early."),
            ),
            (
                AppFailure::NotLookedAt,
                (
                    502,
                    "not-read-back",
                    "The app could not be read after the write",
                    "The push was cancelled, and its sign-in had ended. The write may have happened.",
                ),
            ),
        ] {
            assert_eq!(told(&Problem::from(&failure)), expected);
        }
        let old = StoredProblem {
            status: 418,
            code: "teapot".into(),
            title: "t".into(),
            detail: "d".into(),
            advice: Some("a".into()),
            request_id: None,
        };
        assert_eq!(Problem::from(&AppFailure::Told(Stored::Told(old.clone()))), Problem::from(old));
    }

    #[test]
    fn what_is_known_of_a_write_that_is_not_verified() {
        let gone = "“CN=a” is gone; “CN=b” may be gone";
        for (doubt, request, status, code, detail) in [
            (Doubt::NotReadBack, None, 502, "not-read-back", "No read succeeded.".to_owned()),
            (
                Doubt::NotReadBack,
                Some(denied()),
                502,
                "not-read-back",
                "Entra did not let you see or change this app.".into(),
            ),
            (
                Doubt::NotSeen,
                None,
                502,
                "not-seen",
                "Entra accepted it, but reads still show the state from before.".into(),
            ),
            (
                Doubt::OnItsWay,
                None,
                502,
                "write-on-its-way",
                format!("It was made before others wrote to this app. If it arrives: {gone}."),
            ),
            (Doubt::Unsteady, None, 502, "reads-disagree", format!("What was planned is there. {gone}.")),
            (
                Doubt::Unanswered,
                None,
                502,
                "write-unanswered",
                "There was no answer to it, and reads do not show the write.".into(),
            ),
            (
                Doubt::HealsUsedUp,
                None,
                409,
                "others-keep-writing",
                format!(
                    "Others write to this app at the same time, and what they overwrote was put back as often as is allowed. {gone}."
                ),
            ),
            (Doubt::Differs, None, 502, "differs-after-write", format!("{gone}.")),
            (
                Doubt::Lost,
                None,
                502,
                "entry-lost",
                format!(
                    "An entry of somebody else is gone, perhaps because of a push's write, and its key is not known: {gone}."
                ),
            ),
            (
                Doubt::HealRefused,
                Some(denied()),
                502,
                "heal-refused",
                "Entra refused the write, and an earlier one may have come through. Entra did not let you see or change this app."
                    .into(),
            ),
            (
                Doubt::Conflict { reason: ConflictReason::Altered { name: "CN=c".into() } },
                None,
                409,
                "conflict-after-write",
                "“CN=c”, which was to go, is not what it was in the preview.".into(),
            ),
        ] {
            let request_id = request.is_some().then_some("r-1");
            let (lost, at_risk) = (vec![entry("CN=a")], vec![entry("CN=b")]);
            let problem = Problem::from(&Unverified { doubt, differs: vec![], lost, at_risk, request });
            assert_eq!((problem.status, problem.code.as_str(), problem.detail), (status, code, detail));
            assert!(problem.advice.is_some(), "{code}");
            assert_eq!(problem.request_id.as_deref(), request_id);
        }
    }

    #[test]
    fn the_audit_log_has_the_failure_and_every_note() {
        let bare = AppResult::bare(Outcome::Failed, AppFailure::NoPlan);
        let notes = vec![
            PushNote::MergedAgain,
            PushNote::EarlierWrites(1),
            PushNote::Healed(Healed::PutBack { entry: entry("CN=a") }),
            PushNote::Foreign(ForeignChange { what: Foreign::Removed, entry: entry("CN=b") }),
            PushNote::Attempted(Healed::RemovedAgain { entry: entry("CN=c") }),
            PushNote::Lost(entry("CN=d")),
            PushNote::AtRisk(entry("CN=e")),
            PushNote::Told("Told.".into()),
        ];
        let all = "The app had changed since the preview: the change was merged with what was there. \
            A write of an earlier push to this app had no answer: nothing was written until it could not arrive any more. \
            “CN=a”, somebody else's, had gone beside a push's write, perhaps because of it, and was put back. \
            Somebody else removed “CN=b”. \
            Tried, and not seen since: “CN=c” had been brought back by somebody else's write and was removed again. \
            “CN=d” is gone, and could not be put back. “CN=e” was there at last, and may go yet. Told.";
        assert_eq!(PageText.app(&bare), "The preview is incomplete: It has no plan for this app.");
        let verified = AppResult { outcome: Outcome::Verified, failure: None, ..bare };
        assert_eq!(PageText.app(&verified), "Written, and read back as planned.");
        let there = AppResult { outcome: Outcome::AlreadyThere, notes, ..verified };
        assert_eq!(PageText.app(&there), format!("The app was as this push would make it; nothing was sent. {all}"));
    }
}
