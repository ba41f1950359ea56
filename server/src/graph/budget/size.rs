//! How large the tenant is, as far as its limit of resource units goes. Nobody is told; but Graph says when four fifths of
//! the limit are used (`x-ms-throttle-limit-percentage`), and where it says nothing although more than that of the believed
//! limit was answered, the limit is larger.

use super::BudgetSettings;
use super::window::Window;
use std::time::Duration;
use tokio::time::Instant;

/// Units in ten seconds: of tenants of less than 50 people, of up to 500, of more.
const SIZES: [u32; 3] = [3_500, 5_000, 8_000];
/// Of the believed limit. More than the four fifths from which Graph speaks: answers may be counted late.
const SILENT_AT: f64 = 0.85;
/// Graph speaks at less than this of the believed limit: it is too high.
const SPEAKS_BELOW: f64 = 0.75;
const PERIOD: Duration = Duration::from_secs(10);
/// After a guess that was too high, how long until the next one.
const REST: Duration = Duration::from_hours(1);

#[derive(Debug)]
pub(super) struct Size {
    /// Where it begins, and where a 429 leads back to.
    least: u32,
    most: u32,
    believed: u32,
    answered: Window,
    /// When Graph last said that the limit is near.
    near: Option<Instant>,
    rests_until: Option<Instant>,
}

impl Size {
    pub(super) fn new(settings: &BudgetSettings) -> Self {
        let least = settings.units_per_10_seconds;
        Self {
            least,
            // A limit that is none of Microsoft's was set by somebody who knows it.
            most: if SIZES.contains(&least) { settings.most_units_per_10_seconds } else { least },
            believed: least,
            answered: Window::new(0, PERIOD.as_secs()),
            near: None,
            rests_until: None,
        }
    }

    /// An answer, what it cost, and the share of the limit that Graph says is used. Answers the new limit, if it is another.
    pub(super) fn answered(&mut self, units: u32, used: Option<f64>, now: Instant) -> Option<u32> {
        if self.most <= self.least {
            return None;
        }
        self.answered.add(units, now);
        let sum = f64::from(self.answered.sum(now));
        let believed = f64::from(self.believed);
        if used.is_some() {
            self.near = Some(now);
            return if sum < SPEAKS_BELOW * believed { self.too_high(now) } else { None };
        }
        let quiet = self.near.is_none_or(|near| near + PERIOD <= now);
        let rested = self.rests_until.is_none_or(|until| until <= now);
        if !(quiet && rested && sum >= SILENT_AT * believed) {
            return None;
        }
        let larger = SIZES.into_iter().find(|size| *size > self.believed && *size <= self.most)?;
        self.believed = larger;
        Some(larger)
    }

    /// Graph said 429. Answers the new limit, if it is another.
    pub(super) fn throttled(&mut self, now: Instant) -> Option<u32> {
        self.near = Some(now);
        self.too_high(now)
    }

    fn too_high(&mut self, now: Instant) -> Option<u32> {
        if self.believed == self.least {
            return None;
        }
        self.believed = self.least;
        self.rests_until = Some(now + REST);
        Some(self.least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many answers of one unit, one a millisecond; with what Graph says.
    fn after(size: &mut Size, answers: u32, used: Option<f64>, now: &mut Instant) -> Vec<u32> {
        let mut changes = vec![];
        for _ in 0..answers {
            *now += Duration::from_millis(1);
            changes.extend(size.answered(1, used, *now));
        }
        changes
    }

    fn size() -> (Size, Instant) {
        (Size::new(&BudgetSettings::default()), Instant::now())
    }

    #[test]
    fn silence_near_the_limit_says_that_it_is_larger() {
        let (mut size, mut now) = size();
        assert_eq!(after(&mut size, 2_974, None, &mut now), [0; 0]);
        assert_eq!(after(&mut size, 1, None, &mut now), [5_000]);
        assert_eq!(after(&mut size, 1_274, None, &mut now), [0; 0]);
        assert_eq!(after(&mut size, 1, None, &mut now), [8_000]);
        assert_eq!(after(&mut size, 5_000, None, &mut now), [0; 0], "there is none larger");
    }

    #[test]
    fn what_is_spread_over_more_than_the_period_says_nothing() {
        let (mut size, mut now) = size();
        for _ in 0..10_000 {
            now += Duration::from_millis(4);
            assert_eq!(size.answered(1, None, now), None);
        }
    }

    #[test]
    fn a_word_from_graph_keeps_the_limit() {
        let (mut size, mut now) = size();
        after(&mut size, 2_800, None, &mut now);
        assert_eq!(after(&mut size, 1, Some(0.81), &mut now), [0; 0]);
        assert_eq!(after(&mut size, 600, None, &mut now), [0; 0], "Graph has spoken a moment ago");
    }

    #[test]
    fn a_guess_that_was_too_high_is_taken_back_for_an_hour() {
        for throttled in [false, true] {
            let (mut size, mut now) = size();
            assert_eq!(after(&mut size, 2_975, None, &mut now), [5_000]);
            now += PERIOD * 2;
            after(&mut size, 2_900, None, &mut now);
            let back = if throttled { size.throttled(now) } else { size.answered(1, Some(0.83), now) };
            assert_eq!(back, Some(3_500));
            now += Duration::from_mins(59);
            assert_eq!(after(&mut size, 3_500, None, &mut now), [0; 0]);
            now += Duration::from_mins(2);
            assert_eq!(after(&mut size, 2_975, None, &mut now), [5_000]);
        }
    }

    #[test]
    fn a_limit_that_somebody_set_stays() {
        for settings in [
            BudgetSettings { units_per_10_seconds: 70, ..BudgetSettings::default() },
            BudgetSettings { most_units_per_10_seconds: 3_500, ..BudgetSettings::default() },
            BudgetSettings::unlimited(),
        ] {
            let mut now = Instant::now();
            assert_eq!(after(&mut Size::new(&settings), 9_000, None, &mut now), [0; 0]);
        }
    }
}
