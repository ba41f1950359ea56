//! In which order and how far a push goes before it asks or stops.

use crate::store::StoreError;
use app::contract::pushes::{Outcome, Pace};
use domain::rollout::Counts;
use serde::{Deserialize, Serialize};

/// Fewer ended apps than this say nothing about all of them.
const ENOUGH_TO_TELL: u32 = 5;

/// How apps ended, as far as the pace minds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    pub(crate) all: u32,
    /// Of these, not verified and not there already.
    pub(crate) badly: u32,
}

impl Ended {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        self.all += 1;
        self.badly += u32::from(!matches!(outcome, Outcome::Verified | Outcome::AlreadyThere));
    }
}

/// A pace, worked out for one push. Apps of which the preview failed have no part in it: nothing is tried with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Course {
    pub(crate) pace: Pace,
    /// How many apps each wave has; none is empty.
    pub(crate) waves: Vec<u32>,
    /// What had ended when a person last said that it shall go on all the same.
    pub(crate) accepted: Ended,
}

impl Course {
    /// `apps`: that are tried.
    pub(crate) fn new(pace: Pace, apps: u32) -> Self {
        let canary = u32::from(pace.canary).min(apps);
        let part = u64::from(apps) * u64::from(pace.second.min(100));
        let second = u32::try_from(part.div_ceil(100)).unwrap_or(apps).min(apps - canary);
        let waves = [canary, second, apps - canary - second].into_iter().filter(|size| *size > 0).collect();
        Self { pace, waves, accepted: Ended::default() }
    }

    /// As [`crate::store::Run`] has it.
    pub(crate) fn read(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("pace: {error}")))
    }

    pub(crate) fn text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::Damaged(format!("pace: {error}")))
    }

    fn apps(&self) -> u32 {
        self.waves.iter().sum()
    }

    /// Of the apps that are tried. Those that are not are counted among the bad ends from the beginning.
    pub(crate) fn ended(&self, counts: &Counts) -> Ended {
        let not_tried = counts.all().saturating_sub(self.apps());
        Ended { all: counts.ended().saturating_sub(not_tried), badly: counts.badly().saturating_sub(not_tried) }
    }

    /// Apps of a wave whose turn has not come.
    pub(crate) fn left(&self, wave: u32, counts: &Counts) -> u32 {
        let begun = self.apps().saturating_sub(counts.waiting);
        self.until(wave).saturating_sub(begun)
    }

    pub(crate) fn since_accepted(&self, ended: Ended) -> Ended {
        Ended {
            all: ended.all.saturating_sub(self.accepted.all),
            badly: ended.badly.saturating_sub(self.accepted.badly),
        }
    }

    /// How many apps are tried until the end of a wave. `wave` from 1.
    pub(crate) fn until(&self, wave: u32) -> u32 {
        self.waves.iter().take(wave as usize).sum()
    }

    pub(crate) fn is_last(&self, wave: u32) -> bool {
        wave as usize >= self.waves.len()
    }

    /// Too many apps did not end well since a person last looked.
    pub(crate) fn halts(&self, ended: Ended) -> bool {
        let Ended { all, badly } = self.since_accepted(ended);
        self.pace.halt_at < 100
            && all >= ENOUGH_TO_TELL
            && u64::from(badly) * 100 > u64::from(all) * u64::from(self.pace.halt_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waves(canary: u16, second: u8, apps: u32) -> Vec<u32> {
        Course::new(Pace { canary, second, ..Pace::default() }, apps).waves
    }

    #[test]
    fn waves_hold_every_app_once() {
        assert_eq!(waves(5, 10, 1000), [5, 100, 895]);
        assert_eq!(waves(0, 0, 60), [60]);
        assert_eq!(waves(5, 0, 3), [3]);
        assert_eq!(waves(0, 10, 4), [1, 3]);
        assert_eq!(waves(3, 100, 10), [3, 7]);
        assert_eq!(waves(1, 255, 2), [1, 1]);
        assert_eq!(waves(5, 10, 0), [] as [u32; 0]);
        let course = Course::new(Pace { canary: 5, second: 10, ..Pace::default() }, 1000);
        assert_eq!([1, 2, 3, 4].map(|wave| course.until(wave)), [5, 105, 1000, 1000]);
        assert!(!course.is_last(2) && course.is_last(3));
    }

    #[test]
    fn apps_that_are_not_tried_do_not_count() {
        let course = Course::new(Pace { canary: 2, ..Pace::default() }, 8);
        let counts = Counts { waiting: 7, failed: 2, verified: 1, ..Counts::default() };
        assert_eq!(course.ended(&counts), Ended { all: 1, badly: 0 });
        assert_eq!((course.left(1, &counts), course.left(2, &counts)), (1, 7));
    }

    #[test]
    fn halts_above_the_rate_and_only_with_enough_to_tell() {
        let mut course = Course::new(Pace { halt_at: 20, ..Pace::default() }, 100);
        let halts = |course: &Course, all, badly| course.halts(Ended { all, badly });
        assert!(!halts(&course, 4, 4));
        assert!(!halts(&course, 5, 1));
        assert!(halts(&course, 5, 2));
        course.accepted = Ended { all: 5, badly: 2 };
        assert!(!halts(&course, 9, 6), "too few since");
        assert!(halts(&course, 10, 4));
        course.pace.halt_at = 100;
        assert!(!halts(&course, 50, 50));
        course.pace.halt_at = 0;
        assert!(halts(&course, 50, 3));
    }
}
