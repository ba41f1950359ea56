//! What one person may have of everything that stays.

use serde::{Deserialize, Serialize};

/// Of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// That they uploaded and that are kept.
    pub certificates: u64,
    /// Previews that were not pushed; where there are more, the oldest go.
    pub previews: u32,
    /// Previews that are being made at the same time.
    pub drafts: usize,
    /// What one preview may take in the database, in MiB.
    pub preview_mib: usize,
    /// Pushes that have not ended, paused ones too.
    pub open_pushes: u64,
    /// Pages that follow a push at the same time.
    pub event_streams: usize,
}

impl Quotas {
    /// Of one preview.
    pub fn preview_bytes(&self) -> usize {
        self.preview_mib.saturating_mul(1024 * 1024)
    }
}

impl Default for Quotas {
    fn default() -> Self {
        Self { certificates: 1_000, previews: 100, drafts: 3, preview_mib: 96, open_pushes: 250, event_streams: 30 }
    }
}
