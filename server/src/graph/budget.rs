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
use account::{Account, Shares};
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

    fn shares(&self, lane: Lane) -> Shares {
        let reads = if lane == Lane::Job { self.share * self.job_share } else { self.share };
        Shares { reads, writes: self.share }
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
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::sync::Arc;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    const PATIENCE: Duration = Duration::from_mins(1);

    fn read() -> Cost {
        Cost { units: 1, ..Cost::default() }
    }

    async fn admit(budget: &Budget, lane: Lane) {
        budget.admit(read(), lane, PATIENCE, &Fixed(0)).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_passes_a_shut_gate_before_its_time() {
        let budget = Arc::new(Budget::new(&BudgetSettings::default()));
        let begun = Instant::now();
        budget.throttled(Some(Duration::from_secs(7)));
        // A later, shorter one does not open it earlier.
        budget.throttled(Some(Duration::from_secs(2)));
        let passes = (0..50u8).map(|n| {
            let budget = Arc::clone(&budget);
            tokio::spawn(async move {
                budget.admit(read(), Lane::Job, PATIENCE, &Fixed(n * 5)).await.unwrap();
                Instant::now()
            })
        });
        let mut at = vec![];
        for pass in passes.collect::<Vec<_>>() {
            at.push(pass.await.unwrap().duration_since(begun));
        }
        assert!(at.iter().all(|at| *at >= Duration::from_secs(7)), "{at:?}");
        let last = at.iter().max().unwrap();
        assert!(*last > Duration::from_millis(7_200) && *last < Duration::from_millis(7_300), "spread: {last:?}");
        admit(&budget, Lane::Person).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_gate_shut_for_longer_than_patience_is_told_at_once() {
        let budget = Budget::new(&BudgetSettings::default());
        let begun = Instant::now();
        budget.throttled(Some(Duration::from_secs(90)));
        let error = budget.admit(read(), Lane::Person, PATIENCE, &Fixed(0)).await.unwrap_err();
        assert!(error.write_turned_away(), "nothing was sent");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(91)));
        assert_eq!(Instant::now(), begun);
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_without_a_time_shuts_longer_each_time() {
        let budget = Budget::new(&BudgetSettings::default());
        let mut pauses = vec![];
        for _ in 0..7 {
            let begun = Instant::now();
            budget.throttled(None);
            budget.throttled(None);
            admit(&budget, Lane::Person).await;
            pauses.push(begun.elapsed().as_secs());
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        budget.answered(read(), None, None);
        let begun = Instant::now();
        budget.throttled(None);
        admit(&budget, Lane::Person).await;
        assert_eq!(begun.elapsed().as_secs(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn stays_under_the_limit_and_leaves_something_to_people() {
        let settings =
            BudgetSettings { units_per_10_seconds: 100, share: 1.0, job_share: 0.9, ..BudgetSettings::default() };
        let budget = Budget::new(&settings);
        let begun = Instant::now();
        for _ in 0..90 {
            admit(&budget, Lane::Job).await;
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
        // What a job may not have, a person still gets.
        admit(&budget, Lane::Person).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
        admit(&budget, Lane::Job).await;
        assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_goes_on_when_the_limit_turns_out_to_be_larger() {
        let budget = Arc::new(Budget::new(&BudgetSettings { share: 1.0, job_share: 1.0, ..BudgetSettings::default() }));
        let begun = Instant::now();
        for _ in 0..3_500 {
            admit(&budget, Lane::Job).await;
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let waiting = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { admit(&budget, Lane::Job).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        for _ in 0..2_975 {
            budget.answered(read(), Some(1), None);
        }
        waiting.await.unwrap();
        assert_eq!(begun.elapsed(), Duration::ZERO);
        // Graph has had enough: the old limit is back, and the gate shut.
        budget.throttled(Some(Duration::from_secs(1)));
        admit(&budget, Lane::Job).await;
        assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn pushes_may_use_all_writes() {
        let settings =
            BudgetSettings { writes_per_150_seconds: 100, share: 1.0, job_share: 0.5, ..BudgetSettings::default() };
        let budget = Budget::new(&settings);
        let write = Cost::WRITE;
        let begun = Instant::now();
        for _ in 0..100 {
            budget.admit(write, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
        budget.admit(write, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
        assert!(begun.elapsed() >= Duration::from_secs(150), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn apps_for_personal_accounts_have_a_limit_of_their_own() {
        let budget = Budget::new(&BudgetSettings { share: 1.0, job_share: 1.0, ..BudgetSettings::default() });
        let personal = Cost { personal_writes: 1, ..Cost::WRITE };
        let begun = Instant::now();
        for _ in 0..60 {
            budget.admit(personal, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
        }
        for _ in 0..1_000 {
            budget.admit(Cost::WRITE, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
        budget.admit(personal, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
        assert!(begun.elapsed() >= Duration::from_mins(1), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn says_whether_there_is_room_and_takes_nothing() {
        let settings = BudgetSettings {
            units_per_10_seconds: 100,
            writes_per_150_seconds: 3,
            share: 1.0,
            job_share: 1.0,
            ..BudgetSettings::default()
        };
        let budget = Budget::new(&settings);
        let write = |writes| Cost { units: writes, writes, ..Cost::default() };
        for _ in 0..10 {
            assert_eq!(budget.full_until(write(3), Lane::Job), None);
        }
        budget.admit(write(2), Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
        assert_eq!(budget.full_until(write(1), Lane::Job), None);
        let full = budget.full_until(write(2), Lane::Job).unwrap();
        assert!(full - Instant::now() >= Duration::from_secs(150), "{full:?}");
        assert_eq!(budget.full_until(read(), Lane::Job), None);
        budget.throttled(Some(Duration::from_secs(5)));
        assert_eq!(budget.full_until(read(), Lane::Job), Some(Instant::now() + Duration::from_secs(5)));
    }

    #[tokio::test(start_paused = true)]
    async fn slows_down_when_graph_says_that_the_limit_is_near() {
        let budget = Budget::new(&BudgetSettings::default());
        budget.answered(read(), None, Some(0.7));
        let begun = Instant::now();
        admit(&budget, Lane::Job).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
        budget.answered(read(), None, Some(1.0));
        admit(&budget, Lane::Job).await;
        assert!(begun.elapsed() >= Duration::from_millis(100), "{:?}", begun.elapsed());
        tokio::time::sleep(SLOWER_FOR).await;
        let begun = Instant::now();
        admit(&budget, Lane::Job).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_request_cost_more_than_thought_is_counted() {
        let settings =
            BudgetSettings { units_per_10_seconds: 10, share: 1.0, job_share: 1.0, ..BudgetSettings::default() };
        let budget = Budget::new(&settings);
        let begun = Instant::now();
        admit(&budget, Lane::Person).await;
        budget.answered(read(), Some(10), None);
        admit(&budget, Lane::Person).await;
        assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}
