//! What was sent lately, limit by limit.
//!
//! Entra has token buckets; others (the local tenant, what people measure) have windows that begin with a request. An
//! account of the last period is under both: no stretch of that length ever has more in it than the limit.

use super::{BudgetSettings, Cost};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Requests are counted when they are sent and arrive later, some faster than others.
const ON_THE_WAY: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) struct Account {
    units: Window,
    writes: Window,
    key_reads: Window,
}

/// How much of the limits may be used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    /// Of units, and of reads with keys.
    pub(super) reads: f64,
    pub(super) writes: f64,
}

#[derive(Debug)]
struct Window {
    /// 0: not counted.
    most: u32,
    period: Duration,
    sent: VecDeque<(Instant, u32)>,
    used: u32,
}

impl Account {
    pub(super) fn new(settings: &BudgetSettings) -> Self {
        Self {
            units: Window::new(settings.units_per_10_seconds, 10),
            writes: Window::new(settings.writes_per_150_seconds, 150),
            key_reads: Window::new(settings.key_reads_per_minute, 60),
        }
    }

    /// Counts a request, or says when there may be room for it.
    pub(super) fn take(&mut self, cost: Cost, shares: Shares, now: Instant) -> Result<(), Instant> {
        if let Some(ready) = self.full_until(cost, shares, now) {
            return Err(ready);
        }
        for (window, amount, _) in self.counted(cost, shares) {
            window.add(amount, now);
        }
        Ok(())
    }

    /// When there may be room for a request, where there is none now.
    pub(super) fn full_until(&mut self, cost: Cost, shares: Shares, now: Instant) -> Option<Instant> {
        let counted = self.counted(cost, shares);
        counted.filter_map(|(window, amount, share)| window.full_until(amount, share, now)).max()
    }

    fn counted(&mut self, cost: Cost, shares: Shares) -> impl Iterator<Item = (&mut Window, u32, f64)> {
        [
            (&mut self.units, cost.units, shares.reads),
            (&mut self.writes, cost.writes, shares.writes),
            (&mut self.key_reads, cost.key_reads, shares.reads),
        ]
        .into_iter()
        .filter(|(window, amount, _)| *amount > 0 && window.most > 0)
    }

    pub(super) fn add_units(&mut self, units: u32, now: Instant) {
        if self.units.most > 0 {
            self.units.add(units, now);
        }
    }
}

impl Window {
    fn new(most: u32, seconds: u64) -> Self {
        Self { most, period: Duration::from_secs(seconds) + ON_THE_WAY, sent: VecDeque::new(), used: 0 }
    }

    /// `None`: there is room.
    fn full_until(&mut self, amount: u32, share: f64, now: Instant) -> Option<Instant> {
        while let Some((at, old)) = self.sent.front().copied()
            && at + self.period <= now
        {
            self.sent.pop_front();
            self.used -= old;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a u32, at most 1")]
        let most = ((f64::from(self.most) * share) as u32).max(1);
        let mut used = self.used;
        // One that is larger than the limit goes alone.
        let mut freed = self.sent.iter();
        let mut ready = None;
        while used > 0 && used.saturating_add(amount) > most {
            let (at, old) = freed.next()?;
            used -= old;
            ready = Some(*at + self.period);
        }
        ready
    }

    fn add(&mut self, amount: u32, now: Instant) {
        self.used = self.used.saturating_add(amount);
        match self.sent.back_mut() {
            Some((at, sum)) if *at == now => *sum = sum.saturating_add(amount),
            _ => self.sent.push_back((now, amount)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stretch_of_a_period_has_more_than_the_limit() {
        let mut window = Window::new(10, 10);
        let begin = Instant::now();
        let mut sent: Vec<Instant> = vec![];
        let mut now = begin;
        for step in 0..200u64 {
            now += Duration::from_millis((step * 7919) % 400);
            match window.full_until(1, 1.0, now) {
                None => {
                    window.add(1, now);
                    sent.push(now);
                }
                Some(ready) => {
                    assert!(ready > now);
                    now = ready;
                }
            }
        }
        assert!(sent.len() > 100);
        assert!(sent.windows(11).all(|eleven| eleven[10] - eleven[0] >= Duration::from_secs(10)));
    }

    #[test]
    fn what_is_larger_than_the_limit_goes_alone() {
        let mut window = Window::new(5, 10);
        let now = Instant::now();
        assert_eq!(window.full_until(20, 1.0, now), None);
        window.add(20, now);
        assert_eq!(window.full_until(1, 1.0, now), Some(now + window.period));
        assert_eq!(window.full_until(1, 1.0, now + window.period), None);
    }
}
