//! What the audit log says of a push.

use crate::rollout::app_result::AppResult;
use crate::rollout::failure::AppFailure;
use crate::rollout::pause_reason::PauseReason;
use crate::rollout::steps::Step;
use crate::store::{AuditEntry, OpenApp, Run};
use domain::audit::{AuditAction, AuditOutcome};
use domain::diff::DiffKind;
use time::OffsetDateTime;

/// People's words for the audit log's `detail`, which are made where pages get theirs.
pub(crate) trait AuditText: Send + Sync {
    /// What came of an app.
    fn app(&self, result: &AppResult) -> String;
    /// Why a push stands still.
    fn pause(&self, why: &PauseReason) -> String;
}

/// A row about the whole push.
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

/// A row about one app. `detail`: as [`AuditText`] has it.
pub(super) fn about_app(
    run: &Run,
    app: &OpenApp,
    result: &AppResult,
    detail: String,
    at: OffsetDateTime,
) -> AuditEntry {
    let mut entry = about_run(run, at, AuditAction::Push(run.mode), result.outcome);
    let row = &mut entry.row;
    row.app_name = Some(app.display_name.clone());
    row.object_id = Some(app.object_id);
    row.thumbprint = result.diff.as_ref().and_then(|diff| {
        let of = |kind| diff.rows.iter().find(|row| row.kind == kind).and_then(|row| row.thumbprint);
        of(DiffKind::Added).or_else(|| of(DiffKind::AlreadyThere)).or_else(|| of(DiffKind::Removed))
    });
    row.detail = detail;
    let failed = result.failure.as_ref().and_then(AppFailure::request_id);
    row.request_id = failed.or_else(|| of_steps(&result.steps)).map(str::to_owned);
    entry
}

/// The write's own id is what Microsoft's support asks for first.
fn of_steps(steps: &[Step]) -> Option<&str> {
    let write = steps.iter().rev().find(|step| step.kind.is_write());
    write.or(steps.last())?.request_id.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollout::steps::StepKind;

    #[test]
    fn the_writes_id_comes_before_the_last_reads() {
        let step = |kind, id: Option<&str>| Step { kind, status: None, request_id: id.map(str::to_owned), times: 1 };
        let read = [step(StepKind::ReadBeforeWriting, Some("r-1")), step(StepKind::ReadBeforeWriting, Some("r-2"))];
        assert_eq!(of_steps(&read), Some("r-2"));
        let written = [step(StepKind::Write, Some("w-1")), step(StepKind::AsPlanned, Some("r-3"))];
        assert_eq!(of_steps(&written), Some("w-1"));
        let cut_off = [step(StepKind::Write, Some("w-1")), step(StepKind::WriteCutOff, None)];
        assert_eq!(of_steps(&cut_off), None, "the last write has no answer");
        assert_eq!(of_steps(&[]), None);
    }
}
