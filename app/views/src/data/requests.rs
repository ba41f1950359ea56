//! Requests: changes that somebody asks for and others approve.

use super::plans::PlanView;
use super::pushes::PushMode;
use domain::certificate::CertificateFacts;
use domain::ids::ObjectId;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

pub use domain::requests::{RequestAct, RequestState, Verdict, VoidReason};

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

/// A request at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    pub id: Uuid,
    pub state: RequestState,
    /// What its push does.
    pub mode: PushMode,
    /// That would be added.
    pub certificates: Vec<CertificateFacts>,
    /// Who asks.
    pub who: String,
    pub username: String,
    /// Apps to which something would be sent.
    pub apps: u32,
    pub asked_at: OffsetDateTime,
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
    pub approvals: u8,
    /// `administrators`, or object ids of people.
    pub approvers: Vec<String>,
    /// One after the other.
    pub ordered: bool,
    /// Who is asked as well, once it has waited for so many hours; nobody where there is none.
    pub fallback: Vec<String>,
    pub fallback_after_hours: Option<u16>,
    /// Its terms are met: nobody has to approve.
    pub automatic: bool,
}

/// What a reviewer said last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    pub who: String,
    pub verdict: Verdict,
    pub at: OffsetDateTime,
}

/// A line of a request's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLineView {
    pub at: OffsetDateTime,
    pub act: RequestAct,
    pub who: String,
    /// A reason or a comment; may be empty.
    pub words: String,
}

/// What the viewer may do with a request here. Entra decides about writes.
#[expect(clippy::struct_excessive_bools, reason = "each is a form of its own")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRights {
    pub review: bool,
    pub withdraw: bool,
    pub execute: bool,
    pub comment: bool,
}

/// One request, on one screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    pub row: RequestRow,
    pub reason: String,
    /// One more with each other preview: what is approved is what was looked at.
    pub revision: u32,
    /// What would be sent.
    pub plan: PlanView,
    pub needs: Vec<NeedView>,
    /// How many approvals are missing, at least.
    pub missing: u8,
    pub reviews: Vec<ReviewView>,
    /// The oldest first.
    pub lines: Vec<RequestLineView>,
    pub rights: RequestRights,
    /// Of its push.
    pub receipt: Option<Uuid>,
    pub void: Option<VoidReason>,
    /// What approvals are bound to: over what would be sent, and over what the apps had.
    pub plan_digest: String,
    pub state_digest: String,
}

/// The rules, and which of them would apply to a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesView {
    /// As it was asked for; may be empty.
    pub asked: String,
    pub mode: PushMode,
    /// That is meant; absent where nothing was asked for.
    pub app: Option<(ObjectId, String)>,
    pub rules: Vec<RuleView>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub need: NeedView,
    /// What has to be so for nobody to have to approve; empty where that is never so.
    pub terms: Vec<String>,
    /// Absent where no app was asked for.
    pub verdict: Option<RuleVerdict>,
}

/// Whether a rule would apply, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleVerdict {
    /// With what fits; nothing where it is about every change.
    Applies(Vec<String>),
    /// With the first thing that does not fit.
    Not(String),
}
