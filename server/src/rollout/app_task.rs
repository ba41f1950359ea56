//! One app of a push, from its turn to its result.

use crate::rollout::app_context::{AppContext, WaveContext};
use crate::rollout::app_end::AppEnd;
use crate::rollout::app_result::AppResult;
use crate::rollout::checkpoint::Checkpoint;
use crate::rollout::conclude::Driven;
use crate::rollout::executor::Executor;
use crate::rollout::failure::AppFailure;
use crate::rollout::lapses::Lapses;
use crate::rollout::steps::Steps;
use crate::rollout::{past, record, retirements};
use crate::store::{OpenWork, Origin, StoreError};
use domain::key_credential::KeyCredentials;
use domain::merge_plan::MergePlan;
use domain::push::{Policy, Push};
use domain::rollout::Outcome;
use std::sync::Arc;

/// To its end, in a task of its own, so that a panic ends one app and not the push, which would come back to it for ever.
pub(super) async fn work_on(wave: Arc<WaveContext>, work: OpenWork) -> AppEnd {
    let (rollout, run) = (Arc::clone(&wave.rollout), Arc::clone(&wave.run));
    let app = AppContext { wave, work: work.clone() };
    let end = match tokio::spawn(async move { end(&app).await }).await {
        Ok(end) => end,
        Err(error) if error.is_panic() => record::panicked(&rollout, &run, &work).await.into(),
        Err(_) => AppEnd::Stopped,
    };
    rollout.notifier.reads(run.id, work.position, false);
    end
}

async fn end(app: &AppContext) -> AppEnd {
    match drive(app).await {
        Ok(Some(driven)) => conclude(app, driven).await.into(),
        Ok(None) => {
            let result = AppResult::bare(Outcome::Failed, AppFailure::NoPlan);
            record::keep(app.rollout(), app.run(), &app.work, result).await.into()
        }
        Err(end) => end,
    }
}

/// `None`: it has no plan.
async fn drive(app: &AppContext) -> Result<Option<Driven>, AppEnd> {
    let (rollout, run) = (app.rollout(), app.run());
    let Some(plan) = app.store().plan_merge(run.plan, app.work.position).await? else { return Ok(None) };
    // Nothing of it is read while another push is at work on it.
    let waits = |waits: bool| rollout.notifier.reads(run.id, app.work.position, !waits);
    let guard = app.wave.blocked.on(rollout.guards.of(run.tenant, app.work.app.object_id), waits).await?;
    let (push, steps, undo, lapses) = take_up(app, plan).await?;
    Executor::new(app, guard, push, steps, undo, lapses).run().await.map(Some)
}

/// From the beginning, or from where a crash left it.
async fn take_up(app: &AppContext, plan: MergePlan) -> Result<(Push, Steps, Option<i64>, Lapses), StoreError> {
    let (rollout, id) = (app.rollout(), app.work.app.object_id);
    let policy = Policy { consecutive_reads: rollout.settings.consecutive_reads, ..Policy::default() };
    let now = rollout.clock.now();
    let remembered = now.saturating_sub(rollout.settings.remembered());
    let mut since = remembered;
    let (mut push, steps, undo) = match Checkpoint::of(&app.work)? {
        None => (Push::new(plan, policy), Steps::default(), None),
        Some(checkpoint) => {
            since = since.max(checkpoint.at);
            let mut steps = Steps::of(checkpoint.steps);
            if checkpoint.writing {
                steps.cut_off();
            }
            (Push::resume(plan, policy, Some(checkpoint.push)), steps, checkpoint.undo)
        }
    };
    push.know(&app.store().known_keys(id).await?);
    let seen = app.store().states_since(id, since).await?;
    let sent = app.store().unanswered_writes(id).await?;
    let sent = sent.into_iter().filter(|sent| sent.sent_at >= remembered).collect();
    let lapses = past::tell(&mut push, seen, sent, (app.run().id, app.work.position));
    Ok((push, steps, undo, Lapses::new(lapses, now, rollout.settings.late_write_bound)))
}

async fn conclude(app: &AppContext, driven: Driven) -> Result<Outcome, StoreError> {
    let left = driven.left().cloned();
    let result = driven.into_result();
    if let Some(left) = left {
        note_what_is_left(app, result.outcome, &left).await;
    }
    record::keep(app.rollout(), app.run(), &app.work, result).await
}

/// For the credential index, the time machine and rotations. The push is done whether or not this can be kept.
async fn note_what_is_left(app: &AppContext, outcome: Outcome, left: &KeyCredentials) {
    let (rollout, run) = (app.rollout(), app.run());
    let noted = async {
        let left_there = app.sighting(left);
        app.wave.sightings.saw(left_there).await;
        app.store().note_state(left_there, Origin::AfterPush(run.id), rollout.clock.now()).await?;
        if outcome == Outcome::Verified {
            retirements::plan(app, left).await?;
        }
        Ok::<_, StoreError>(())
    };
    if let Err(error) = noted.await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, receipt = %run.id, app = %app.work.app.object_id, "what a push left could not be noted");
    }
}
