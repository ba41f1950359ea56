//! What who runs the portal can set about jobs.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Durations are in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobSettings {
    /// Pushes that one process works on at the same time; further ones wait.
    pub workers: usize,
    /// Between two signs of life of a process, at least one second. Where three are missed, others take its work over.
    #[serde(with = "crate::operations::seconds")]
    pub heartbeat: Duration,
    /// How often a process looks for work that another one put into the queue.
    #[serde(with = "crate::operations::seconds")]
    pub poll: Duration,
    /// A push to no more apps than this is waited for, so that the person lands on its finished receipt.
    pub small: u32,
    /// How long that is waited for at most.
    #[serde(with = "crate::operations::seconds")]
    pub patience: Duration,
}

/// Signs of life that may be missed.
pub(super) const MISSED: usize = 3;

impl Default for JobSettings {
    fn default() -> Self {
        Self {
            workers: 4,
            heartbeat: Duration::from_secs(3),
            poll: Duration::from_secs(1),
            small: 20,
            patience: Duration::from_secs(20),
        }
    }
}
