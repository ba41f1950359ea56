//! How fast pushes go, as far as this process has watched them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// The rate is of what was done in this time.
const LATELY: Duration = Duration::from_mins(1);
/// Sooner, no rate is worth saying.
const TELLING: Duration = Duration::from_secs(3);

/// When how many apps of a receipt had ended.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<HashMap<Uuid, VecDeque<(Instant, u32)>>>);

impl Pulse {
    /// Apps per minute lately. `done`: of the receipt's apps, so far.
    pub fn per_minute(&self, receipt: Uuid, done: u32) -> Option<f64> {
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody has looked at these for long.
        all.retain(|_, beats| beats.back().is_some_and(|(at, _)| now - *at <= LATELY));
        let beats = all.entry(receipt).or_default();
        beats.push_back((now, done));
        while beats.get(1).is_some_and(|(at, _)| now - *at > LATELY) {
            beats.pop_front();
        }
        let (since, before) = *beats.front()?;
        let elapsed = now - since;
        (elapsed >= TELLING).then(|| f64::from(done.saturating_sub(before)) * 60.0 / elapsed.as_secs_f64())
    }

    /// The push does not go on for now: its rate begins anew.
    pub fn at_rest(&self, receipt: Uuid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&receipt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_of_the_last_minute() {
        let pulse = Pulse::default();
        let receipt = Uuid::from_u128(1);
        assert_eq!(pulse.per_minute(receipt, 1000), None, "nothing to compare with");
        for second in 1..=300 {
            tokio::time::advance(Duration::from_secs(1)).await;
            pulse.per_minute(receipt, 1000 + second * 2);
        }
        for second in 1..=60 {
            tokio::time::advance(Duration::from_secs(1)).await;
            pulse.per_minute(receipt, 1600 + second);
        }
        let rate = pulse.per_minute(receipt, 1660).unwrap_or_default();
        assert!((rate - 60.0).abs() < 3.0, "{rate}");
        pulse.at_rest(receipt);
        assert_eq!(pulse.per_minute(receipt, 1660), None);
    }
}
