//! Results, as the receipt and the audit log have them.

use crate::operations::DeskState;
use crate::rollout::one_app::AppEnd;
use crate::rollout::words;
use crate::store::{AuditEntry, OpenApp, OpenWork, Run, StoreError};
use app::contract::pushes::{AppStage, Outcome, PushMode, ReceiptApp};
use domain::diff::DiffKind;
use time::OffsetDateTime;

/// In kebab-case, as serde writes it too.
pub(crate) fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => "verified",
        Outcome::AlreadyThere => "already-there",
        Outcome::ChangedSincePreview => "changed-since-preview",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
        Outcome::Unverified => "unverified",
        Outcome::Cancelled => "cancelled",
    }
}

pub(crate) fn action(mode: PushMode) -> &'static str {
    match mode {
        PushMode::Append => "push-append",
        PushMode::Replace => "push-replace",
        PushMode::Rotate => "push-rotate",
        PushMode::Retire => "push-retire",
        PushMode::Copy => "push-copy",
        PushMode::Restore => "push-restore",
        PushMode::RestoreExactly => "push-restore-exactly",
        PushMode::Table => "push-table",
    }
}

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
    state.store.finish_app(run.id, position, result, outcome_name(outcome), &entry).await
}

pub(crate) async fn panicked(state: &DeskState, run: &Run, work: &OpenWork) -> AppEnd {
    let asked = async {
        // The journal, and not what was known when the work began: a write may have been sent since.
        let writing = state.store.in_writing(run.id).await?;
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
pub(crate) fn about_run(run: &Run, at: OffsetDateTime, action: &str, outcome: &str) -> AuditEntry {
    let mut entry = AuditEntry::new(run.tenant, Some(run.person), at, action, outcome);
    entry.row.who.clone_from(&run.who);
    entry.row.username.clone_from(&run.username);
    entry.row.receipt = Some(run.id);
    entry
}

fn about_app(run: &Run, outcome: Outcome, app: &ReceiptApp, at: OffsetDateTime) -> AuditEntry {
    let mut entry = about_run(run, at, action(run.mode), outcome_name(outcome));
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn names_are_those_on_the_wire() {
        use Outcome::{AlreadyThere, Cancelled, ChangedSincePreview, Failed, Refused, Unverified, Verified};
        for outcome in [Verified, AlreadyThere, ChangedSincePreview, Refused, Failed, Unverified, Cancelled] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome_name(outcome));
        }
    }

    #[test]
    fn actions_are_named_after_the_mode() {
        use PushMode::{Append, Copy, Replace, Restore, RestoreExactly, Retire, Rotate, Table};
        for mode in [Append, Replace, Rotate, Retire, Copy, Restore, RestoreExactly, Table] {
            let name = serde_json::to_value(mode).unwrap();
            assert_eq!(action(mode), format!("push-{}", name.as_str().unwrap()));
        }
    }
}
