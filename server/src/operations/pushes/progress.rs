//! How far a push is, for whoever may see its receipt.

use crate::operations::DeskState;
use crate::person::Person;
use crate::rollout::Course;
use crate::store::{Run, StoreError};
use app::contract::problem::Problem;
use app::contract::pushes::{Progress, RunState};
use uuid::Uuid;

pub(crate) async fn handle(state: &DeskState, person: &Person, receipt: Uuid) -> Result<Progress, Problem> {
    let run = visible(state, person, receipt).await?;
    Ok(of(state, &run).await?)
}

/// The run, where the person made it or sees everybody's.
pub(crate) async fn visible(state: &DeskState, person: &Person, receipt: Uuid) -> Result<Run, Problem> {
    let viewer = &person.viewer;
    let run = state.store.of(viewer.tenant_id).run(receipt).await?;
    run.filter(|run| run.person == viewer.object_id || viewer.sees_whole_audit()).ok_or_else(no_such_receipt)
}

pub(crate) fn no_such_receipt() -> Problem {
    Problem::new(
        404,
        "receipt-not-found",
        "There is no such receipt",
        "It does not exist, or it is of someone else's push.",
    )
    .advice("Look for the push in the audit log.")
}

pub(crate) async fn of(state: &DeskState, run: &Run) -> Result<Progress, StoreError> {
    let counts = state.store.of(run.tenant).counts(run.id).await?;
    let course = Course::read(&run.pace)?;
    let reading = u32::try_from(state.board.reading(run.id).len()).unwrap_or_default().min(counts.waiting);
    let mut progress = Progress {
        state: run.state,
        why: run.why.clone().map(Into::into),
        wave: run.wave,
        waves: course.waves,
        waiting: counts.waiting - reading,
        working: counts.writing + reading,
        verified: counts.verified,
        already_there: counts.already_there,
        changed: counts.changed,
        refused: counts.refused,
        failed: counts.failed,
        unverified: counts.unverified,
        cancelled: counts.cancelled,
        per_minute: None,
        seconds_left: None,
    };
    if run.state == RunState::Cancelled && run.finished_at.is_none() {
        // Apps that were being written are looked at to the end: it is not over yet.
        progress.state = RunState::Running;
        progress.why = Some(ending());
    }
    if progress.state == RunState::Running {
        let rate = state.board.per_minute(run.id, progress.done()).filter(|rate| *rate > 0.0);
        let left = f64::from(progress.waiting + progress.working);
        progress.per_minute = rate.map(whole);
        progress.seconds_left = rate.map(|rate| whole(left * 60.0 / rate));
    } else {
        state.board.at_rest(run.id);
    }
    Ok(progress)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "neither negative nor beyond u32")]
fn whole(value: f64) -> u32 {
    value.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

fn ending() -> Problem {
    Problem::new(
        409,
        "being-cancelled",
        "This push is being cancelled",
        "Nothing further is begun; apps that were being written are looked at to the end.",
    )
}
