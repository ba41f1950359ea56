//! In which order and how far a push goes before it asks or stops.

use super::{Counts, Outcome};
use serde::{Deserialize, Serialize};

/// Fewer ended apps than this say nothing about all of them.
const ENOUGH_TO_TELL: u32 = 5;

/// In which order and how carefully a push goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Apps in the first wave; 0: no such wave.
    pub canary: u16,
    /// Percent of the apps in the second wave; 0: no such wave.
    pub second: u8,
    /// Waits for a person after each wave.
    pub ask_between: bool,
    /// Stops when more than this percent of the apps done so far (of five or more) did not end well; 100: never.
    pub halt_at: u8,
}

impl Default for Pace {
    fn default() -> Self {
        Self { canary: 0, second: 0, ask_between: false, halt_at: 20 }
    }
}

/// How apps ended, as far as the pace minds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Apps that have an outcome.
    pub all: u32,
    /// Of these, not verified and not there already.
    pub badly: u32,
}

impl Ended {
    /// One more app has ended.
    pub fn add(&mut self, outcome: Outcome) {
        self.all += 1;
        self.badly += u32::from(!outcome.is_good());
    }
}

/// A pace, worked out for one push. Apps of which the preview failed have no part in it: nothing is tried with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RolloutPlan {
    /// That a person chose.
    pub pace: Pace,
    /// How many apps each wave has; none is empty.
    pub waves: Vec<u32>,
    /// What had ended when a person last said that it shall go on all the same.
    pub accepted: Ended,
}

impl RolloutPlan {
    /// `apps`: that are tried.
    pub fn new(pace: Pace, apps: u32) -> Self {
        let canary = u32::from(pace.canary).min(apps);
        let part = u64::from(apps) * u64::from(pace.second.min(100));
        let second = u32::try_from(part.div_ceil(100)).unwrap_or(apps).min(apps - canary);
        let waves = [canary, second, apps - canary - second].into_iter().filter(|size| *size > 0).collect();
        Self { pace, waves, accepted: Ended::default() }
    }

    /// From JSON, as it is stored with the push. `{}` is a push from before there were waves.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// As it is stored with the push.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    fn apps(&self) -> u32 {
        self.waves.iter().sum()
    }

    /// Of the apps that are tried. Those that are not are counted among the bad ends from the beginning.
    pub fn ended(&self, counts: &Counts) -> Ended {
        let not_tried = counts.all().saturating_sub(self.apps());
        Ended { all: counts.ended().saturating_sub(not_tried), badly: counts.badly().saturating_sub(not_tried) }
    }

    /// Apps of a wave whose turn has not come. `wave`: from 1.
    pub fn left(&self, wave: u32, counts: &Counts) -> u32 {
        let begun = self.apps().saturating_sub(counts.waiting);
        self.until(wave).saturating_sub(begun)
    }

    /// What has ended since a person last said that it shall go on.
    pub fn since_accepted(&self, ended: Ended) -> Ended {
        Ended {
            all: ended.all.saturating_sub(self.accepted.all),
            badly: ended.badly.saturating_sub(self.accepted.badly),
        }
    }

    /// How many apps are tried until the end of a wave. `wave`: from 1.
    pub fn until(&self, wave: u32) -> u32 {
        self.waves.iter().take(wave as usize).sum()
    }

    /// No wave comes after this one. `wave`: from 1.
    pub fn is_last(&self, wave: u32) -> bool {
        wave as usize >= self.waves.len()
    }

    /// Too many apps did not end well since a person last looked.
    pub fn halts(&self, ended: Ended) -> bool {
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
        RolloutPlan::new(Pace { canary, second, ..Pace::default() }, apps).waves
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
        let plan = RolloutPlan::new(Pace { canary: 5, second: 10, ..Pace::default() }, 1000);
        assert_eq!([1, 2, 3, 4].map(|wave| plan.until(wave)), [5, 105, 1000, 1000]);
        assert!(!plan.is_last(2) && plan.is_last(3));
    }

    #[test]
    fn apps_that_are_not_tried_do_not_count() {
        let plan = RolloutPlan::new(Pace { canary: 2, ..Pace::default() }, 8);
        let counts = Counts { waiting: 7, failed: 2, verified: 1, ..Counts::default() };
        assert_eq!(plan.ended(&counts), Ended { all: 1, badly: 0 });
        assert_eq!((plan.left(1, &counts), plan.left(2, &counts)), (1, 7));
    }

    #[test]
    fn halts_above_the_rate_and_only_with_enough_to_tell() {
        let mut plan = RolloutPlan::new(Pace { halt_at: 20, ..Pace::default() }, 100);
        let halts = |plan: &RolloutPlan, all, badly| plan.halts(Ended { all, badly });
        assert!(!halts(&plan, 4, 4));
        assert!(!halts(&plan, 5, 1));
        assert!(halts(&plan, 5, 2));
        plan.accepted = Ended { all: 5, badly: 2 };
        assert!(!halts(&plan, 9, 6), "too few since");
        assert!(halts(&plan, 10, 4));
        plan.pace.halt_at = 100;
        assert!(!halts(&plan, 50, 50));
        plan.pace.halt_at = 0;
        assert!(halts(&plan, 50, 3));
    }

    #[test]
    fn it_is_stored_as_it_always_was() {
        let stored = r#"{"pace":{"canary":5,"second":10,"ask_between":true,"halt_at":20},"waves":[5,1,4],"accepted":{"all":6,"badly":2}}"#;
        let plan = RolloutPlan {
            accepted: Ended { all: 6, badly: 2 },
            ..RolloutPlan::new(Pace { canary: 5, second: 10, ask_between: true, halt_at: 20 }, 10)
        };
        assert_eq!(plan.to_json().expect("json"), stored);
        assert_eq!(RolloutPlan::from_json(stored).expect("a plan"), plan);
        assert_eq!(RolloutPlan::from_json("{}").expect("a plan"), RolloutPlan::default());
    }
}
