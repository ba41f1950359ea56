//! Who is told of what becomes of a request.

use super::RequestLine;
use crate::store::ids::Id;
use crate::store::stored_json::read;
use crate::store::{PlanHead, StoreError, notices};
use domain::ids::TenantId;
use domain::notices::{Audience, Notice, NoticeFacts, RequestEvent, RequestFacts};
use domain::requests::{Approver, AskedSecret, Need, Request, Transition};
use sqlx::AnyConnection;
use std::collections::BTreeSet;

/// Puts what people are told into the outbox, in the transaction of what it tells of. What waits is told to whom it waits
/// for, an end to who asked.
pub(super) async fn announce(
    transaction: &mut AnyConnection,
    tenant: Id<TenantId>,
    step: &Transition,
    line: &RequestLine,
) -> Result<(), StoreError> {
    let (Some(notice), request) = (&step.notice, &step.request) else { return Ok(()) };
    let (asker, content): (String, Option<String>) = sqlx::query_as(
        "SELECT r.who, p.content FROM requests r LEFT JOIN plans p ON p.id = r.plan_id WHERE r.id = $1 AND r.tenant_id = $2",
    )
    .bind(Id(request.id()))
    .bind(tenant)
    .fetch_one(&mut *transaction)
    .await?;
    let plan: Option<PlanHead> = content.as_deref().map(read).transpose()?;
    let (what, apps) = what(request, plan.as_ref());
    let facts = RequestFacts {
        request: request.id(),
        event: notice.event,
        what,
        apps,
        asker,
        by: line.person.map(|_| line.who.clone()),
        reason: (!line.words.is_empty()).then(|| line.words.clone()),
    };
    let about = notice.id.to_string();
    for audience in audiences(notice.event, request) {
        let notice = Notice::new(tenant.0, audience, NoticeFacts::Request(facts.clone()), &about, line.at);
        notices::post(transaction, tenant, &notice, line.at).await?;
    }
    Ok(())
}

fn audiences(event: RequestEvent, request: &Request) -> BTreeSet<Audience> {
    let asker = Audience::Person(request.asker());
    match event {
        RequestEvent::Waits => approvers(request.needs()),
        RequestEvent::Escalated => audience_of(request.escalated_to()),
        RequestEvent::NeedsExecutor => [asker, Audience::Admins].into(),
        _ => [asker].into(),
    }
}

pub(super) fn approvers(needs: &[Need]) -> BTreeSet<Audience> {
    audience_of(needs.iter().flat_map(|need| &need.approvers))
}

fn audience_of<'a>(approvers: impl IntoIterator<Item = &'a Approver>) -> BTreeSet<Audience> {
    let audience = |approver: &Approver| match approver {
        // Who is in a group is not read without one of them: whoever runs the portal is told.
        Approver::Admins | Approver::Group(_) => Audience::Admins,
        Approver::Person(id) => Audience::Person(*id),
    };
    approvers.into_iter().map(audience).collect()
}

/// With how many apps are changed.
fn what(request: &Request, plan: Option<&PlanHead>) -> (String, u32) {
    let removal = || request.subject().asked.secret().map(AskedSecret::in_words).unwrap_or_default();
    plan.map_or_else(|| (removal(), 1), |plan| (of_plan(plan), plan.sum.writes))
}

/// Such as `append: CN=payroll`.
pub(super) fn of_plan(plan: &PlanHead) -> String {
    let subjects: Vec<&str> = plan.certificates.iter().map(|one| one.subject.as_str()).take(3).collect();
    if subjects.is_empty() { plan.mode.to_string() } else { format!("{}: {}", plan.mode, subjects.join(", ")) }
}
