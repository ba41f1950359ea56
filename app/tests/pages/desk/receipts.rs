//! Receipts: done, mixed, and under way in every state.

use super::plans::planned;
use super::{NOW, current, id, new_certificate};
use app::contract::paging::*;
use app::contract::problem::*;
use app::contract::pushes::*;
use domain::ids::{AppId, ObjectId};
use domain::rollout::{AppStage, Outcome, Pace, PushMode, RunState};
use time::Duration;
use uuid::Uuid;

pub const GOOD: u128 = 80;
pub const MIXED: u128 = 81;
pub const RUNNING: u128 = 82;
pub const PAUSED: u128 = 83;
pub const SIGNED_OUT: u128 = 84;
pub const CANCELLED: u128 = 85;

pub fn progress(receipt: Uuid) -> Progress {
    let nothing = Progress {
        state: RunState::Finished,
        why: None,
        wave: 1,
        waves: vec![1],
        waiting: 0,
        working: 0,
        verified: 1,
        already_there: 0,
        changed: 0,
        refused: 0,
        failed: 0,
        unverified: 0,
        cancelled: 0,
        per_minute: None,
        seconds_left: None,
        may_steer: true,
    };
    let under_way = Progress {
        state: RunState::Running,
        wave: 3,
        waves: vec![5, 120, 1075],
        waiting: 811,
        working: 8,
        verified: 372,
        already_there: 6,
        refused: 3,
        per_minute: Some(94),
        seconds_left: Some(520),
        ..nothing.clone()
    };
    let paused = Progress { working: 0, waiting: 819, per_minute: None, seconds_left: None, ..under_way.clone() };
    match receipt {
        it if it == id(MIXED) => Progress { waves: vec![2], refused: 1, ..nothing },
        it if it == id(RUNNING) => under_way,
        it if it == id(PAUSED) => Progress {
            state: RunState::Paused,
            why: Some(
                Problem::new(409, "halted", "Too many apps did not end well", "21 of the last 100 were refused.")
                    .advice("Look at them, then resume or cancel."),
            ),
            ..paused
        },
        it if it == id(SIGNED_OUT) => Progress { state: RunState::NeedsSignIn, ..paused },
        it if it == id(CANCELLED) => {
            Progress { state: RunState::Cancelled, waiting: 0, working: 0, cancelled: 819, ..paused }
        }
        _ => nothing,
    }
}

fn app(n: u128, name: &str, stage: AppStage, problem: Option<Problem>) -> ReceiptApp {
    let (plan, _) = planned(false);
    let written = stage == AppStage::Ended(Outcome::Verified);
    let seen = stage.outcome().is_some_and(|outcome| outcome != Outcome::Cancelled);
    let after = serde_json::to_string_pretty(&plan.body()["keyCredentials"]).expect("json");
    let steps = vec![
        GraphStep {
            what: "Read again before writing".into(),
            status: Some(200),
            request_id: Some(id(800).to_string()),
        },
        GraphStep {
            what: "Write keyCredentials".into(),
            status: Some(if written { 204 } else { 403 }),
            request_id: Some(id(801).to_string()),
        },
    ];
    ReceiptApp {
        object_id: ObjectId::new(id(n)),
        app_id: AppId::new(id(n + 500)),
        display_name: name.into(),
        stage,
        problem,
        diff: written.then(|| plan.diff().clone()),
        before: seen.then(|| current().pretty()),
        after: written.then_some(after),
        steps: if seen { steps } else { vec![] },
        reads_until_seen: u32::from(written) * 3,
        notes: vec![],
        undo: written.then_some(4),
    }
}

fn refused() -> Problem {
    Problem {
        request_id: Some(id(801).to_string()),
        ..Problem::new(403, "refused", "Entra refused the change", "Insufficient privileges to complete the operation.")
            .advice("Ask an owner of the app.")
    }
}

fn bulk(query: &ReceiptQuery, over: bool) -> Page<ReceiptApp> {
    let all = (0..25).map(|n| {
        let name = format!("Batch worker {:02}", n + 1);
        match n {
            3 => app(n + 1, &name, AppStage::Ended(Outcome::Refused), Some(refused())),
            0..=9 => app(n + 1, &name, AppStage::Ended(Outcome::Verified), None),
            _ if over => app(n + 1, &name, AppStage::Ended(Outcome::Cancelled), None),
            10..=14 => app(n + 1, &name, AppStage::Working, None),
            _ => app(n + 1, &name, AppStage::Waiting, None),
        }
    });
    let items = all.filter(|app| query.outcome.is_empty() || query.outcome == app.stage.as_str()).collect();
    let all = query.outcome.is_empty();
    Page { items, page: query.page, has_next: all && query.page < 48, total: all.then_some(1_200) }
}

pub fn view(receipt: Uuid, query: &ReceiptQuery) -> Receipt {
    let progress = progress(receipt);
    let many = progress.total() > 2;
    let over = progress.is_over();
    let apps = if many {
        bulk(query, over)
    } else {
        let mut items = vec![app(1, "Payroll export", AppStage::Ended(Outcome::Verified), None)];
        if receipt == id(MIXED) {
            items[0].notes = vec!["Somebody added “CN=other” meanwhile: it was kept.".into()];
            items.push(app(4, "Badge access", AppStage::Ended(Outcome::Refused), Some(refused())));
        }
        Page { page: 1, has_next: false, total: Some(items.len() as u64), items }
    };
    Receipt {
        id: receipt,
        plan: id(70),
        certificates: vec![new_certificate().facts().clone()],
        mode: PushMode::Append,
        note: None,
        request: (receipt == id(MIXED)).then(|| id(80)),
        who: "Mara Lindqvist".into(),
        username: "mara@contoso.example".into(),
        started_at: NOW - Duration::seconds(270),
        finished_at: over.then(|| NOW - Duration::seconds(266)),
        pace: if many { Pace { canary: 5, second: 10, ..Pace::default() } } else { Pace::default() },
        progress,
        apps,
    }
}
