//! Pushes a plan, once. Before anything is sent the receipt exists; it outlives the request that asked for it, and the
//! process too.

use crate::operations::DeskState;
use crate::operations::plans::{draft, read as plan};
use crate::person::{Person, TokenError};
use crate::rollout::stored;
use crate::store::{AuditEntry, NewReceipt, PlanHead, ReceiptHead, StoreError, TenantStore};
use app::contract::problem::Problem;
use domain::audit::AuditAction;
use domain::rollout::{Outcome, Pace, RolloutPlan, RunState};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// Without news from this process the database is asked anyway: another one may have done the work.
const POLL: Duration = Duration::from_millis(500);

/// Why a push does not begin. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BeginError {
    /// The preview is not theirs, or a certificate of it can no longer be used.
    #[error(transparent)]
    Preview(#[from] Problem),
    #[error("this preview was pushed already")]
    AlreadyPushed,
    #[error("no app of this preview can be written")]
    NothingToPush,
    /// `words`: that were to be typed.
    #[error("the push removes certificates, and “{words}” was not typed")]
    NotConfirmed { words: String },
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(
    state: &DeskState,
    person: &Person,
    id: Uuid,
    typed: &str,
    pace: Pace,
) -> Result<Uuid, BeginError> {
    let stored = plan::find(state, person, id).await?;
    if stored.receipt.is_some() {
        return Err(BeginError::AlreadyPushed);
    }
    check(state, &stored.head, typed)?;
    let store = state.store.of(person.viewer.tenant_id);
    let apps = store.planned_apps(id).await?;
    if apps == 0 {
        return Err(BeginError::NothingToPush);
    }
    let receipt = state.entropy.uuid();
    let new = NewReceipt {
        head: head(state, person, receipt, stored.head),
        pace: stored::plan_to_json(&RolloutPlan::new(pace, apps))?,
        tokens: Some(person.tokens.hand_over(receipt).await?),
    };
    if !store.open_receipt(&new).await? {
        return Err(BeginError::AlreadyPushed);
    }
    state.notifier.enqueue(receipt).await;
    if apps <= state.jobs.small {
        wait(state, &store, receipt).await?;
    }
    Ok(receipt)
}

fn head(state: &DeskState, person: &Person, receipt: Uuid, plan: PlanHead) -> ReceiptHead {
    let viewer = &person.viewer;
    ReceiptHead {
        id: receipt,
        plan: plan.id,
        person: viewer.object_id,
        certificates: plan.certificates,
        mode: plan.mode,
        who: viewer.name.clone(),
        username: viewer.username.clone(),
        started_at: state.clock.now(),
        finished_at: None,
    }
}

/// What can be refused before any app is touched.
fn check(state: &DeskState, head: &PlanHead, typed: &str) -> Result<(), BeginError> {
    for facts in &head.certificates {
        draft::usable(facts, state.clock.now())?;
    }
    match &head.confirm {
        Some(words) if typed.trim() != words => Err(BeginError::NotConfirmed { words: words.clone() }),
        _ => Ok(()),
    }
}

/// Until the push ends, rests, or has taken longer than a person waits for a page.
async fn wait(state: &DeskState, store: &TenantStore, receipt: Uuid) -> Result<(), StoreError> {
    let mut changes = state.notifier.changes();
    let deadline = Instant::now() + state.jobs.patience;
    loop {
        changes.mark_unchanged();
        let run = store.run(receipt).await?;
        let runs = run.is_some_and(|run| run.state == RunState::Running && run.finished_at.is_none());
        if !runs || Instant::now() >= deadline || state.notifier.is_stopping() {
            return Ok(());
        }
        let next = deadline.min(Instant::now() + POLL);
        tokio::select! {
            _ = tokio::time::timeout_at(next, changes.changed()) => {}
            () = state.notifier.stopped() => {}
        }
    }
}

/// Somebody without the role tried to push. `why`: in a few words.
pub(crate) async fn audit_refusal(state: &DeskState, person: &Person, why: &str) -> Result<(), StoreError> {
    let viewer = &person.viewer;
    let (person, now) = (Some(viewer.object_id), state.clock.now());
    let mut entry = AuditEntry::new(person, now, AuditAction::PushRefused, Outcome::Refused);
    entry.row.who.clone_from(&viewer.name);
    entry.row.username.clone_from(&viewer.username);
    entry.row.detail = why.to_owned();
    state.store.of(viewer.tenant_id).audit(entry).await
}
