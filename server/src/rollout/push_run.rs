//! All apps of a push, as far as they can be gone on with: does what the run's state asks for, and moves it.

use crate::jobs::{HandedOver, Lease, Pushes, TokenPatience};
use crate::person::TokenProvider;
use crate::plan_refusal::PlanRefusal;
use crate::rollout::context::Rollout;
use crate::rollout::failure::AppFailure;
use crate::rollout::pause_reason::PauseReason;
use crate::rollout::wave_run::{Halt, WaveRun, WaveScope};
use crate::rollout::{audit, record, stored};
use crate::store::{Run, StoreError, Stored, StoredReason, TenantStore};
use async_trait::async_trait;
use domain::audit::{AuditAction, AuditOutcome};
use domain::ids::ObjectId;
use domain::rollout::{Outcome, RolloutPlan, RunState};
use std::sync::Arc;
use uuid::Uuid;

#[async_trait]
impl Pushes for Rollout {
    async fn work_on(self: Arc<Self>, receipt: Uuid) {
        if let Err(error) = self.go_on(receipt).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, %receipt, "a push stopped half-way; it is gone on with later");
        }
    }

    async fn person_of(&self, receipt: Uuid) -> Option<ObjectId> {
        self.store.person_of_run(receipt).await.ok().flatten()
    }
}

impl Rollout {
    async fn go_on(self: &Arc<Self>, receipt: Uuid) -> Result<(), StoreError> {
        let Some(lease) = self.leases.take(receipt).await? else { return Ok(()) };
        let Some(tenant) = self.store.tenant_of_run(receipt).await? else { return Ok(()) };
        let store = self.store.of(tenant);
        while let Some(run) = store.run(receipt).await? {
            let (rollout, run) = (Arc::clone(self), Arc::new(run));
            let run = PushRun { rollout, run, store: store.clone(), lease: &lease };
            if !run.goes_on().await? {
                break;
            }
            self.notifier.changed();
        }
        Ok(())
    }
}

/// A run as it was found.
struct PushRun<'a> {
    rollout: Arc<Rollout>,
    run: Arc<Run>,
    store: TenantStore,
    lease: &'a Lease,
}

