//! Requests: changes that somebody asks for and others approve.

use super::plans::PlanView;
use super::problem::Problem;
use super::secrets::SecretView;
use super::settings::KeptView;
use domain::certificate::CertificateFacts;
use domain::ids::ObjectId;
use domain::requests::{AskedSecret, RequestAct, RequestState, ReviewVerdict, RuleText, VoidReason};
use domain::rollout::PushMode;
use domain::teams::Membership;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Which requests a list shows. Lives in the URL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestShow {
    /// That wait: for the viewer, or for others where the viewer may see them.
    #[default]
    Waiting,
    /// That the viewer asked for.
    Mine,
    /// That are over.
    Decided,
}

impl RequestShow {
    /// In the order of the page's tabs.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Mine, Self::Decided];

    /// As `?show=` has it; the first is what is shown without.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "",
            Self::Mine => "mine",
            Self::Decided => "decided",
        }
    }

    /// What is not known shows what waits.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.as_str() == text).unwrap_or_default()
    }
}

/// What is asked for, at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requested {
    /// A push.
    Change {
        /// What it does.
        mode: PushMode,
        /// That would be added.
        certificates: Vec<CertificateFacts>,
        /// Apps to which something would be sent.
        apps: u32,
    },
    /// The removal of a client secret.
    SecretRemoval {
        /// `displayName` of its app, as it was then.
        app_name: String,
        /// Its own.
        name: Option<String>,
    },
}

/// What is asked for, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestedView {
    /// What would be sent.
    Change(Box<PlanView>),
    /// The secret as it was when it was asked for, and what the viewer's own read shows of it.
    SecretRemoval(AskedSecret, Box<Result<SecretView, Problem>>),
}

/// A request at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// Of the request.
    pub id: Uuid,
    /// Where it is.
    pub state: RequestState,
    /// What is asked for.
    pub what: Requested,
    /// Who asks.
    pub who: String,
    /// Their `userPrincipalName` when they asked.
    pub username: String,
    /// When it was first asked for.
    pub asked_at: OffsetDateTime,
    /// When anything last happened to it.
    pub changed_at: OffsetDateTime,
    /// From then on nobody may carry it out.
    pub expires_at: OffsetDateTime,
    /// By when its asker would like to have it.
    pub wanted_on: Option<Date>,
    /// The viewer is one of those for whom it waits.
    pub waits_for_viewer: bool,
}

/// Approvals that a request has to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedView {
    /// The rule that says so; absent where it is what holds without one.
    pub rule: Option<String>,
    /// From so many different people.
    pub approvals: u8,
    /// `administrators`, or object ids of people.
    pub approvers: Vec<String>,
    /// One after the other.
    pub ordered: bool,
    /// Who is asked as well, once it has waited for so many hours; nobody where there is none.
    pub fallback: Vec<String>,
    /// Absent where there is nobody.
    pub fallback_after_hours: Option<u16>,
    /// Its terms are met: nobody has to approve.
    pub automatic: bool,
}

/// What a reviewer said last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// The reviewer's display name.
    pub who: String,
    /// Their last word; an earlier one counts no more.
    pub verdict: ReviewVerdict,
    /// When it was given.
    pub at: OffsetDateTime,
}

/// A line of a request's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLineView {
    /// When it happened.
    pub at: OffsetDateTime,
    /// What happened.
    pub act: RequestAct,
    /// The display name of who did it; that of the portal where time did.
    pub who: String,
    /// A reason or a comment; may be empty.
    pub words: String,
}

/// What the viewer may do with a request here. Entra decides about writes.
#[expect(clippy::struct_excessive_bools, reason = "each is a form of its own")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRights {
    /// Approve or reject it: an approval of theirs would count.
    pub review: bool,
    /// Members of a group in Entra may, and whether the viewer is one could not be read.
    pub groups_unknown: bool,
    /// Take it back: the viewer asked for it, and it has not begun.
    pub withdraw: bool,
    /// Carry it out: it is approved. Whether the write succeeds Entra says.
    pub execute: bool,
    /// Say something: it is not over.
    pub comment: bool,
}

/// One request, on one screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// As the list has it.
    pub row: RequestRow,
    /// Why it is asked for, in the asker's words.
    pub reason: String,
    /// One more with each other preview: what is approved is what was looked at.
    pub revision: u32,
    /// What is asked for, as it is now.
    pub what: RequestedView,
    /// All of them must be met.
    pub needs: Vec<NeedView>,
    /// How many approvals are missing, at least.
    pub missing: u8,
    /// One for each reviewer.
    pub reviews: Vec<ReviewView>,
    /// The oldest first.
    pub lines: Vec<RequestLineView>,
    /// What the viewer may do.
    pub rights: RequestRights,
    /// Of its push.
    pub receipt: Option<Uuid>,
    /// Why it is void; absent while it is not.
    pub void: Option<VoidReason>,
    /// What approvals are bound to: over what would be sent, and over what the apps had.
    pub plan_digest: String,
    /// Over `keyCredentials` of every app as they were when it was asked for.
    pub state_digest: String,
}

/// The rules, and which of them would apply to a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesView {
    /// As it was asked for; may be empty.
    pub asked: String,
    /// The kind of change.
    pub mode: PushMode,
    /// That is meant; absent where nothing was asked for.
    pub app: Option<(ObjectId, String)>,
    /// In the order of the configuration, then those that are kept here by name.
    pub rules: Vec<RuleView>,
    /// The viewer may change those that are kept here.
    pub may_change: bool,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    /// What it asks for.
    pub need: NeedView,
    /// What has to be so for nobody to have to approve; empty where that is never so.
    pub terms: Vec<String>,
    /// Whether the viewer is one of those who approve.
    pub approver: Membership,
    /// Absent where no app was asked for, and where the rule does not count.
    pub verdict: Option<RuleVerdict>,
    /// `None`: the configuration has it.
    pub kept: Option<KeptView>,
    /// As it would be typed, for who may change it.
    pub text: Option<RuleText>,
}

/// Whether a rule would apply, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleVerdict {
    /// With what fits; nothing where it is about every change.
    Applies(Vec<String>),
    /// With the first thing that does not fit.
    Not(String),
}
