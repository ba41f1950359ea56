//! Requests, as pages have them.

use super::RequestDesk;
use super::plans;
use crate::http::problems::requests::bad_words;
use crate::operations::requests::ask::Ask;
use crate::operations::requests::ask_removal::AskRemoval;
use crate::operations::requests::execute::Executed;
use crate::operations::requests::list::Requests;
use crate::operations::requests::read::{RequestPage, WhatPage};
use crate::operations::requests::review::Say;
use crate::operations::requests::rules::{Tried, TriedRule};
use crate::operations::requests::{ask, ask_removal, comment, execute, keep_rule, list, read, review, rules, withdraw};
use crate::store::{StoredRequest, StoredWhat};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::ports::RequestsPort;
use app::contract::problem::Problem;
use app::contract::requests::{
    NeedView, RequestLineView, RequestRights, RequestRow, RequestShow, RequestView, Requested, RequestedView,
    ReviewView, RuleVerdict, RuleView, RulesView,
};
use async_trait::async_trait;
use domain::ids::{KeyId, ObjectId};
use domain::requests::{Applied, Approver, Need, Review, ReviewVerdict, RuleText, Words};
use domain::rollout::PushMode;
use domain::teams::Membership;
use time::Date;
use uuid::Uuid;

#[async_trait]
impl RequestsPort for RequestDesk {
    async fn ask(
        &self,
        plan: Uuid,
        reason: &str,
        wanted_on: Option<Date>,
        instead: Option<Uuid>,
    ) -> Result<Uuid, Problem> {
        let (person, context) = self.pushing()?;
        let ask = Ask { preview: plan, reason: reason.to_owned(), wanted_on, instead };
        Ok(ask::handle(&context, self.parts.entropy(), person, ask).await?)
    }

    async fn ask_removal(
        &self,
        app: ObjectId,
        key: KeyId,
        reason: &str,
        wanted_on: Option<Date>,
    ) -> Result<Uuid, Problem> {
        let (person, context) = self.pushing()?;
        let wanted = AskRemoval { app, key, reason: reason.to_owned(), wanted_on };
        Ok(ask_removal::handle(&context, self.parts.entropy(), person, wanted).await?)
    }

    async fn requests(&self, show: RequestShow, page: u32) -> Result<Page<RequestRow>, Problem> {
        let (person, context) = self.entered()?;
        let Requests { rows, waiting, page } = list::handle(&context, person, show, page).await?;
        let until = u64::from(page - 1) * PAGE_SIZE as u64 + rows.items.len() as u64;
        let items = rows.items.iter().map(|found| row(found, waiting.contains(&found.request.id()))).collect();
        Ok(Page { items, page, has_next: until < rows.total, total: Some(rows.total) })
    }

    async fn rules(&self, app: &str, mode: PushMode) -> Result<RulesView, Problem> {
        let (person, context) = self.entered()?;
        let Tried { app: found, rules } = rules::handle(&context, person, app, mode).await?;
        let may_change = person.viewer.is_admin();
        let view = |rule: TriedRule| RuleView {
            kept: rule.kept,
            text: rule.text.filter(|_| may_change),
            need: need(&rule.need),
            terms: rule.terms,
            approver: rule.approver,
            verdict: rule.applied.map(|applied| match applied {
                Applied::Applies(why) => RuleVerdict::Applies(why),
                Applied::Not(why) => RuleVerdict::Not(why),
            }),
        };
        let rules = rules.into_iter().map(view).collect();
        Ok(RulesView { asked: app.to_owned(), mode, app: found, rules, may_change })
    }

    async fn keep_rule(&self, version: u32, rule: &RuleText) -> Result<(), Problem> {
        let (person, context) = self.administering()?;
        Ok(keep_rule::handle(&context, person, version, rule).await?)
    }

    async fn switch_rule(&self, rule: &str, version: u32, on: bool) -> Result<(), Problem> {
        let (person, context) = self.administering()?;
        Ok(keep_rule::switch(&context, person, (rule, version), on).await?)
    }

    async fn remove_rule(&self, rule: &str, version: u32) -> Result<(), Problem> {
        let (person, context) = self.administering()?;
        Ok(keep_rule::remove(&context, person, (rule, version)).await?)
    }

    async fn requests_waiting(&self) -> Result<u32, Problem> {
        let Ok((person, context)) = self.entered() else { return Ok(0) };
        Ok(list::waiting(&context, person).await?)
    }

