//! The forms in which rows hold for good what came of pushes.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::{failure as kept_failure, result as kept_result, *};
use crate::graph::{GraphError, Reply};
use crate::person::TokenError;
use crate::rollout::failure::{Doubt, RequestFailure, Unverified};
use crate::store::StoredProblem;
use domain::ids::{AppId, ObjectId};
use domain::merge_plan::ConflictReason;
use domain::push::{EntryName, Foreign, ForeignChange, Healed};
use domain::rollout::{Ended, Outcome};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

fn told() -> StoredProblem {
    let text = |text: &str| text.to_owned();
    StoredProblem {
        status: 409,
        code: text("paused"),
        title: text("t"),
        detail: text("d"),
        advice: None,
        request_id: Some(text("r")),
    }
}

fn app() -> OpenApp {
    let id = Uuid::from_u128(7);
    OpenApp { object_id: ObjectId::new(id), app_id: AppId::new(id), display_name: "payroll".into() }
}

fn kept(stored: Stored<StoredProblem>) -> Value {
    match stored {
        Stored::Typed { typed } => typed,
        Stored::Told(told) => panic!("{told:?}"),
    }
}

fn reply() -> Reply {
    Reply { status: 403, code: "c".into(), message: "m".into(), request_id: Some("r".into()) }
}

/// Rows hold these for good: an expectation here may be added, and none changed.
#[test]
fn failures_are_kept_under_these_names() {
    let graph = |error| AppFailure::Request { request: RequestFailure::Graph { error } };
    let throttled = GraphError::Throttled { reply: reply(), retry_after: Some(Duration::from_secs(7)) };
    let name = || EntryName { key_id: None, name: "CN=theirs".into() };
    let unverified = |doubt, request| {
        AppFailure::Unverified(Unverified { doubt, differs: vec![], lost: vec![name()], at_risk: vec![], request })
    };
    let lost = json!([{"key_id": null, "name": "CN=theirs"}]);
    for (failure, json) in [
        (
            AppFailure::NotPlanned { refusal: Stored::Told(told()) },
            json!({"failure": "not-planned", "refusal": {"status": 409, "code": "paused", "title": "t", "detail": "d", "advice": null, "request_id": "r"}}),
        ),
        (AppFailure::NoPlan, json!({"failure": "no-plan"})),
        (AppFailure::Panicked, json!({"failure": "panicked"})),
        (AppFailure::NotLookedAt, json!({"failure": "not-looked-at"})),
        (AppFailure::NotAccepted, json!({"failure": "not-accepted"})),
        (AppFailure::GaveUp, json!({"failure": "gave-up"})),
        (
            AppFailure::Changed { reason: ConflictReason::Replacement },
            json!({"failure": "changed", "reason": {"reason": "replacement"}}),
        ),
        (
            graph(GraphError::Denied(reply())),
            json!({"failure": "request", "request": {"by": "graph", "error": {"error": "denied", "status": 403, "code": "c", "message": "m", "request_id": "r"}}}),
        ),
        (
            graph(throttled),
            json!({"failure": "request", "request": {"by": "graph", "error": {"error": "throttled", "reply": {"status": 403, "code": "c", "message": "m", "request_id": "r"}, "retry_after": {"secs": 7, "nanos": 0}}}}),
        ),
        (
            AppFailure::Request { request: RequestFailure::Token { error: TokenError::Unreadable } },
            json!({"failure": "request", "request": {"by": "token", "error": {"error": "unreadable"}}}),
        ),
        (
            unverified(Doubt::NotSeen, None),
            json!({"failure": "unverified", "doubt": {"doubt": "not-seen"}, "differs": [], "lost": lost, "at_risk": [], "request": null}),
        ),
        (
            unverified(
                Doubt::Conflict { reason: ConflictReason::NothingLeft },
                Some(RequestFailure::Graph { error: GraphError::NoAnswer }),
            ),
            json!({"failure": "unverified", "doubt": {"doubt": "conflict", "reason": {"reason": "nothing-left"}}, "differs": [], "lost": lost, "at_risk": [], "request": {"by": "graph", "error": {"error": "no-answer"}}}),
        ),
    ] {
        let stored = kept_failure(failure.clone()).unwrap();
        assert_eq!(read::<AppFailure, _>(&stored), Some(failure));
        assert_eq!(kept(stored), json);
    }
    for (doubt, name) in [
        (Doubt::NotReadBack, "not-read-back"),
        (Doubt::OnItsWay, "on-its-way"),
        (Doubt::Unanswered, "unanswered"),
        (Doubt::Unsteady, "unsteady"),
        (Doubt::HealsUsedUp, "heals-used-up"),
        (Doubt::Differs, "differs"),
        (Doubt::Lost, "lost"),
        (Doubt::HealRefused, "heal-refused"),
    ] {
        assert_eq!(serde_json::to_value(doubt).unwrap(), json!({"doubt": name}));
    }
}

