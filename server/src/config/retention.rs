//! For how long things are kept. Receipts and the audit log stay for good.

use serde::{Deserialize, Serialize};
use time::Duration;

/// Days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Previews that nobody pushed, since they were made.
    pub previews: u16,
    /// Uploaded certificates, since their upload. Apps keep theirs.
    pub certificates: u16,
    /// States of apps as reads showed them, since then. The newest of each app stays, and so do those that pushes found
    /// and left.
    pub states: u16,
    /// Changes made elsewhere, since they were found, with what was said of them.
    pub changes: u16,
    /// How many credentials there were on each day, since that day.
    pub counts: u16,
}

impl Retention {
    pub(crate) fn days(days: u16) -> Duration {
        Duration::days(days.into())
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { previews: 30, certificates: 730, states: 1_095, changes: 1_095, counts: 1_095 }
    }
}
