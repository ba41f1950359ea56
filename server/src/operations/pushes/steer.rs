//! Pause, resume, cancel: between apps, whichever process is at work. An app that is being written is ended first.

use crate::operations::DeskState;
use crate::operations::pushes::progress;
use crate::person::Person;
use crate::rollout::words;
use crate::rollout::{Course, about_run};
use crate::store::Run;
use app::contract::problem::Problem;
use app::contract::pushes::{Outcome, RunState, Steer};
use domain::audit::{AuditAction, AuditOutcome};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) async fn handle(
    state: &Arc<DeskState>,
    person: &Person,
    receipt: Uuid,
    steer: Steer,
) -> Result<(), Problem> {
    let run = progress::visible(state, person, receipt).await?;
    let store = state.store.of(run.tenant);
    let (moved, action) = match steer {
        Steer::Pause => {
            let why = words::paused(&person.viewer.name);
            (
                store.move_run(receipt, &[RunState::Running], RunState::Paused, Some(&why.into())).await?,
                AuditAction::PushPaused,
            )
        }
        Steer::Resume => (resume(state, person, &run).await?, AuditAction::PushResumed),
        Steer::Cancel => {
            use RunState::{NeedsSignIn, Paused, Running};
            let moved = store.move_run(receipt, &[Running, Paused, NeedsSignIn], RunState::Cancelled, None).await?;
            (moved, AuditAction::PushCancelled)
        }
    };
    if !moved {
        return Err(too_late(steer));
    }
    let outcome = match steer {
        Steer::Pause => AuditOutcome::Paused,
        Steer::Resume => AuditOutcome::Resumed,
        Steer::Cancel => Outcome::Cancelled.into(),
    };
    let mut entry = about_run(&run, state.clock.now(), action, outcome);
    entry.person = Some(person.viewer.object_id);
    entry.row.who.clone_from(&person.viewer.name);
    entry.row.username.clone_from(&person.viewer.username);
    store.audit(entry).await?;
    if steer != Steer::Pause {
        state.board.enqueue(receipt).await;
    }
    state.board.changed();
    Ok(())
}

/// With the sign-in of who began it: nobody's token does somebody else's push.
async fn resume(state: &DeskState, person: &Person, run: &Run) -> Result<bool, Problem> {
    if run.person != person.viewer.object_id {
        return Err(Problem::new(
            403,
            "not-your-push",
            "Only who began this push can go on with it",
            format!("It writes in the name of {}, with their sign-in.", run.who),
        )
        .advice("Ask them, or cancel it and preview the rest again."));
    }
    let sealed = person.tokens.hand_over(run.id).await?;
    let mut course = Course::read(&run.pace)?;
    if course.waves.is_empty() {
        // It began before pushes had waves.
        course = Course::new(course.pace, state.store.of(run.tenant).planned_apps(run.plan).await?);
    }
    course.accepted = course.ended(&state.store.of(run.tenant).counts(run.id).await?);
    Ok(state.store.of(run.tenant).resume_run(run.id, &course.text()?, &sealed).await?)
}

fn too_late(steer: Steer) -> Problem {
    let (title, detail) = match steer {
        Steer::Pause => ("This push does not run", "It is paused already, or over."),
        Steer::Resume => ("This push is not paused", "It runs, or is over."),
        Steer::Cancel => ("This push is over", "There is nothing left to cancel."),
    };
    Problem::new(409, "too-late", title, detail).advice("Load the page again to see where it is.")
}
