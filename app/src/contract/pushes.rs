//! Pushes, their receipts, and what they left to be retired.

use super::paging::Page;
use super::problem::Problem;
use domain::certificate::CertificateFacts;
use domain::diff::Diff;
use domain::ids::{AppId, KeyId, ObjectId};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

pub use domain::rollout::{AppStage, Outcome, Pace, PushMode, RunState, Steer};
#[cfg(feature = "ssr")]
use {super::support::desk, super::support::parse, crate::route::Route};

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
    /// An [`Outcome`] in kebab-case, `waiting`, `not-good`, or empty for all.
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

/// The port of this resource. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait PushesPort: Send + Sync {
    /// Begins a push, once per plan, and answers the receipt's id: at once, or when a small one has ended. `typed`: what
    /// the person typed where [`PlanView::confirm`] asks for it.
    async fn push(&self, plan: Uuid, typed: &str, pace: Pace) -> Result<Uuid, Problem>;
    /// For who made the push, and who sees the whole audit.
    async fn receipt(&self, id: Uuid, query: &ReceiptQuery) -> Result<Receipt, Problem>;
    /// The same.
    async fn progress(&self, receipt: Uuid) -> Result<Progress, Problem>;
    /// Pauses, resumes or cancels, where the push is in a state for it.
    async fn steer(&self, receipt: Uuid, steer: Steer) -> Result<(), Problem>;
    /// Due ones first. `page` from 1.
    async fn retirements(&self, page: u32) -> Result<Page<Retirement>, Problem>;
}

/// `GET /api/receipt`.
#[server(name = ReadReceipt, input = GetUrl, prefix = "/api", endpoint = "receipt")]
pub async fn receipt(id: String, query: ReceiptQuery) -> Result<Receipt, Problem> {
    desk()?.receipt(parse("receipt id", &id)?, &query).await
}

/// Begins a push, once per preview. `typed`: the words that the preview asks for where entries will go.
#[server(prefix = "/api", endpoint = "push")]
pub async fn push(
    plan: String,
    #[server(default)] typed: String,
    #[server(default)] canary: String,
    #[server(default)] second: String,
    #[server(default)] ask_between: String,
    #[server(default)] halt_at: String,
) -> Result<(), Problem> {
    fn number<T: std::str::FromStr>(what: &str, value: &str, absent: T) -> Result<T, Problem> {
        if value.is_empty() { Ok(absent) } else { parse(what, value) }
    }
    let usual = Pace::default();
    let pace = Pace {
        canary: number("number of apps", &canary, usual.canary)?,
        second: number("percentage", &second, usual.second)?,
        ask_between: ask_between == "on",
        halt_at: number("percentage", &halt_at, usual.halt_at)?,
    };
    let id = desk()?.push(parse("plan id", &plan)?, &typed, pace).await?;
    leptos_axum::redirect(&Route::Receipt(id).to_string());
    Ok(())
}

/// `steer` is `pause`, `resume` or `cancel`.
#[server(name = SteerPush, prefix = "/api", endpoint = "steer")]
pub async fn steer(receipt: String, steer: String) -> Result<(), Problem> {
    let receipt = parse("receipt id", &receipt)?;
    let steer = match steer.as_str() {
        "pause" => Steer::Pause,
        "resume" => Steer::Resume,
        "cancel" => Steer::Cancel,
        other => {
            let why = format!("“{other}” is none of pause, resume and cancel.");
            return Err(Problem::new(422, "bad-value", "That is not a valid order", why));
        }
    };
    desk()?.steer(receipt, steer).await?;
    leptos_axum::redirect(&Route::Receipt(receipt).to_string());
    Ok(())
}

/// `GET /api/progress`.
#[server(name = ReadProgress, input = GetUrl, prefix = "/api", endpoint = "progress")]
pub async fn progress(receipt: String) -> Result<Progress, Problem> {
    desk()?.progress(parse("receipt id", &receipt)?).await
}

/// `GET /api/retirements`: `page` from 1.
#[server(name = ReadRetirements, input = GetUrl, prefix = "/api", endpoint = "retirements")]
pub async fn retirements(page: u32) -> Result<Page<Retirement>, Problem> {
    desk()?.retirements(page).await
}
