//! What who runs the portal can set about connections.

use serde::{Deserialize, Serialize};
use serde_with::{DurationSecondsWithFrac, serde_as};
use std::time::Duration;

/// Durations are in seconds, with or without a fraction.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionSettings {
    /// Connections at the same time, from everywhere. Half of the files that the process may open is the most, whatever
    /// stands here: the other half is for the database and for Graph.
    pub most: usize,
    /// Connections at the same time from one address; a quarter of `most` where it is not given. Behind a proxy they all
    /// come from one.
    pub per_address: Option<usize>,
    /// Requests at the same time on one connection of HTTP/2.
    pub streams: u32,
    /// From the connection to the whole head of its first request, TLS included; and from a later head's first byte to
    /// its last.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub head: Duration,
    /// Without a request. More than what a proxy in front keeps connections for.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub idle: Duration,
    /// For a request's whole body.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub receive: Duration,
    /// In which somebody who is being answered takes nothing.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub stalled: Duration,
    /// For a whole answer, events apart: they end with the session.
    #[serde_as(as = "DurationSecondsWithFrac<f64>")]
    pub send: Duration,
}

impl ConnectionSettings {
    /// For one machine's demo and its tests, where every browser has the same address.
    pub fn of_one_machine() -> Self {
        let settings = Self::default();
        Self { per_address: Some(settings.most), ..settings }
    }

    /// From one address, at the same time, where `most` may be open in all.
    pub fn of_one_address(&self, most: usize) -> usize {
        self.per_address.unwrap_or(most / 4).clamp(1, most.max(1))
    }
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            most: 4_096,
            per_address: None,
            streams: 32,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            receive: Duration::from_mins(1),
            stalled: Duration::from_secs(20),
            send: Duration::from_mins(5),
        }
    }
}
