//! Why a push stands still.

use crate::store::StoredReason;
use domain::rollout::Ended;
use serde::{Deserialize, Serialize};

/// Why a push stands still until a person says that it shall go on. Kept as JSON: a variant may be added, and none renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "pause")]
pub(crate) enum PauseReason {
    /// `who`: the person's name.
    ByPerson { who: String },
    /// It waits for a person after each wave. `wave` from 1.
    WaveEnded { wave: u32, waves: usize },
    /// More than `halt_at` percent of the apps did not end well since a person last looked.
    Halted { ended: Ended, halt_at: u8 },
    /// Entra no longer renews its sign-in. `request_id`: Entra's or Graph's, for support.
    NeedsSignIn { request_id: Option<String> },
    /// As another version put it.
    #[serde(skip)]
    Told(StoredReason),
}
