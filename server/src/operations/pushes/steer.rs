//! Pause, resume, cancel: between apps, whichever process is at work. An app that is being written is ended first.

use crate::config::PushWeight;
use crate::operations::pushes::PushContext;
use crate::operations::pushes::visible::{self, VisibleError};
use crate::person::{Person, TokenError};
use crate::rollout::{PauseReason, stored};
use crate::store::{Run, StoreError, TenantStore};
use domain::audit::AuditOutcome;
use domain::rollout::{Outcome, RolloutPlan, Steer};
use uuid::Uuid;

/// Why a push is not steered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SteerError {
    #[error(transparent)]
    Visible(#[from] VisibleError),
    /// Nobody's token does somebody else's push. `who` began it.
    #[error("only {who}, who began this push, can go on with it")]
    NotTheirs { who: String },
    /// It is in none of the states from which this can be asked for.
    #[error("it is too late to {0} this push")]
    TooLate(Steer),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(
    pushes: &PushContext,
    person: &Person,
    receipt: Uuid,
    steer: Steer,
) -> Result<(), SteerError> {
    let store = &pushes.context.tenant.store;
    let run = visible::run_to_steer(&pushes.context, person, receipt).await?;
    let moved = match steer {
        Steer::Pause => {
            let why = stored::pause(PauseReason::ByPerson { who: person.viewer.name.clone() })?;
            store.move_run(receipt, steer.from(), steer.to(), Some(&why)).await?
        }
        Steer::Resume => resume(store, person, &run).await?,
        Steer::Cancel => store.move_run(receipt, steer.from(), steer.to(), None).await?,
    };
    if !moved {
        return Err(SteerError::TooLate(steer));
    }
    let mut entry = person.audit(pushes.context.now(), steer.into(), outcome(steer));
    entry.row.receipt = Some(run.id);
    store.audit(entry).await?;
    if steer != Steer::Pause {
        pushes.notifier.enqueue(receipt).await;
    }
    pushes.notifier.changed();
    Ok(())
}

fn outcome(steer: Steer) -> AuditOutcome {
    match steer {
        Steer::Pause => AuditOutcome::Paused,
        Steer::Resume => AuditOutcome::Resumed,
        Steer::Cancel => AuditOutcome::Ended(Outcome::Cancelled),
    }
}

/// It is what it was when it began: one may pause a push and go on with it in another browser.
async fn weight(store: &TenantStore, run: &Run) -> Result<PushWeight, StoreError> {
    let plan = store.plan(run.person, run.plan).await?;
    Ok(PushWeight {
        apps: store.planned_apps(run.plan).await?,
        // Where the preview is gone nobody knows what it removed.
        removes: plan.is_none_or(|plan| plan.head.removes()),
        by_request: store.request_of_receipt(run.id).await?.is_some(),
    })
}

/// With the sign-in of who began it.
async fn resume(store: &TenantStore, person: &Person, run: &Run) -> Result<bool, SteerError> {
    if run.person != person.viewer.object_id {
        return Err(SteerError::NotTheirs { who: run.who.clone() });
    }
    let sealed = person.tokens.hand_over(run.id, weight(store, run).await?).await?;
    let mut plan = stored::plan(&run.pace)?;
    if plan.waves.is_empty() {
        // It began before pushes had waves.
        plan = RolloutPlan::new(plan.pace, store.planned_apps(run.plan).await?);
    }
    plan.accepted = plan.ended(&store.counts(run.id).await?);
    Ok(store.resume_run(run.id, &stored::plan_to_json(&plan)?, &sealed).await?)
}
