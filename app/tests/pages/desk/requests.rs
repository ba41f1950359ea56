//! Requests: one that waits, one that is approved, one that is void.

use super::{NOW, SampleDesk, id, plans, secrets};
use app::contract::paging::Page;
use app::contract::ports::RequestsPort;
use app::contract::problem::Problem;
use app::contract::requests::*;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::requests::{AskedSecret, RequestAct, RequestState, ReviewVerdict, RuleText, VoidReason};
use domain::rollout::PushMode;
use domain::teams::Membership;
use time::{Date, Duration};
use uuid::Uuid;
use views::data::settings::KeptState;

pub const OPEN: u128 = 90;
pub const APPROVED: u128 = 91;
pub const VOID: u128 = 92;
/// For the removal of a secret: it waits, it is approved, it was carried out.
pub const SECRET: u128 = 93;
pub const SECRET_APPROVED: u128 = 94;
pub const SECRET_GONE: u128 = 95;

fn row(n: u128) -> RequestRow {
    let plan = plans::view(id(plans::APPENDING), 1);
    RequestRow {
        id: id(n),
        state: match n {
            OPEN | SECRET => RequestState::Open,
            APPROVED | SECRET_APPROVED => RequestState::Approved,
            SECRET_GONE => RequestState::Done,
            _ => RequestState::Void,
        },
        what: match secret(n) {
            Some(_) => Requested::SecretRemoval { app_name: "Payroll export".into(), name: Some("ci <b>".into()) },
            None => Requested::Change { mode: plan.mode, certificates: plan.certificates, apps: 1 },
        },
        who: "Owen Carter".into(),
        username: "owen.carter@contoso.example".into(),
        asked_at: NOW - Duration::hours(3),
        changed_at: NOW - Duration::hours(1),
        expires_at: NOW + Duration::days(14),
        wanted_on: Some(NOW.date()),
        waits_for_viewer: n != VOID,
    }
}

/// Which secret it is about.
fn secret(n: u128) -> Option<u128> {
    match n {
        SECRET => Some(secrets::RULED),
        SECRET_APPROVED => Some(secrets::LAST),
        SECRET_GONE => Some(secrets::GONE),
        _ => None,
    }
}

fn asked(n: u128) -> AskedSecret {
    AskedSecret {
        app: ObjectId::new(id(1)),
        app_id: AppId::new(id(501)),
        app_name: "Payroll export".into(),
        key: secrets::key(n),
        name: Some("ci <b>".into()),
        hint: Some("Ab3".into()),
        start: None,
        end: Some(NOW + Duration::days(100)),
    }
}

fn view(n: u128) -> RequestView {
    let row = row(n);
    let waits = row.state.waits();
    let review =
        ReviewView { who: "Mara Lindqvist".into(), verdict: ReviewVerdict::Approve, at: NOW - Duration::hours(1) };
    let line = |act, words: &str| RequestLineView { at: NOW, act, who: "Owen Carter".into(), words: words.into() };
    RequestView {
        reason: "The old one ends on Friday".into(),
        revision: 1,
        what: match secret(n) {
            Some(n) => RequestedView::SecretRemoval(asked(n), Box::new(Ok(secrets::view(ObjectId::new(id(1)), n)))),
            None => RequestedView::Change(Box::new(plans::view(id(plans::APPENDING), 1))),
        },
        needs: vec![NeedView {
            rule: Some("finance".into()),
            approvals: 1,
            approvers: vec!["administrators".into()],
            ordered: false,
            fallback: vec![],
            fallback_after_hours: None,
            automatic: n == APPROVED,
        }],
        missing: u8::from(row.state == RequestState::Open),
        reviews: if n == APPROVED { vec![review] } else { vec![] },
        lines: vec![line(RequestAct::Asked, "The old one ends on Friday"), line(RequestAct::Commented, "<b>")],
        rights: RequestRights {
            review: waits,
            groups_unknown: false,
            withdraw: row.state == RequestState::Open,
            execute: row.state == RequestState::Approved,
            comment: waits,
        },
        receipt: None,
        void: (n == VOID).then_some(VoidReason::AppChanged),
        plan_digest: "a".repeat(64),
        state_digest: "b".repeat(64),
        row,
    }
}

