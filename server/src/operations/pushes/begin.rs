//! Pushes a plan, once. Before anything is sent the receipt exists; it outlives the request that asked for it, and the
//! process too.

use crate::operations::DeskState;
use crate::operations::plans::{draft, read as plan};
use crate::person::Person;
use crate::rollout::{Course, words};
use crate::store::{AuditEntry, NewReceipt, PlanHead, ReceiptHead, StoreError, TenantStore};
use app::contract::problem::Problem;
use app::contract::pushes::{Outcome, Pace, RunState};
use domain::audit::AuditAction;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// Without news from this process the database is asked anyway: another one may have done the work.
const POLL: Duration = Duration::from_millis(500);

pub(crate) async fn handle(
    state: &Arc<DeskState>,
    person: &Person,
    id: Uuid,
    typed: &str,
    pace: Pace,
) -> Result<Uuid, Problem> {
    let stored = plan::find(state, person, id).await?;
    if stored.receipt.is_some() {
        return Err(words::already_pushed());
    }
    let head = stored.head;
    check(state, &head, typed)?;
    let apps = state.store.of(person.viewer.tenant_id).planned_apps(id).await?;
    if apps == 0 {
        return Err(words::nothing_to_push());
    }
    let course = Course::new(pace, apps);
    let receipt = state.entropy.uuid();
    let tokens = person.tokens.hand_over(receipt).await?;
    let viewer = &person.viewer;
    let new = NewReceipt {
        head: ReceiptHead {
            id: receipt,
            plan: id,
            person: viewer.object_id,
            certificates: head.certificates,
            mode: head.mode,
            who: viewer.name.clone(),
            username: viewer.username.clone(),
            started_at: state.clock.now(),
            finished_at: None,
        },
        pace: course.text()?,
        tokens: Some(tokens),
    };
    if !state.store.of(viewer.tenant_id).open_receipt(&new).await? {
        return Err(words::already_pushed());
    }
    state.board.enqueue(receipt).await;
    if apps <= state.jobs.small {
        wait(state, &state.store.of(viewer.tenant_id), receipt).await?;
    }
    Ok(receipt)
}

/// What can be refused before any app is touched.
fn check(state: &DeskState, head: &PlanHead, typed: &str) -> Result<(), Problem> {
    for facts in &head.certificates {
        draft::usable(facts, state.clock.now())?;
    }
    match &head.confirm {
        Some(words) if typed.trim() != words => Err(words::not_confirmed(words)),
        _ => Ok(()),
    }
}

/// Until the push ends, rests, or has taken longer than a person waits for a page.
async fn wait(state: &DeskState, store: &TenantStore, receipt: Uuid) -> Result<(), StoreError> {
    let mut changes = state.board.changes();
    let deadline = Instant::now() + state.jobs.patience;
    loop {
        changes.mark_unchanged();
        let run = store.run(receipt).await?;
        let runs = run.is_some_and(|run| run.state == RunState::Running && run.finished_at.is_none());
        if !runs || Instant::now() >= deadline || state.board.is_stopping() {
            return Ok(());
        }
        let next = deadline.min(Instant::now() + POLL);
        tokio::select! {
            _ = tokio::time::timeout_at(next, changes.changed()) => {}
            () = state.board.stopped() => {}
        }
    }
}

/// Somebody without the role tried to push.
pub(crate) async fn audit_refusal(
    state: &DeskState,
    person: Option<&Person>,
    problem: &Problem,
) -> Result<(), Problem> {
    let Some(viewer) = person.map(|person| &person.viewer) else { return Ok(()) };
    let mut entry =
        AuditEntry::new(Some(viewer.object_id), state.clock.now(), AuditAction::PushRefused, Outcome::Refused);
    entry.row.who.clone_from(&viewer.name);
    entry.row.username.clone_from(&viewer.username);
    entry.row.detail.clone_from(&problem.title);
    Ok(state.store.of(viewer.tenant_id).audit(entry).await?)
}
