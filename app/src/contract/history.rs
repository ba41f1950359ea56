//! Kept states of an app.

use super::paging::Page;
use super::problem::Problem;
use domain::credentials::StateOrigin;
use domain::diff::states::StateDiff;
use domain::ids::ObjectId;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;
#[cfg(feature = "ssr")]
use {super::support::desk, super::support::parse};

/// One kept state of an app's `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateRow {
    /// Of this state; larger is newer.
    pub id: i64,
    /// When it was first seen.
    #[serde(with = "time::serde::rfc3339")]
    pub seen_at: OffsetDateTime,
    /// How many entries it has.
    pub entries: u32,
    /// How many of these entries' `key` is known, so that they could be put back.
    pub keys_known: u32,
    /// What was done when it was seen.
    pub origin: StateOrigin,
    /// Of the push that saw it, where one did.
    pub receipt: Option<Uuid>,
    /// Against the state before it; absent of the first.
    pub change: Option<StateChange>,
}

/// How many entries differ from the state before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    /// Entries that were not there before.
    pub added: u32,
    /// Entries that are there no more.
    pub removed: u32,
    /// Entries with the same keyId and other properties.
    pub altered: u32,
    /// Those in both stand in another order.
    pub reordered: bool,
}

/// Two states beside each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateComparison {
    /// Object id.
    pub app: ObjectId,
    /// The app's name.
    pub display_name: String,
    /// The earlier of the two.
    pub older: StateRow,
    /// The later of the two.
    pub newer: StateRow,
    /// From the older to the newer.
    pub diff: StateDiff,
    /// `keyCredentials` as Graph sent them, with each known `key` filled in.
    pub older_json: String,
    /// The same of the newer.
    pub newer_json: String,
}

/// The port of this resource. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait HistoryPort: Send + Sync {
    /// The newest first. `page` from 1.
    async fn states(&self, app: ObjectId, page: u32) -> Result<Page<StateRow>, Problem>;
    /// `newer`: absent for the app as it is now (it is read, and kept if it is new).
    async fn compare_states(&self, app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem>;
}

/// `GET /api/states`: `app` is an object id, `page` counts from 1.
#[server(name = ReadStates, input = GetUrl, prefix = "/api", endpoint = "states")]
pub async fn states(app: String, page: u32) -> Result<Page<StateRow>, Problem> {
    desk()?.states(parse("object id", &app)?, page).await
}

/// `newer`: empty for the app as it is now.
#[server(name = ReadStateComparison, input = GetUrl, prefix = "/api", endpoint = "compare-states")]
pub async fn compare_states(
    app: String,
    older: String,
    #[server(default)] newer: String,
) -> Result<StateComparison, Problem> {
    let newer = if newer.is_empty() { None } else { Some(parse("state", &newer)?) };
    desk()?.compare_states(parse("object id", &app)?, parse("state", &older)?, newer).await
}