#[test]
fn reasons_to_stand_still_are_kept_under_these_names() {
    for (why, json) in [
        (PauseReason::ByPerson { who: "Owen".into() }, json!({"pause": "by-person", "who": "Owen"})),
        (PauseReason::WaveEnded { wave: 1, waves: 3 }, json!({"pause": "wave-ended", "wave": 1, "waves": 3})),
        (
            PauseReason::Halted { ended: Ended { all: 9, badly: 4 }, halt_at: 20 },
            json!({"pause": "halted", "ended": {"all": 9, "badly": 4}, "halt_at": 20}),
        ),
        (
            PauseReason::NeedsSignIn { request_id: Some("r".into()) },
            json!({"pause": "needs-sign-in", "request_id": "r"}),
        ),
    ] {
        let stored = pause(why.clone()).unwrap();
        assert_eq!(read_pause(stored.clone()), why);
        assert_eq!(kept(stored), json);
    }
}

#[test]
fn what_other_versions_kept_is_shown_as_they_put_it() {
    let old = Stored::Told(told());
    assert_eq!(read_pause(old.clone()), PauseReason::Told(old.clone()));
    assert_eq!(pause(PauseReason::Told(old.clone())).unwrap(), old);
    let later = Stored::Typed { typed: json!({"pause": "for-lunch"}) };
    assert_eq!(read_pause(later.clone()), PauseReason::Told(later));
    let step = StoredStep { what: "GET: read (2 times)".into(), status: Some(200), request_id: None };
    let stored = StoredResult {
        problem: Some(old.clone()),
        steps: vec![Stored::Told(step)],
        notes: vec![Stored::Told("A note.".into()), Stored::Typed { typed: json!("later") }],
        ..kept_result(&app(), AppResult::bare(Outcome::Failed, AppFailure::NoPlan)).unwrap()
    };
    let read = read_result(stored.clone()).unwrap();
    assert_eq!(read.failure, Some(AppFailure::Told(old)));
    assert_eq!((&read.steps[0].kind, read.steps[0].times), (&StepKind::Told("GET: read (2 times)".into()), 1));
    assert_eq!(read.notes, [PushNote::Told("A note.".into()), PushNote::Told("\"later\"".into())]);
    assert_eq!(kept_result(&app(), read).unwrap().steps, stored.steps);
}

#[test]
fn a_result_is_read_as_it_was_kept() {
    let entry = || EntryName { key_id: None, name: "CN=theirs".into() };
    let notes = [
        (PushNote::MergedAgain, json!("merged-again")),
        (PushNote::EarlierWrites(2), json!({"earlier-writes": 2})),
        (
            PushNote::Healed(Healed::PutBack { entry: entry() }),
            json!({"healed": {"healed": "put-back", "entry": entry()}}),
        ),
        (
            PushNote::Foreign(ForeignChange { what: Foreign::Added, entry: entry() }),
            json!({"foreign": {"what": "added", "entry": entry()}}),
        ),
        (
            PushNote::Attempted(Healed::WrittenAgain { entry: entry() }),
            json!({"attempted": {"healed": "written-again", "entry": entry()}}),
        ),
        (PushNote::Lost(entry()), json!({"lost": entry()})),
        (PushNote::AtRisk(entry()), json!({"at-risk": entry()})),
    ];
    let step = Step { kind: StepKind::NotYet, status: Some(200), request_id: Some("r".into()), times: 4 };
    let result = AppResult {
        steps: vec![step],
        notes: notes.iter().map(|(note, _)| note.clone()).collect(),
        reads_until_seen: 3,
        undo: Some(7),
        ..AppResult::bare(Outcome::Unverified, AppFailure::Panicked)
    };
    let stored = kept_result(&app(), result.clone()).unwrap();
    for (stored, (_, json)) in stored.notes.iter().zip(notes) {
        assert_eq!(stored, &Stored::Typed { typed: json });
    }
    let json = json!({"kind": "not-yet", "status": 200, "request_id": "r", "times": 4});
    assert_eq!(stored.steps, [Stored::Typed { typed: json }]);
    assert_eq!(read_result(stored).unwrap(), result);
}
