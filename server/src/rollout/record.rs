//! Results, as the receipt and the audit log have them.

use crate::operations::DeskState;
use crate::rollout::one_app::AppEnd;
use crate::rollout::words;
use crate::store::{AuditEntry, OpenApp, OpenWork, Run, StoreError};
use app::contract::pushes::{AppStage, Outcome, ReceiptApp};
use domain::audit::{AuditAction, AuditOutcome};
use domain::diff::DiffKind;
use time::OffsetDateTime;

/// An app about which nothing more is known.
pub(crate) fn blank(app: &OpenApp, stage: AppStage) -> ReceiptApp {
    ReceiptApp {
        object_id: app.object_id,
        app_id: app.app_id,
        display_name: app.display_name.clone(),
        stage,
        problem: None,
        diff: None,
        before: None,
        after: None,
        steps: vec![],
        reads_until_seen: 0,
        notes: vec![],
        undo: None,
    }
}

/// The result and its audit row, both or neither.
pub(crate) async fn keep(
    state: &DeskState,
    run: &Run,
    position: usize,
    outcome: Outcome,
    result: &ReceiptApp,
) -> Result<(), StoreError> {
    let entry = about_app(run, outcome, result, state.clock.now());
    state.store.of(run.tenant).finish_app(run.id, position, outcome, &result.clone().into(), &entry).await
}

pub(crate) async fn panicked(state: &DeskState, run: &Run, work: &OpenWork) -> AppEnd {
    let asked = async {
        // The journal, and not what was known when the work began: a write may have been sent since.
        let writing = state.store.of(run.tenant).in_writing(run.id).await?;
        let before = writing.into_iter().find(|open| open.position == work.position).and_then(|open| open.before);
        let outcome = if before.is_some() { Outcome::Unverified } else { Outcome::Failed };
        let blank = blank(&work.app, AppStage::Ended(outcome));
        let result = ReceiptApp { problem: Some(words::panicked()), before, ..blank };
        keep(state, run, work.position, outcome, &result).await.map(|()| outcome)
    };
    match asked.await {
        Ok(outcome) => AppEnd::Recorded(outcome),
        Err(error) => AppEnd::NotRecorded(error),
    }
}

/// An audit row about the whole push.
pub(crate) fn about_run(
    run: &Run,
    at: OffsetDateTime,
    action: AuditAction,
    outcome: impl Into<AuditOutcome>,
) -> AuditEntry {
    let mut entry = AuditEntry::new(Some(run.person), at, action, outcome);
    entry.row.who.clone_from(&run.who);
    entry.row.username.clone_from(&run.username);
    entry.row.receipt = Some(run.id);
    entry
}

fn about_app(run: &Run, outcome: Outcome, app: &ReceiptApp, at: OffsetDateTime) -> AuditEntry {
    let mut entry = about_run(run, at, AuditAction::Push(run.mode), outcome);
    let row = &mut entry.row;
    row.app_name = Some(app.display_name.clone());
    row.object_id = Some(app.object_id);
    row.thumbprint = app.diff.as_ref().and_then(|diff| {
        let of = |kind| diff.rows.iter().find(|row| row.kind == kind).and_then(|row| row.thumbprint);
        of(DiffKind::Added).or_else(|| of(DiffKind::AlreadyThere)).or_else(|| of(DiffKind::Removed))
    });
    row.detail = match (&app.problem, outcome) {
        (Some(problem), _) => problem.to_string(),
        (None, Outcome::Verified) => "Written, and read back as planned.".into(),
        (None, Outcome::AlreadyThere) => "All was as wanted before; nothing was sent.".into(),
        (None, _) => String::new(),
    };
    for note in &app.notes {
        row.detail.push_str(if row.detail.is_empty() { "" } else { " " });
        row.detail.push_str(note);
    }
    // The write's own id is what Microsoft's support asks for first.
    let written = app.steps.iter().rev().find(|step| step.what.starts_with("PATCH"));
    row.request_id = app
        .problem
        .as_ref()
        .and_then(|problem| problem.request_id.clone())
        .or_else(|| written.or(app.steps.last()).and_then(|step| step.request_id.clone()));
    entry
}
