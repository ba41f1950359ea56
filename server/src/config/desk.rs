//! What who runs the portal can set about pushes and reads.

use super::Quotas;
use crate::graph::{BudgetSettings, MOST_IN_FILTER, Retry};
use domain::key_credential::IdentifierStyle;
use serde::{Deserialize, Serialize};
use serde_with::{DurationSecondsWithFrac, serde_as};
use std::time::Duration;
use url::Url;

/// A write is sent so soon after it was kept, or not at all: how late it may be carried out is counted from then.
pub(crate) const SENT_WITHIN: Duration = Duration::from_secs(5);

/// Durations are in seconds.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeskSettings {
    /// How many reads in a row must show a write before it counts. Graph answers from replicas.
    pub consecutive_reads: u32,
    /// Between two of these reads.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub read_pause: Duration,
    /// How long a write may take to show up; Entra can need minutes.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub read_patience: Duration,
    /// How long Graph has to answer one request.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub request_timeout: Duration,
    /// How long after it was sent a write without an answer may still be carried out: so long nobody writes over it, and no
    /// push that sent one ends. Microsoft states no bound. At least `request_timeout` and 5 seconds: a request that is
    /// still waited for is not late.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub late_write_bound: Duration,
    /// Apps of one push that are under way at the same time, at most. Most of that time are the pauses between reads, so
    /// that few of them have a request under way. A push begins with 32, and widens while they are read back as planned.
    pub parallel_apps: usize,
    /// Apps that a push reads in one request, at most: fifteen of them cost as much of Graph's limits as one. 1: each by
    /// itself.
    pub apps_in_one_read: usize,
    /// How the `customKeyIdentifier` of a new entry is sent.
    pub identifier_style: IdentifierStyle,
    /// For links to the app in the Entra admin center; absent where the cloud has none.
    pub admin_center_root: Option<Url>,
    pub retry: Retry,
    /// What this portal may take of Graph's limits.
    pub budget: BudgetSettings,
    /// How old the credential index may be; a search that finds nothing looks again sooner.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub index_lifetime: Duration,
    /// Assertions that one person may have sent to the token endpoint.
    pub proofs_per_minute: u32,
    pub quotas: Quotas,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            consecutive_reads: 3,
            read_pause: Duration::from_secs(1),
            read_patience: Duration::from_mins(2),
            request_timeout: crate::graph::DEFAULT_TIMEOUT,
            late_write_bound: Duration::from_mins(2),
            parallel_apps: 1_024,
            apps_in_one_read: MOST_IN_FILTER,
            identifier_style: IdentifierStyle::default(),
            admin_center_root: None,
            retry: Retry::default(),
            budget: BudgetSettings::default(),
            index_lifetime: Duration::from_mins(10),
            proofs_per_minute: 20,
            quotas: Quotas::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn reads_seconds_and_keeps_defaults() {
        let settings: DeskSettings = serde_json::from_str(r#"{"read_pause": 0.25, "retry": {"attempts": 2}}"#).unwrap();
        assert_eq!(settings.read_pause, Duration::from_millis(250));
        assert_eq!(settings.retry.attempts, 2);
        assert_eq!(settings.consecutive_reads, 3);
        assert!(serde_json::from_str::<DeskSettings>(r#"{"read_pauze": 1}"#).is_err());
    }
}
