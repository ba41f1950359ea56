//! Carries an approved request out, once: an ordinary push, or the removal of a secret, with the token of who says so, of exactly what was approved, onto
//! exactly what was seen. Where either has moved the approval is void, and nothing is sent.

use super::change::{self, ChangeError};
use super::facts::{self, FactsError, all_apps};
use super::{execute_removal, visible};
use crate::config::PushWeight;
use crate::operations::Context;
use crate::operations::apps::rights::Rights;
use crate::operations::plans::unsuitable::usable;
use crate::operations::pushes::{PushContext, begin};
use crate::operations::secrets::SecretContext;
use crate::operations::secrets::read::ReadSecretError;
use crate::person::Person;
use crate::rollout::stored;
use crate::settlement::settle;
use crate::store::{NewReceipt, PlanApp, PlanHead, StoreError, StoredRequest, StoredWhat};
use domain::requests::{Command, Need, NotStanding, Request, RequestState, Seen, StandingApproval, VoidReason};
use domain::rollout::{Pace, RolloutPlan};
use uuid::Uuid;

/// Why nothing is carried out. Nothing was sent, unless it says so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExecuteError {
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    NotStanding(NotStanding),
    /// As far as the sign-in and Entra's list of owners show.
    #[error("the person may not change “{app}” in Entra")]
    MayNotWrite { app: String },
    /// `words`: that were to be typed.
    #[error("something is removed, and “{words}” was not typed")]
    NotConfirmed { words: String },
    #[error(transparent)]
    Secret(ReadSecretError),
    /// It may have been sent: the record says so.
    #[error("the removal was cut off")]
    CutOff,
    /// `most`: that one person may have.
    #[error("the person has {most} pushes that have not ended")]
    TooManyOpen { most: u64 },
    #[error("the copy of the preview could not be kept")]
    TooLarge,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What has begun, or is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Executed {
    /// `0`: its receipt.
    Push(Uuid),
    /// Its record says what came of it.
    SecretRemoval,
}

/// `typed`: the words that the page asks for where something goes.
pub(crate) async fn handle(
    pushes: &PushContext,
    secrets: &SecretContext,
    person: &Person,
    id: Uuid,
    typed: &str,
) -> Result<Executed, ExecuteError> {
    let context = &pushes.context;
    let found = visible::request(context, person, id).await.map_err(ChangeError::from)?;
    match &found.what {
        StoredWhat::Change(plan) => push(pushes, person, &found, plan, typed).await.map(Executed::Push),
        StoredWhat::SecretRemoval(secret) => {
            execute_removal::handle(secrets, person, &found, secret, typed).await?;
            Ok(Executed::SecretRemoval)
        }
    }
}

/// Answers the receipt.
async fn push(
    pushes: &PushContext,
    person: &Person,
    found: &StoredRequest,
    plan: &PlanHead,
    typed: &str,
) -> Result<Uuid, ExecuteError> {
    let context = &pushes.context;
    let apps = all_apps(context, plan.id).await?;
    let token = person.tokens.graph_token().await.map_err(ChangeError::from)?;
    let standing = standing(context, &token, found, plan, &apps).await?;
    check(pushes, person, &token, plan, &apps, typed).await?;
    let receipt = start(pushes, person, found, (plan, apps), standing).await?;
    settle(&context.tenant.store, found.request.id(), context.now()).await?;
    Ok(receipt)
}

/// Both digests, against what would be sent and what is there.
async fn standing(
    context: &Context,
    token: &str,
    found: &StoredRequest,
    plan: &PlanHead,
    apps: &[PlanApp],
) -> Result<StandingApproval, ExecuteError> {
    is_approved(&found.request)?;
    if plan.certificates.iter().any(|facts| usable(facts, context.now()).is_err()) {
        return Err(change::void(context, found, VoidReason::CertificateUnsuitable).await.into());
    }
    let live = match facts::live(context, token, apps).await {
        Ok(live) => live,
        Err(FactsError::Gone { .. }) => return Err(change::void(context, found, VoidReason::AppGone).await.into()),
        Err(error) => return Err(ChangeError::Facts(error).into()),
    };
    let needs = facts::needs_of(context, plan, apps, &live, found.request.asker()).await?;
    judge(context, found, needs, &Seen { state: live.state, ..facts::seen(apps) }).await
}