#[async_trait::async_trait]
impl RequestsPort for SampleDesk {
    async fn ask(&self, _: Uuid, reason: &str, _: Option<Date>, _: Option<Uuid>) -> Result<Uuid, Problem> {
        self.known()?;
        if reason.is_empty() {
            return Err(Problem::new(422, "bad-words", "The text cannot be used", "A few words are needed."));
        }
        Ok(id(OPEN))
    }

    async fn ask_removal(&self, _: ObjectId, _: KeyId, reason: &str, _: Option<Date>) -> Result<Uuid, Problem> {
        self.known()?;
        if reason.is_empty() {
            return Err(Problem::new(422, "bad-words", "The text cannot be used", "A few words are needed."));
        }
        Ok(id(SECRET))
    }

    async fn requests(&self, show: RequestShow, page: u32) -> Result<Page<RequestRow>, Problem> {
        self.known()?;
        let items = match show {
            RequestShow::Waiting => vec![row(OPEN), row(APPROVED), row(SECRET)],
            RequestShow::Mine => vec![],
            RequestShow::Decided => vec![row(VOID)],
        };
        let total = Some(items.len() as u64);
        Ok(Page { items, page, has_next: false, total })
    }

    async fn rules(&self, app: &str, mode: PushMode) -> Result<RulesView, Problem> {
        self.known()?;
        if app == "nobody" {
            return Err(Problem::new(
                404,
                "no-such-app",
                "It is not known which app is meant",
                "No app has this name.",
            ));
        }
        let need = |rule: &str| NeedView {
            rule: Some(rule.into()),
            approvals: 2,
            approvers: vec!["administrators".into(), id(901).to_string()],
            ordered: true,
            fallback: vec!["administrators".into()],
            fallback_after_hours: Some(48),
            automatic: false,
        };
        let asked = !app.is_empty();
        let fits = asked.then(|| RuleVerdict::Applies(vec!["the app has the tag tier0".into()]));
        let not = asked.then(|| RuleVerdict::Not("it is about other kinds of change".into()));
        Ok(RulesView {
            asked: app.into(),
            mode,
            app: asked.then(|| (ObjectId::new(id(1)), "Payroll export".into())),
            rules: vec![
                RuleView {
                    need: need("tier 0"),
                    terms: vec![],
                    approver: Membership::Unknown,
                    verdict: fits,
                    kept: None,
                    text: None,
                },
                RuleView {
                    need: need("renewals"),
                    terms: vec!["it is valid for 365 days at most".into()],
                    approver: Membership::Member,
                    verdict: not,
                    kept: Some(super::notices::kept(KeptState::On)),
                    text: Some(RuleText {
                        name: "renewals".into(),
                        names: "invoice-*\n</textarea><b>".into(),
                        ..RuleText::default()
                    }),
                },
            ],
            may_change: true,
        })
    }

    async fn keep_rule(&self, _: u32, rule: &RuleText) -> Result<(), Problem> {
        self.known()?;
        match rule.read() {
            Ok(_) => Ok(()),
            Err(error) => Err(Problem::new(422, "bad-rule", "The rule cannot be used", error.to_string())),
        }
    }

    async fn switch_rule(&self, _: &str, _: u32, _: bool) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn remove_rule(&self, _: &str, _: u32) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn requests_waiting(&self) -> Result<u32, Problem> {
        Ok(2)
    }

    async fn request(&self, request: Uuid, _: u32) -> Result<RequestView, Problem> {
        self.known()?;
        let found =
            [OPEN, APPROVED, VOID, SECRET, SECRET_APPROVED, SECRET_GONE].into_iter().find(|n| request == id(*n));
        let none = || Problem::new(404, "request-not-found", "There is no such request", "It is not yours to see.");
        found.map(view).ok_or_else(none)
    }

    async fn review_request(&self, _: Uuid, _: u32, verdict: ReviewVerdict, reason: &str) -> Result<(), Problem> {
        self.known()?;
        if verdict == ReviewVerdict::Reject && reason.is_empty() {
            return Err(Problem::new(422, "bad-words", "The text cannot be used", "A few words are needed."));
        }
        Ok(())
    }

    async fn withdraw_request(&self, _: Uuid) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn comment_request(&self, _: Uuid, _: &str) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn execute_request(&self, request: Uuid, _: &str) -> Result<Option<Uuid>, Problem> {
        self.known()?;
        Ok((request != id(SECRET_APPROVED)).then(|| id(80)))
    }
}
