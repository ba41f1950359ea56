//! When a read is made again, and after how long. Graph's guidance: wait as long as `Retry-After` says, else back off
//! exponentially (<https://learn.microsoft.com/graph/throttling>).

use super::GraphError;
use crate::entropy::Entropy;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Bounds for repeated reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// Requests in all, the first included.
    pub attempts: u32,
    /// Seconds before the second request where Graph does not say; doubles from there.
    pub first_pause: f64,
    /// Seconds; where Graph asks for more patience than this, the person is told so instead.
    pub longest_pause: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 4, first_pause: 0.5, longest_pause: 30.0 }
    }
}

impl Retry {
    pub(super) fn longest_pause(&self) -> Duration {
        seconds(self.longest_pause)
    }

    /// The pause after the failed request number `attempt` (from 1); `None` where another would not help.
    pub(super) fn pause(&self, attempt: u32, error: &GraphError, entropy: &dyn Entropy) -> Option<Duration> {
        if attempt >= self.attempts || !error.may_pass() {
            return None;
        }
        self.wait(attempt, error.retry_after(), entropy)
    }

    /// The pause itself: `asked` where Graph said, plus jitter so that many requests do not return at once.
    pub fn wait(&self, attempt: u32, asked: Option<Duration>, entropy: &dyn Entropy) -> Option<Duration> {
        let longest = seconds(self.longest_pause);
        match asked {
            Some(asked) if asked > longest => None,
            Some(asked) => Some(asked + seconds(self.first_pause).mul_f64(share(entropy))),
            None => {
                let doubled = seconds(self.first_pause).saturating_mul(1 << attempt.saturating_sub(1).min(16));
                Some(doubled.min(longest).mul_f64(0.5 + share(entropy) / 2.0))
            }
        }
    }
}

fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or_default()
}

/// Between 0 and 1.
pub(super) fn share(entropy: &dyn Entropy) -> f64 {
    let mut bytes = [0; 2];
    entropy.fill(&mut bytes);
    f64::from(u16::from_be_bytes(bytes)) / f64::from(u16::MAX)
}

/// Seconds, as Graph sends it; the other form, a date, is not used by Graph.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Reply;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn reply(status: u16) -> Reply {
        Reply { status, code: String::new(), message: String::new(), request_id: None }
    }

    fn throttled(asked: Option<u64>) -> GraphError {
        GraphError::Throttled { reply: reply(429), retry_after: asked.map(Duration::from_secs) }
    }

    #[test]
    fn waits_at_least_as_long_as_graph_asks() {
        let retry = Retry::default();
        for byte in [0, 128, 255] {
            let pause = retry.pause(1, &throttled(Some(7)), &Fixed(byte));
            assert!(pause.is_some_and(|pause| (7.0..=7.5).contains(&pause.as_secs_f64())), "{pause:?}");
        }
        assert_eq!(retry.pause(1, &throttled(Some(31)), &Fixed(0)), None);
    }

    #[test]
    fn backs_off_with_jitter_and_ends() {
        let retry = Retry::default();
        let pause = |attempt, byte| retry.pause(attempt, &throttled(None), &Fixed(byte)).map(|p| p.as_millis());
        assert_eq!((pause(1, 0), pause(1, 255)), (Some(250), Some(500)));
        assert_eq!((pause(3, 0), pause(3, 255)), (Some(1000), Some(2000)));
        assert_eq!(pause(4, 0), None);
    }

    #[test]
    fn a_refusal_is_not_asked_again() {
        for error in
            [GraphError::Denied(reply(403)), GraphError::NotFound(reply(404)), GraphError::SignedOut(reply(401))]
        {
            assert_eq!(Retry::default().pause(1, &error, &Fixed(0)), None, "{error}");
        }
    }

    #[test]
    fn reads_the_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(retry_after(&headers), None);
        headers.insert(RETRY_AFTER, reqwest::header::HeaderValue::from_static(" 12"));
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(12)));
    }
}
