//! Keeps what apps came to.

use crate::rollout::app_result::AppResult;
use crate::rollout::audit;
use crate::rollout::context::Rollout;
use crate::rollout::failure::AppFailure;
use crate::rollout::stored;
use crate::store::{OpenWork, Run, StoreError};
use domain::rollout::Outcome;

/// The result and its audit row, both or neither.
pub(super) async fn keep(
    rollout: &Rollout,
    run: &Run,
    work: &OpenWork,
    result: AppResult,
) -> Result<Outcome, StoreError> {
    let outcome = result.outcome;
    let detail = rollout.audit_text.app(&result);
    let entry = audit::about_app(run, &work.app, &result, detail, rollout.clock.now());
    // What ended without a look may leave a write that is still on its way.
    let settled = !matches!(result.failure, Some(AppFailure::Panicked | AppFailure::NotLookedAt));
    let result = stored::result(&work.app, result)?;
    rollout.store.of(run.tenant).finish_app(run.id, work.position, outcome, &result, &entry, settled).await?;
    Ok(outcome)
}

/// An app of which no more is known than why.
pub(super) async fn keep_bare(
    rollout: &Rollout,
    run: &Run,
    work: &OpenWork,
    outcome: Outcome,
    failure: AppFailure,
) -> Result<Outcome, StoreError> {
    let result = AppResult { before: work.before.clone(), ..AppResult::bare(outcome, failure) };
    keep(rollout, run, work, result).await
}

/// An app whose work ended early.
pub(super) async fn panicked(rollout: &Rollout, run: &Run, work: &OpenWork) -> Result<Outcome, StoreError> {
    // The journal, and not what was known when the work began: a write may have been sent since.
    let writing = rollout.store.of(run.tenant).in_writing(run.id).await?;
    let before = writing.into_iter().find(|open| open.position == work.position).and_then(|open| open.before);
    let outcome = if before.is_some() { Outcome::Unverified } else { Outcome::Failed };
    let result = AppResult { before, ..AppResult::bare(outcome, AppFailure::Panicked) };
    keep(rollout, run, work, result).await
}
