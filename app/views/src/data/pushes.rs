//! Pushes, their receipts, and what they left to be retired.

use super::paging::Page;
use super::problem::Problem;
use domain::certificate::CertificateFacts;
use domain::diff::Diff;
use domain::ids::{AppId, KeyId, ObjectId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use domain::rollout::{AppStage, Pace, PushMode, RunState};

/// How far a push is. Sent as server-sent events while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Where the push is.
    pub state: RunState,
    /// Why it is paused, where it is.
    pub why: Option<Problem>,
    /// From 1.
    pub wave: u32,
    /// How many apps each wave has.
    pub waves: Vec<u32>,
    /// Apps whose turn has not come.
    pub waiting: u32,
    /// Being read or written now.
    pub working: u32,
    /// Apps that ended so.
    pub verified: u32,
    /// Apps that ended so.
    pub already_there: u32,
    /// Apps that ended so.
    pub changed: u32,
    /// Apps that ended so.
    pub refused: u32,
    /// Apps that ended so.
    pub failed: u32,
    /// Apps that ended so.
    pub unverified: u32,
    /// Apps that ended so.
    pub cancelled: u32,
    /// Apps per minute lately; absent until it can be told.
    pub per_minute: Option<u32>,
    /// At that rate.
    pub seconds_left: Option<u32>,
    /// Who looks may pause, resume and cancel it.
    #[serde(default)]
    pub may_steer: bool,
}

impl Progress {
    /// All apps of the push.
    pub fn total(&self) -> u32 {
        self.waiting + self.working + self.done()
    }

    /// Apps that have ended, in whichever way.
    pub fn done(&self) -> u32 {
        self.good() + self.changed + self.refused + self.failed + self.unverified + self.cancelled
    }

    /// Apps that ended as wanted.
    pub fn good(&self) -> u32 {
        self.verified + self.already_there
    }

    /// Nothing more will happen.
    pub fn is_over(&self) -> bool {
        matches!(self.state, RunState::Cancelled | RunState::Finished)
    }
}

/// Which apps of a receipt are shown. Lives in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReceiptQuery {
    /// An [`Outcome`](domain::rollout::Outcome) in kebab-case, `waiting`, `not-good`, or empty for all.
    pub outcome: String,
    /// From 1.
    pub page: u32,
}

/// An old entry whose time has come, after a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// The application's object id.
    pub object_id: ObjectId,
    /// The client id.
    pub app_id: AppId,
    /// The app's name.
    pub display_name: String,
    /// Of the old entry.
    pub key_id: KeyId,
    /// `displayName` of the old entry.
    pub entry_name: Option<String>,
    /// From when on it is no longer needed.
    #[serde(with = "time::serde::rfc3339")]
    pub due_at: OffsetDateTime,
    /// That time has come.
    pub due: bool,
    /// Who rotated.
    pub who: String,
    /// Of the rotation.
    pub receipt: Uuid,
}

/// One request that the push made to Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphStep {
    /// `GET` or `PATCH`, and for what: "Read again before writing".
    pub what: String,
    /// HTTP status of the answer; absent where none came.
    pub status: Option<u16>,
    /// Graph's `request-id`.
    pub request_id: Option<String>,
}

/// What a push did to one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptApp {
    /// The application's object id.
    pub object_id: ObjectId,
    /// The client id.
    pub app_id: AppId,
    /// The app's name.
    pub display_name: String,
    /// Where it is.
    pub stage: AppStage,
    /// Why, where it was not written as planned.
    pub problem: Option<Problem>,
    /// What was, or would have been, changed.
    pub diff: Option<Diff>,
    /// `keyCredentials` before and after, pretty-printed as Graph sent them; absent where not read.
    pub before: Option<String>,
    /// The same afterwards.
    pub after: Option<String>,
    /// Every request to Graph, in order.
    pub steps: Vec<GraphStep>,
    /// Reads after the last write until it showed.
    pub reads_until_seen: u32,
    /// What else happened: merged again after a change, healed, somebody else's changes.
    pub notes: Vec<String>,
    /// The kept state from before, to go back to; absent where nothing was written.
    pub undo: Option<i64>,
}

/// What a push did, kept for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Of the push.
    pub id: Uuid,
    /// That it carried out.
    pub plan: Uuid,
    /// That were to be added.
    pub certificates: Vec<CertificateFacts>,
    /// What it does.
    pub mode: PushMode,
    /// More about it, as of the preview.
    pub note: Option<String>,
    /// The request that it carried out, where the viewer may see that.
    pub request: Option<Uuid>,
    /// The person's name.
    pub who: String,
    /// `userPrincipalName`.
    pub username: String,
    /// When the person sent it off.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// Absent while it is not over.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
    /// In which waves.
    pub pace: Pace,
    /// How far it is.
    pub progress: Progress,
    /// One page of them.
    pub apps: Page<ReceiptApp>,
}

/// What a push did to one app, without the rest of that push: for who may read the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppReceipt {
    /// Of the push.
    pub id: Uuid,
    /// What it does.
    pub mode: PushMode,
    /// The person's name.
    pub who: String,
    /// `userPrincipalName`.
    pub username: String,
    /// When the person sent it off.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// Absent while it is not over.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
    /// What it did to the app.
    pub app: ReceiptApp,
    /// The viewer may see the whole push.
    pub sees_whole: bool,
}

/// A push in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptSummary {
    /// Of the push.
    pub id: Uuid,
    /// The certificates' subjects, or what was done where none was added.
    pub subject: String,
    /// The person's name.
    pub who: String,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Where it is.
    pub state: RunState,
    /// Apps that ended as wanted.
    pub verified: u32,
    /// All its apps.
    pub total: u32,
}
