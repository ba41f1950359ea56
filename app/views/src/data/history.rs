//! Kept states of an app.

use domain::credentials::StateOrigin;
use domain::diff::states::StateDiff;
use domain::ids::ObjectId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

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