/// Before anything is read in its name.
pub(super) fn is_approved(request: &Request) -> Result<(), ExecuteError> {
    match request.state() {
        RequestState::Approved => Ok(()),
        state => Err(ExecuteError::NotStanding(NotStanding::NotApproved(state))),
    }
}

/// The one way to an approval that stands. `needs`: of the rules of now; `now`: what would be sent, and what is there. Where
/// these have moved the request is void, and where the rules ask for more it is open again.
pub(super) async fn judge(
    context: &Context,
    found: &StoredRequest,
    mut needs: Vec<Need>,
    now: &Seen,
) -> Result<StandingApproval, ExecuteError> {
    if needs.is_empty() {
        needs.push(Need::usual());
    }
    match found.request.standing(&needs, &now.plan, &now.state, context.now()) {
        Ok(standing) => Ok(standing),
        Err(NotStanding::PlanMoved) => Err(change::void(context, found, VoidReason::PlanChanged).await.into()),
        Err(NotStanding::StateMoved) => Err(change::void(context, found, VoidReason::AppChanged).await.into()),
        Err(why @ NotStanding::Unmet { .. }) => {
            change::reconsider(context, found, needs).await?;
            Err(ExecuteError::NotStanding(why))
        }
        Err(why) => Err(ExecuteError::NotStanding(why)),
    }
}

async fn check(
    pushes: &PushContext,
    person: &Person,
    token: &str,
    plan: &PlanHead,
    apps: &[PlanApp],
    typed: &str,
) -> Result<(), ExecuteError> {
    if let Some(words) = plan.confirm.as_ref().filter(|words| typed.trim() != words.as_str()) {
        return Err(ExecuteError::NotConfirmed { words: words.clone() });
    }
    let context = &pushes.context;
    let rights = Rights::read(&context.tenant.graph, token, person).await;
    let missing = apps.iter().find(|app| app.merge.is_ok() && rights.on(app.object_id).is_missing());
    if let Some(app) = missing {
        return Err(ExecuteError::MayNotWrite { app: app.display_name.clone() });
    }
    let most = context.quotas.open_pushes;
    if context.tenant.store.open_receipts(person.viewer.object_id).await? >= most {
        return Err(ExecuteError::TooManyOpen { most });
    }
    Ok(())
}

/// The one way from an approval to a push. A preview is its maker's, so that who carries it out gets a copy, of which
/// nothing is merged with another state.
async fn start(
    pushes: &PushContext,
    person: &Person,
    found: &StoredRequest,
    (plan, apps): (&PlanHead, Vec<PlanApp>),
    standing: StandingApproval,
) -> Result<Uuid, ExecuteError> {
    let context = &pushes.context;
    let (store, now) = (&context.tenant.store, context.now());
    let head = PlanHead { id: pushes.entropy.uuid(), created_at: now, ..plan.clone() };
    let approved = |app: PlanApp| PlanApp { merge: app.merge.map(domain::merge_plan::MergePlan::as_approved), ..app };
    let apps: Vec<PlanApp> = apps.into_iter().map(approved).collect();
    let count = u32::try_from(apps.iter().filter(|app| app.merge.is_ok()).count()).unwrap_or(u32::MAX);
    let receipt = pushes.entropy.uuid();
    let weight = PushWeight { apps: count, removes: head.removes(), by_request: true };
    let tokens = person.tokens.hand_over(receipt, weight).await.map_err(ChangeError::from)?;
    if !store.keep_plan(person.viewer.object_id, &head, &apps, context.quotas.preview_bytes()).await? {
        return Err(ExecuteError::TooLarge);
    }
    let step =
        found.request.apply(Command::Begin { standing, receipt: Some(receipt) }, now).map_err(ChangeError::from)?;
    let mut record = change::record(Some(person), &step, "", now);
    record.audit.row.receipt = Some(receipt);
    record.line.person = Some(person.viewer.object_id);
    let new = NewReceipt {
        head: begin::head(pushes, person, receipt, head),
        pace: stored::plan_to_json(&RolloutPlan::new(Pace::default(), count))?,
        tokens: Some(tokens),
    };
    if !store.begin_request(found.version, &step, &record, &new).await? {
        return Err(ChangeError::Overtaken.into());
    }
    begin::set_going(pushes, receipt, count).await?;
    Ok(receipt)
}
