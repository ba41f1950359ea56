//! Rollout's types, as the store keeps them: what happened, and for rows of earlier versions the words that were told then.

use crate::rollout::app_result::{AppResult, PushNote};
use crate::rollout::failure::AppFailure;
use crate::rollout::pause_reason::PauseReason;
use crate::rollout::steps::{Step, StepKind};
use crate::store::{OpenApp, StoreError, Stored, StoredReason, StoredResult, StoredStep};
use domain::rollout::{AppStage, RolloutPlan};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) fn plan(text: &str) -> Result<RolloutPlan, StoreError> {
    RolloutPlan::from_json(text).map_err(|error| StoreError::Damaged(format!("pace: {error}")))
}

pub(crate) fn plan_to_json(plan: &RolloutPlan) -> Result<String, StoreError> {
    plan.to_json().map_err(|error| StoreError::Damaged(format!("pace: {error}")))
}

pub(crate) fn pause(why: PauseReason) -> Result<StoredReason, StoreError> {
    match why {
        PauseReason::Told(told) => Ok(told),
        why => typed(&why),
    }
}

pub(crate) fn read_pause(why: StoredReason) -> PauseReason {
    read(&why).unwrap_or(PauseReason::Told(why))
}

pub(super) fn result(app: &OpenApp, result: AppResult) -> Result<StoredResult, StoreError> {
    Ok(StoredResult {
        object_id: app.object_id,
        app_id: app.app_id,
        display_name: app.display_name.clone(),
        stage: AppStage::Ended(result.outcome),
        problem: result.failure.map(failure).transpose()?,
        diff: result.diff,
        before: result.before,
        after: result.after,
        steps: result.steps.into_iter().map(step).collect::<Result<_, _>>()?,
        reads_until_seen: result.reads_until_seen,
        notes: result.notes.into_iter().map(note).collect::<Result<_, _>>()?,
        undo: result.undo,
    })
}

/// # Errors
/// [`StoreError::Damaged`] where the app has not ended.
pub(crate) fn read_result(result: StoredResult) -> Result<AppResult, StoreError> {
    let damaged = || StoreError::Damaged("a result without an outcome".into());
    Ok(AppResult {
        outcome: result.stage.outcome().ok_or_else(damaged)?,
        failure: result.problem.map(|why| read(&why).unwrap_or(AppFailure::Told(why))),
        diff: result.diff,
        before: result.before,
        after: result.after,
        steps: result.steps.into_iter().map(read_step).collect(),
        reads_until_seen: result.reads_until_seen,
        notes: result.notes.into_iter().map(read_note).collect(),
        undo: result.undo,
    })
}

fn typed<T>(what: &impl Serialize) -> Result<Stored<T>, StoreError> {
    let typed = serde_json::to_value(what).map_err(|error| StoreError::Damaged(format!("result: {error}")))?;
    Ok(Stored::Typed { typed })
}

/// `None` for what an earlier version told in words, or a later one by a name that this one does not know.
fn read<T: DeserializeOwned, W>(stored: &Stored<W>) -> Option<T> {
    match stored {
        Stored::Typed { typed } => T::deserialize(typed).ok(),
        Stored::Told(_) => None,
    }
}

fn failure(failure: AppFailure) -> Result<StoredReason, StoreError> {
    match failure {
        AppFailure::Told(told) => Ok(told),
        failure => typed(&failure),
    }
}

fn step(step: Step) -> Result<Stored<StoredStep>, StoreError> {
    match step {
        Step { kind: StepKind::Told(what), status, request_id, .. } => {
            Ok(Stored::Told(StoredStep { what, status, request_id }))
        }
        step => typed(&step),
    }
}

fn read_step(step: Stored<StoredStep>) -> Step {
    let known = read(&step);
    known.unwrap_or_else(|| match step {
        Stored::Told(StoredStep { what, status, request_id }) => {
            Step { kind: StepKind::Told(what), status, request_id, times: 1 }
        }
        Stored::Typed { typed } => {
            Step { kind: StepKind::Told(typed.to_string()), status: None, request_id: None, times: 1 }
        }
    })
}

fn note(note: PushNote) -> Result<Stored<String>, StoreError> {
    match note {
        PushNote::Told(told) => Ok(Stored::Told(told)),
        note => typed(&note),
    }
}

fn read_note(note: Stored<String>) -> PushNote {
    let known = read(&note);
    known.unwrap_or_else(|| match note {
        Stored::Told(told) => PushNote::Told(told),
        Stored::Typed { typed } => PushNote::Told(typed.to_string()),
    })
}

#[cfg(test)]
mod tests;
