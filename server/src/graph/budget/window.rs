//! What came about in the last period.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Requests are counted when they are sent and arrive later, some faster than others.
const ON_THE_WAY: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) struct Window {
    /// 0: not counted.
    most: u32,
    period: Duration,
    sent: VecDeque<(Instant, u32)>,
    used: u32,
}

impl Window {
    pub(super) fn new(most: u32, seconds: u64) -> Self {
        Self { most, period: Duration::from_secs(seconds) + ON_THE_WAY, sent: VecDeque::new(), used: 0 }
    }

    pub(super) fn counts(&self) -> bool {
        self.most > 0
    }

    pub(super) fn set_most(&mut self, most: u32) {
        self.most = most;
    }

    fn forget_until(&mut self, now: Instant) {
        while let Some((at, old)) = self.sent.front().copied()
            && at + self.period <= now
        {
            self.sent.pop_front();
            self.used -= old;
        }
    }

    pub(super) fn sum(&mut self, now: Instant) -> u32 {
        self.forget_until(now);
        self.used
    }

    /// `None`: there is room.
    pub(super) fn full_until(&mut self, amount: u32, share: f64, now: Instant) -> Option<Instant> {
        self.forget_until(now);
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

    pub(super) fn add(&mut self, amount: u32, now: Instant) {
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
