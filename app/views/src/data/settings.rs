//! What administrators keep in the portal itself, beside what the configuration has.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// How such a setting stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptView {
    /// That a change has to have seen.
    pub version: u32,
    /// Whether it counts.
    pub state: KeptState,
    /// When it was changed last.
    pub changed_at: OffsetDateTime,
    /// By whom.
    pub changed_by: String,
}

/// Whether a setting counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptState {
    /// It does.
    On,
    /// Somebody has switched it off.
    Off,
    /// The configuration has one of this name, which is used in its place.
    Pinned,
    /// It cannot be read any more: its key is gone, or the configuration does not fit it.
    Unreadable,
}
