//! How many requests this process sends to Graph, whoever they are for.
//!
//! Two things: a gate, shut after a 429 until its `Retry-After` has passed, before which every request waits; and an
//! account of what was sent, so that a push of many apps runs just under Graph's limits instead of into them. Limits
//! are of one application in one tenant, and a portal is both.
//!
//! Source: <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>.

mod account;
mod cost;
mod size;
mod window;

pub(super) use cost::Cost;

use super::{GraphError, Reply};
use crate::entropy::Entropy;
use account::{Account, BudgetShares};
use serde::{Deserialize, Serialize};
use size::Size;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// What Graph allows this portal. 0 for any of them: not counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetSettings {
    /// Resource units. 3,500 in a tenant of less than 50 people, 5,000 up to 500, 8,000 above.
    pub units_per_10_seconds: u32,
    /// Where Graph does not say that the limit is near although it would be, the next of these sizes is believed, up to
    /// this one. A process with a small `share` sends too little to find out.
    pub most_units_per_10_seconds: u32,
    pub writes_per_150_seconds: u32,
    /// Of these, to apps that admit personal Microsoft accounts.
    pub personal_writes_per_minute: u32,
    /// Reads that name `keyCredentials` in `$select`: those that give certificates themselves.
    pub key_reads_per_minute: u32,
    /// How much of these this process may use: less than 1 divided by the number of replicas.
    pub share: f64,
    /// How much of that share pushes of many apps may use; the rest is for people who wait for a page. Of writes they may
    /// use it all: nobody else writes.
    pub job_share: f64,
    /// How long such a push waits at a shut gate, in seconds, before it gives up on a request.
    pub longest_wait: f64,
}

impl Default for BudgetSettings {
    fn default() -> Self {
        Self {
            units_per_10_seconds: 3_500,
            most_units_per_10_seconds: 8_000,
            writes_per_150_seconds: 3_000,
            personal_writes_per_minute: 60,
            key_reads_per_minute: 150,
            share: 0.97,
            job_share: 0.95,
            longest_wait: 300.0,
        }
    }
}

impl BudgetSettings {
    /// Counts nothing; the gate works all the same.
    pub fn unlimited() -> Self {
        Self {
            units_per_10_seconds: 0,
            writes_per_150_seconds: 0,
            personal_writes_per_minute: 0,
            key_reads_per_minute: 0,
            ..Self::default()
        }
    }

    pub(super) fn longest_wait(&self) -> Duration {
        Duration::try_from_secs_f64(self.longest_wait).unwrap_or_default()
    }
}

/// For whom a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Somebody waits for a page.
    Person,
    /// A push under way.
    Job,
}

/// Of one process. Times are tokio's.
#[derive(Debug)]
pub(super) struct Budget {
    share: f64,
    job_share: f64,
    state: Mutex<State>,
    /// Another limit is believed: who waits looks again.
    resized: Notify,
}

#[derive(Debug)]
struct State {
    account: Account,
    size: Size,
    shut_until: Option<Instant>,
    /// 429s without a `Retry-After`, one after the other.
    unexplained: u32,
    /// Between two requests of one caller, while Graph says that the limit is near.
    slower: Option<(Instant, Duration)>,
}

/// Where Graph does not say how long to wait.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_GUESS: Duration = Duration::from_secs(30);
/// Requests that waited for the same moment are spread over this much.
const SPREAD: Duration = Duration::from_millis(250);
/// How long a word of the limit's being near counts.
const SLOWER_FOR: Duration = Duration::from_secs(2);

