//! Carries an approved request out, once: an ordinary push with the token of who says so, of exactly what was approved, onto
//! exactly what was seen. Where either has moved the approval is void, and nothing is sent.

use super::change::{self, ChangeError};
use super::facts::{self, FactsError, all_apps};
use super::visible;
use crate::config::PushWeight;
use crate::operations::apps::rights::Rights;
use crate::operations::plans::unsuitable::usable;
use crate::operations::pushes::{PushContext, begin};
use crate::person::Person;
use crate::rollout::stored;
use crate::settlement::settle;
use crate::store::{NewReceipt, PlanApp, PlanHead, StoreError, StoredRequest};
use domain::requests::{Command, NotStanding, StandingApproval, VoidReason};
use domain::rollout::{Pace, RolloutPlan};
use uuid::Uuid;

/// Why nothing is carried out. Nothing was sent.
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
    #[error("the push removes certificates, and “{words}” was not typed")]
    NotConfirmed { words: String },
    /// `most`: that one person may have.
    #[error("the person has {most} pushes that have not ended")]
    TooManyOpen { most: u64 },
    #[error("the copy of the preview could not be kept")]
    TooLarge,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers the receipt.
pub(crate) async fn handle(pushes: &PushContext, person: &Person, id: Uuid, typed: &str) -> Result<Uuid, ExecuteError> {
    let context = &pushes.context;
    let found = visible::request(context, person, id).await.map_err(ChangeError::from)?;
    let apps = all_apps(context, found.request.subject().preview).await?;
    let token = person.tokens.graph_token().await.map_err(ChangeError::from)?;
    let standing = standing(pushes, &token, &found, &apps).await?;
    check(pushes, person, &token, &found, &apps, typed).await?;
    let receipt = start(pushes, person, &found, standing, apps).await?;
    settle(&context.tenant.store, id, context.now()).await?;
    Ok(receipt)
}

/// Both digests, against what would be sent and what is there.
async fn standing(
    pushes: &PushContext,
    token: &str,
    found: &StoredRequest,
    apps: &[PlanApp],
) -> Result<StandingApproval, ExecuteError> {
    let (context, request) = (&pushes.context, &found.request);
    if request.state() != domain::requests::RequestState::Approved {
        return Err(ExecuteError::NotStanding(NotStanding::NotApproved(request.state())));
    }
    if found.plan.certificates.iter().any(|facts| usable(facts, context.now()).is_err()) {
        return Err(change::void(context, found, VoidReason::CertificateUnsuitable).await.into());
    }
    let live = match facts::live(context, token, apps).await {
        Ok(live) => live,
        Err(FactsError::Gone { .. }) => return Err(change::void(context, found, VoidReason::AppGone).await.into()),
        Err(error) => return Err(ChangeError::Facts(error).into()),
    };
    let mut needs = facts::needs_of(context, &found.plan, apps, &live, request.asker()).await?;
    if needs.is_empty() {
        needs.push(domain::requests::Need::usual());
    }
    match request.standing(&needs, &facts::seen(apps).plan, &live.state, context.now()) {
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
    found: &StoredRequest,
    apps: &[PlanApp],
    typed: &str,
) -> Result<(), ExecuteError> {
    if let Some(words) = found.plan.confirm.as_ref().filter(|words| typed.trim() != words.as_str()) {
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
    standing: StandingApproval,
    apps: Vec<PlanApp>,
) -> Result<Uuid, ExecuteError> {
    let context = &pushes.context;
    let (store, now) = (&context.tenant.store, context.now());
    let head = PlanHead { id: pushes.entropy.uuid(), created_at: now, ..found.plan.clone() };
    let approved = |app: PlanApp| PlanApp { merge: app.merge.map(domain::merge_plan::MergePlan::as_approved), ..app };
    let apps: Vec<PlanApp> = apps.into_iter().map(approved).collect();
    let count = u32::try_from(apps.iter().filter(|app| app.merge.is_ok()).count()).unwrap_or(u32::MAX);
    let receipt = pushes.entropy.uuid();
    let weight = PushWeight { apps: count, removes: head.removes(), by_request: true };
    let tokens = person.tokens.hand_over(receipt, weight).await.map_err(ChangeError::from)?;
    if !store.keep_plan(person.viewer.object_id, &head, &apps, context.quotas.preview_bytes()).await? {
        return Err(ExecuteError::TooLarge);
    }
    let step = found.request.apply(Command::Begin { standing, receipt }, now).map_err(ChangeError::from)?;
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
