//! Pushes a plan, once. Before anything is sent the receipt exists; it outlives the request that asked for it, and the
//! process too.

use crate::config::PushWeight;
use crate::operations::plans::read::{self as plan, FindPlanError};
use crate::operations::plans::unsuitable::{Unsuitable, usable};
use crate::operations::pushes::PushContext;
use crate::operations::requests::{FactsError, needs};
use crate::person::{Person, TokenError};
use crate::rollout::stored;
use crate::store::{NewReceipt, PlanHead, ReceiptHead, StoreError, TenantStore};
use domain::audit::{AuditAction, AuditOutcome};
use domain::requests::{Need, RequestAct, Words, WordsError};
use domain::rollout::{Outcome, Pace, RolloutPlan, RunState};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// Without news from this process the database is asked anyway: another one may have done the work.
const POLL: Duration = Duration::from_millis(500);

/// Why a push does not begin. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BeginError {
    #[error(transparent)]
    Preview(#[from] FindPlanError),
    /// A certificate of the preview can no longer be used.
    #[error(transparent)]
    Unsuitable(#[from] Unsuitable),
    /// `receipt`: of that push.
    #[error("this preview was pushed already")]
    AlreadyPushed { receipt: Option<Uuid> },
    /// `most`: that one person may have.
    #[error("the person has {most} pushes that have not ended")]
    TooManyOpen { most: u64 },
    #[error("no app of this preview can be written")]
    NothingToPush,
    /// `rules`: that say so, by name.
    #[error("the rules {rules:?} ask for approval of this push")]
    NeedsApproval { rules: Vec<String> },
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// To go past the rules takes the role for administrators.
    #[error("only an administrator goes past the rules")]
    NotAnAdministrator,
    #[error("the reason cannot be used: {0}")]
    Reason(#[from] WordsError),
    /// `words`: that were to be typed.
    #[error("the push removes certificates, and “{words}” was not typed")]
    NotConfirmed { words: String },
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(
    pushes: &PushContext,
    person: &Person,
    id: Uuid,
    typed: &str,
    pace: Pace,
) -> Result<Uuid, BeginError> {
    begin(pushes, person, id, typed, pace, None).await
}

/// The same past the rules, by an administrator, with a reason that is told to whoever was passed over.
pub(crate) async fn past_rules(
    pushes: &PushContext,
    person: &Person,
    id: Uuid,
    typed: &str,
    pace: Pace,
    reason: &str,
) -> Result<Uuid, BeginError> {
    let reason: Words = reason.parse()?;
    if !person.viewer.is_admin() {
        return Err(BeginError::NotAnAdministrator);
    }
    begin(pushes, person, id, typed, pace, Some(&reason)).await
}

async fn begin(
    pushes: &PushContext,
    person: &Person,
    id: Uuid,
    typed: &str,
    pace: Pace,
    past: Option<&Words>,
) -> Result<Uuid, BeginError> {
    let stored = plan::find(&pushes.context, person, id).await?;
    if stored.receipt.is_some() {
        return Err(BeginError::AlreadyPushed { receipt: stored.receipt });
    }
    check(pushes, &stored.head, typed)?;
    let apps = apps_to_write(pushes, person, id).await?;
    let needs = needed(pushes, person, &stored.head, past).await?;
    let (store, receipt) = (&pushes.context.tenant.store, pushes.entropy.uuid());
    let weight = PushWeight { apps, removes: stored.head.removes(), by_request: false };
    let tokens = person.tokens.hand_over(receipt, weight).await?;
    if let Some(reason) = past {
        pass_over(pushes, person, &stored.head, &needs, reason).await?;
    }
    let new = NewReceipt {
        head: head(pushes, person, receipt, stored.head),
        pace: stored::plan_to_json(&RolloutPlan::new(pace, apps))?,
        tokens: Some(tokens),
    };
    if !store.open_receipt(&new).await? {
        // In another tab, meanwhile.
        let receipt = plan::find(&pushes.context, person, id).await?.receipt;
        return Err(BeginError::AlreadyPushed { receipt });
    }
    set_going(pushes, receipt, apps).await?;
    Ok(receipt)
}

/// How many apps there are to write, where the person may begin one more push.
async fn apps_to_write(pushes: &PushContext, person: &Person, plan: Uuid) -> Result<u32, BeginError> {
    let (store, most) = (&pushes.context.tenant.store, pushes.context.quotas.open_pushes);
    if store.open_receipts(person.viewer.object_id).await? >= most {
        return Err(BeginError::TooManyOpen { most });
    }
    match store.planned_apps(plan).await? {
        0 => Err(BeginError::NothingToPush),
        apps => Ok(apps),
    }
}

/// What a rule asks approval for is not pushed without it, whatever the page offered.
async fn needed(
    pushes: &PushContext,
    person: &Person,
    head: &PlanHead,
    past: Option<&Words>,
) -> Result<Vec<Need>, BeginError> {
    let needs = needs(&pushes.context, person, head.id, head.mode).await?;
    if needs.is_empty() || past.is_some() {
        return Ok(needs);
    }
    let rules: Vec<String> = needs.into_iter().filter_map(|need| need.rule).collect();
    Err(BeginError::NeedsApproval { rules })
}

/// Whoever could have approved it is told that nobody asked them.
async fn pass_over(
    pushes: &PushContext,
    person: &Person,
    head: &PlanHead,
    needs: &[Need],
    reason: &Words,
) -> Result<(), StoreError> {
    if needs.is_empty() {
        return Ok(());
    }
    let context = &pushes.context;
    let action = AuditAction::Request(RequestAct::PassedOver);
    let mut entry = person.audit(context.now(), action, AuditOutcome::Recorded);
    entry.row.detail = reason.to_string();
    context.tenant.store.pass_over(needs, head, &entry).await
}

/// A push whose receipt is open. A small one is waited for.
pub(crate) async fn set_going(pushes: &PushContext, receipt: Uuid, apps: u32) -> Result<(), StoreError> {
    pushes.notifier.enqueue(receipt).await;
    if apps <= pushes.jobs.small {
        wait(pushes, &pushes.context.tenant.store, receipt).await?;
    }
    Ok(())
}

pub(crate) fn head(pushes: &PushContext, person: &Person, receipt: Uuid, plan: PlanHead) -> ReceiptHead {
    let viewer = &person.viewer;
    ReceiptHead {
        id: receipt,
        plan: plan.id,
        person: viewer.object_id,
        certificates: plan.certificates,
        mode: plan.mode,
        who: viewer.name.clone(),
        username: viewer.username.clone(),
        started_at: pushes.context.now(),
        finished_at: None,
    }
}

/// What can be refused before any app is touched.
fn check(pushes: &PushContext, head: &PlanHead, typed: &str) -> Result<(), BeginError> {
    for facts in &head.certificates {
        usable(facts, pushes.context.now())?;
    }
    match &head.confirm {
        Some(words) if typed.trim() != words => Err(BeginError::NotConfirmed { words: words.clone() }),
        _ => Ok(()),
    }
}

/// Until the push ends, rests, or has taken longer than a person waits for a page.
async fn wait(pushes: &PushContext, store: &TenantStore, receipt: Uuid) -> Result<(), StoreError> {
    let mut changes = pushes.notifier.changes();
    let deadline = Instant::now() + pushes.jobs.patience;
    loop {
        changes.mark_unchanged();
        let run = store.run(receipt).await?;
        let runs = run.is_some_and(|run| run.state == RunState::Running && run.finished_at.is_none());
        if !runs || Instant::now() >= deadline || pushes.notifier.is_stopping() {
            return Ok(());
        }
        let next = deadline.min(Instant::now() + POLL);
        tokio::select! {
            _ = tokio::time::timeout_at(next, changes.changed()) => {}
            () = pushes.notifier.stopped() => {}
        }
    }
}

/// Somebody without the role tried to push. `why`: in a few words.
pub(crate) async fn audit_refusal(pushes: &PushContext, person: &Person, why: &str) -> Result<(), StoreError> {
    let mut entry = person.audit(pushes.context.now(), AuditAction::PushRefused, Outcome::Refused);
    entry.row.detail = why.to_owned();
    pushes.context.tenant.store.audit(entry).await
}