impl Budget {
    pub(super) fn new(settings: &BudgetSettings) -> Self {
        let state = State {
            account: Account::new(settings),
            size: Size::new(settings),
            shut_until: None,
            unexplained: 0,
            slower: None,
        };
        Self {
            share: settings.share.clamp(0.01, 1.0),
            job_share: settings.job_share.clamp(0.01, 1.0),
            state: Mutex::new(state),
            resized: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a request may be sent, and counts it.
    ///
    /// # Errors
    /// [`GraphError::Throttled`] where the gate is shut for longer than `patience`: nothing was sent.
    pub(super) async fn admit(
        &self,
        cost: Cost,
        lane: Lane,
        patience: Duration,
        entropy: &dyn Entropy,
    ) -> Result<(), GraphError> {
        let begun = Instant::now();
        if let Some(pause) = self.slower(begun) {
            tokio::time::sleep(pause.mul_f64(0.5 + super::retry::share(entropy) / 2.0)).await;
        }
        let shares = self.shares(lane);
        loop {
            let resized = self.resized.notified();
            let now = Instant::now();
            let until = {
                let mut state = self.state();
                match state.shut_until.filter(|until| *until > now) {
                    Some(until) if until.duration_since(begun) > patience => {
                        return Err(shut(until.duration_since(now)));
                    }
                    Some(until) => until,
                    None => match state.account.take(cost, shares, now) {
                        Ok(()) => return Ok(()),
                        Err(ready) => ready,
                    },
                }
            };
            tokio::select! {
                () = tokio::time::sleep_until(until + SPREAD.mul_f64(super::retry::share(entropy))) => {}
                () = resized => {}
            }
        }
    }

    /// Until when there is no room for this, if there is none now. Takes nothing.
    pub(super) fn full_until(&self, cost: Cost, lane: Lane) -> Option<Instant> {
        let now = Instant::now();
        let shares = self.shares(lane);
        let mut state = self.state();
        let shut = state.shut_until.filter(|until| *until > now);
        shut.max(state.account.full_until(cost, shares, now))
    }

    fn shares(&self, lane: Lane) -> BudgetShares {
        let reads = if lane == Lane::Job { self.share * self.job_share } else { self.share };
        BudgetShares { reads, writes: self.share }
    }

    /// Graph said 429: nothing is sent until `retry_after` has passed.
    pub(super) fn throttled(&self, retry_after: Option<Duration>) {
        let now = Instant::now();
        let mut state = self.state();
        let size = state.size.throttled(now);
        self.believe(&mut state, size);
        let pause = match retry_after {
            Some(asked) => asked,
            // Requests that were under way together are answered together: that is one refusal.
            None if state.shut_until.is_some_and(|until| until > now) => return,
            None => {
                state.unexplained += 1;
                FIRST_PAUSE.saturating_mul(1 << (state.unexplained - 1).min(16)).min(LONGEST_GUESS)
            }
        };
        let until = now + pause;
        if state.shut_until.is_none_or(|shut| shut < until) {
            state.shut_until = Some(until);
        }
        tracing::info!(seconds = pause.as_secs_f64(), "Graph asks for a pause");
    }

    /// Graph answered. `units`: of the header `x-ms-resource-unit`; `used`: of `x-ms-throttle-limit-percentage`, a share
    /// of the limit that Graph sends from 0.8.
    pub(super) fn answered(&self, cost: Cost, units: Option<u32>, used: Option<f64>) {
        let now = Instant::now();
        let mut state = self.state();
        state.unexplained = 0;
        if let Some(more) = units.and_then(|units| units.checked_sub(cost.units)).filter(|more| *more > 0) {
            state.account.add_units(more, now);
        }
        let used = used.filter(|used| *used > 0.8);
        let size = state.size.answered(units.unwrap_or(cost.units), used, now);
        self.believe(&mut state, size);
        if let Some(used) = used {
            state.slower = Duration::try_from_secs_f64(used.min(1.8) - 0.8).ok().map(|pause| (now, pause));
        }
    }

    fn believe(&self, state: &mut State, units: Option<u32>) {
        if let Some(units) = units {
            state.account.set_units(units);
            self.resized.notify_waiters();
            tracing::info!(units, "another limit of resource units in 10 seconds is believed");
        }
    }

    fn slower(&self, now: Instant) -> Option<Duration> {
        self.state().slower.filter(|(at, _)| now.duration_since(*at) < SLOWER_FOR).map(|(_, pause)| pause)
    }
}

fn shut(left: Duration) -> GraphError {
    let reply = Reply {
        status: 429,
        code: "TooManyRequests".into(),
        message: "Graph asked for a pause that is not over; this request was not sent.".into(),
        request_id: None,
    };
    // A second more, for the fraction that is cut off.
    GraphError::Throttled { reply, retry_after: Some(Duration::from_secs(left.as_secs() + 1)) }
}

#[cfg(test)]
mod tests;