impl PushRun<'_> {
    /// Whether there may be more to do: the run has to be looked at again.
    async fn goes_on(&self) -> Result<bool, StoreError> {
        match self.run.state {
            _ if self.run.finished_at.is_some() || self.rollout.notifier.is_stopping() => return Ok(false),
            RunState::Running => self.wave().await?,
            RunState::Cancelled => self.cancelled().await?,
            RunState::Paused | RunState::NeedsSignIn | RunState::Finished => return Ok(false),
        }
        Ok(self.run.state == RunState::Running)
    }

    /// One wave to its end, or until it halts. Each way out moves the run's state, unless somebody else did.
    async fn wave(&self) -> Result<(), StoreError> {
        let plan = stored::plan(&self.run.pace)?;
        self.record_not_planned().await?;
        let Some(tokens) = self.tokens().await? else { return self.needs_sign_in(None).await };
        match self.apps(&plan, tokens, WaveScope::WholeWave).await? {
            Some(Halt::Store(error)) => Err(error),
            Some(Halt::NeedsSignIn { request_id }) => self.needs_sign_in(request_id).await,
            Some(Halt::Rate(ended)) => {
                let why = PauseReason::Halted { ended: plan.since_accepted(ended), halt_at: plan.pace.halt_at };
                self.move_to(RunState::Paused, AuditAction::PushHalted, why).await
            }
            Some(Halt::Stopping) => Ok(()),
            // What was being written to then has been looked at.
            Some(Halt::Moved) => self.store.forget_tokens_at_rest(self.run.id).await,
            None if plan.is_last(self.run.wave) => self.finish().await,
            None => self.next_wave(&plan).await,
        }
    }

    async fn apps(
        &self,
        plan: &RolloutPlan,
        tokens: Arc<dyn TokenProvider>,
        scope: WaveScope,
    ) -> Result<Option<Halt>, StoreError> {
        WaveRun::new(&self.rollout, &self.run, plan, self.lease, tokens, scope).await?.run().await
    }

    async fn next_wave(&self, plan: &RolloutPlan) -> Result<(), StoreError> {
        let Run { id, wave, .. } = *self.run;
        let why = plan.pace.ask_between.then_some(PauseReason::WaveEnded { wave, waves: plan.waves.len() });
        let why = why.map(stored::pause).transpose()?;
        self.store.next_wave(id, wave + 1, why.as_ref()).await
    }

    /// Nothing further is begun, but what a write was sent to is looked at to the end.
    async fn cancelled(&self) -> Result<(), StoreError> {
        let store = &self.store;
        store.cancel_waiting(self.run.id).await?;
        self.rollout.notifier.changed();
        let plan = stored::plan(&self.run.pace)?;
        let halt = match self.tokens().await? {
            Some(tokens) => self.apps(&plan, tokens, WaveScope::CutOff).await?,
            None => None,
        };
        match halt {
            Some(Halt::Store(error)) => return Err(error),
            Some(Halt::Stopping | Halt::Moved) => return Ok(()),
            Some(Halt::NeedsSignIn { .. } | Halt::Rate(_)) | None => {}
        }
        for work in store.in_writing(self.run.id).await? {
            let failure = AppFailure::NotLookedAt;
            record::keep_bare(&self.rollout, &self.run, &work, Outcome::Unverified, failure).await?;
        }
        self.finish().await
    }

    async fn finish(&self) -> Result<(), StoreError> {
        self.store.finish_run(self.run.id, self.rollout.clock.now()).await
    }

    /// Apps that the preview could not plan for: their results are its refusals.
    async fn record_not_planned(&self) -> Result<(), StoreError> {
        for (work, refusal) in self.store.not_planned(self.run.id).await? {
            let (outcome, failure) = match refusal {
                Some(refusal) => {
                    let outcome = if was_denied(&refusal) { Outcome::Refused } else { Outcome::Failed };
                    (outcome, AppFailure::NotPlanned { refusal })
                }
                None => (Outcome::Failed, AppFailure::NoPlan),
            };
            record::keep_bare(&self.rollout, &self.run, &work, outcome, failure).await?;
        }
        Ok(())
    }

    async fn tokens(&self) -> Result<Option<Arc<dyn TokenProvider>>, StoreError> {
        let rollout = &self.rollout;
        let sealed = self.store.run_tokens(self.run.id).await?;
        let patience = TokenPatience {
            retry: rollout.settings.retry.clone(),
            entropy: Arc::clone(&rollout.entropy),
            notifier: Arc::clone(&rollout.notifier),
        };
        let (store, opener) = (self.store.clone(), Arc::clone(&rollout.job_tokens));
        Ok(sealed.map(|sealed| -> Arc<dyn TokenProvider> {
            Arc::new(HandedOver::new(self.run.id, sealed, store, opener, patience))
        }))
    }

    async fn needs_sign_in(&self, request_id: Option<String>) -> Result<(), StoreError> {
        let why = PauseReason::NeedsSignIn { request_id };
        self.move_to(RunState::NeedsSignIn, AuditAction::PushNeedsSignIn, why).await
    }

    async fn move_to(&self, to: RunState, action: AuditAction, why: PauseReason) -> Result<(), StoreError> {
        let detail = self.rollout.audit_text.pause(&why);
        if !self.store.move_run(self.run.id, &[RunState::Running], to, Some(&stored::pause(why)?)).await? {
            return Ok(());
        }
        let at = self.rollout.clock.now();
        let mut entry = audit::about_run(&self.run, at, action, AuditOutcome::Paused);
        entry.row.detail = detail;
        self.store.audit(entry).await
    }
}

/// Entra says no, or would. A preview of an earlier version was told in words, and says no more than a status.
fn was_denied(refusal: &StoredReason) -> bool {
    match (PlanRefusal::read(refusal), refusal) {
        (Some(refusal), _) => refusal.was_denied(),
        (None, Stored::Told(told)) => told.status == 403,
        (None, Stored::Typed { .. }) => false,
    }
}