    async fn request(&self, id: Uuid, page: u32) -> Result<RequestView, Problem> {
        let (person, context) = self.entered()?;
        let found = read::handle(&context, person, id, page).await?;
        Ok(shown(context.tenant.graph.root(), found))
    }

    async fn review_request(
        &self,
        id: Uuid,
        revision: u32,
        verdict: ReviewVerdict,
        reason: &str,
    ) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        let reason = match (verdict, reason.trim()) {
            (ReviewVerdict::Approve, "") => None,
            (_, words) => Some(said(words)?),
        };
        Ok(review::handle(&context, person, id, Say { revision, verdict, reason }).await?)
    }

    async fn withdraw_request(&self, id: Uuid) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(withdraw::handle(&context, person, id).await?)
    }

    async fn comment_request(&self, id: Uuid, words: &str) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(comment::handle(&context, person, id, &said(words)?).await?)
    }

    async fn execute_request(&self, id: Uuid, typed: &str) -> Result<Option<Uuid>, Problem> {
        let (person, context) = self.pushing()?;
        let (pushes, secrets) = (self.parts.pushes(context.clone()), self.parts.secrets(context));
        Ok(match execute::handle(&pushes, &secrets, person, id, typed).await? {
            Executed::Push(receipt) => Some(receipt),
            Executed::SecretRemoval => None,
        })
    }
}

fn said(words: &str) -> Result<Words, Problem> {
    words.parse().map_err(|error| bad_words(&error))
}

fn row(found: &StoredRequest, waits_for_viewer: bool) -> RequestRow {
    let request = &found.request;
    RequestRow {
        id: request.id(),
        state: request.state(),
        what: match &found.what {
            StoredWhat::Change(plan) => {
                Requested::Change { mode: plan.mode, certificates: plan.certificates.clone(), apps: plan.sum.writes }
            }
            StoredWhat::SecretRemoval(secret) => {
                Requested::SecretRemoval { app_name: secret.app_name.clone(), name: secret.name.clone() }
            }
        },
        who: found.who.clone(),
        username: found.username.clone(),
        asked_at: request.asked_at(),
        changed_at: found.changed_at,
        expires_at: request.expires_at(),
        wanted_on: request.wanted_on(),
        waits_for_viewer,
    }
}

/// `graph_root`: without a version, such as `https://graph.microsoft.com`.
fn shown(graph_root: &str, found: RequestPage) -> RequestView {
    let RequestPage { found, what, lines, reviewer, may_withdraw, may_execute } = found;
    let may_review = reviewer == Membership::Member;
    let request = &found.request;
    let seen = &request.subject().seen;
    let review =
        |Review { by, verdict, at, .. }: &Review| ReviewView { who: by.name.clone(), verdict: *verdict, at: *at };
    RequestView {
        row: row(&found, may_review || may_execute),
        reason: request.reason().to_string(),
        revision: request.revision(),
        needs: request.needs().iter().map(need).collect(),
        missing: request.missing(request.needs()),
        reviews: request.reviews().iter().map(review).collect(),
        lines: lines
            .into_iter()
            .map(|line| RequestLineView { at: line.at, act: line.act, who: line.who, words: line.words })
            .collect(),
        rights: RequestRights {
            review: may_review,
            groups_unknown: reviewer == Membership::Unknown,
            withdraw: may_withdraw,
            execute: may_execute,
            comment: !request.state().is_over(),
        },
        receipt: request.receipt(),
        void: request.void(),
        plan_digest: seen.plan.to_string(),
        state_digest: seen.state.to_string(),
        what: match what {
            WhatPage::Change(plan) => RequestedView::Change(Box::new(plans::shown(graph_root, *plan))),
            WhatPage::SecretRemoval(secret, now) => {
                RequestedView::SecretRemoval(secret, Box::new(now.map_err(Problem::from)))
            }
        },
    }
}

fn need(need: &Need) -> NeedView {
    let approver = |approver: &Approver| match approver {
        Approver::Admins => "administrators".to_owned(),
        Approver::Person(id) => id.to_string(),
        Approver::Group(id) => format!("members of the group {id}"),
    };
    NeedView {
        rule: need.rule.clone(),
        approvals: need.approvals,
        approvers: need.approvers.iter().map(approver).collect(),
        ordered: need.ordered,
        fallback: need.fallback.iter().map(approver).collect(),
        fallback_after_hours: need.fallback_after_hours,
        automatic: need.automatic,
    }
}
