//! What who runs the portal can set about jobs.

use super::Retention;
use serde::{Deserialize, Serialize};
use serde_with::{DurationSecondsWithFrac, serde_as};
use std::time::Duration;

/// Durations are in seconds, with or without a fraction.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobSettings {
    /// Pushes that one process works on at the same time; further ones wait.
    pub workers: usize,
    /// Between two signs of life of a process, at least one second. Where three are missed, others take its work over.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub heartbeat: Duration,
    /// How often a process looks for work that another one put into the queue.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub poll: Duration,
    /// A push to no more apps than this is waited for, so that the person lands on its finished receipt.
    pub small: u32,
    /// How long that is waited for at most.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub patience: Duration,
    /// What goes by itself after a while.
    pub retention: Retention,
}

/// Signs of life that may be missed.
pub const MISSED_HEARTBEATS: u32 = 3;

impl JobSettings {
    /// How long a process may be silent before others take over what it had.
    pub fn lease(&self) -> Duration {
        self.heartbeat.max(Duration::from_secs(1)) * MISSED_HEARTBEATS
    }
}

impl Default for JobSettings {
    fn default() -> Self {
        Self {
            workers: 4,
            heartbeat: Duration::from_secs(3),
            poll: Duration::from_secs(1),
            small: 20,
            patience: Duration::from_secs(20),
            retention: Retention::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn seconds_may_be_whole_or_not_and_never_less_than_none() {
        let settings: JobSettings = serde_json::from_str(r#"{"heartbeat": 2, "poll": 0.25, "patience": 0}"#).unwrap();
        assert_eq!(settings.heartbeat, Duration::from_secs(2));
        assert_eq!(settings.poll, Duration::from_millis(250));
        assert_eq!(settings.patience, Duration::ZERO);
        assert_eq!(settings.workers, 4, "what is not said is as by default");
        let written = serde_json::to_value(&settings).unwrap();
        assert_eq!((&written["heartbeat"], &written["poll"]), (&2.0.into(), &0.25.into()));
        for wrong in [r#"{"poll": -1}"#, r#"{"poll": 1e300}"#, r#"{"poll": "1"}"#, r#"{"pole": 1}"#] {
            assert!(serde_json::from_str::<JobSettings>(wrong).is_err(), "{wrong}");
        }
    }
}
