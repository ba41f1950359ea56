//! When a person shows once more that it is them, before something is written in their name.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// A kind of push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeavyPush {
    ManyApps,
    /// Takes entries away, or puts others in their place.
    Removals,
    /// Carries out what others approved.
    Requests,
}

/// A push that is heavier than this takes a sign-in that is younger than `max_age_minutes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StepUpSettings {
    /// What counts as heavy. Empty: nobody is asked.
    pub before: Vec<HeavyPush>,
    /// More apps than this are many.
    pub over_apps: u32,
    /// How long ago the person may have signed in to Entra.
    pub max_age_minutes: u32,
    /// Only the claim `auth_time` counts. `false`: where Entra does not send it, so does a round trip that asked for a new
    /// sign-in (`prompt=login`), from when it began. A person who wants to can take that out of the address.
    pub needs_auth_time: bool,
}

/// How much a push would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushWeight {
    /// That are written.
    pub apps: u32,
    /// It takes entries away, or puts others in their place.
    pub removes: bool,
    /// Somebody else approved it.
    pub by_request: bool,
}

impl Default for StepUpSettings {
    fn default() -> Self {
        Self {
            before: vec![HeavyPush::ManyApps, HeavyPush::Removals, HeavyPush::Requests],
            over_apps: 50,
            max_age_minutes: 15,
            needs_auth_time: false,
        }
    }
}

/// What of a push is heavy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "because")]
pub enum StepUpReason {
    ManyApps { apps: u32, over: u32 },
    Removal,
    Request,
}

impl StepUpSettings {
    pub fn max_age(&self) -> Duration {
        Duration::minutes(self.max_age_minutes.into())
    }

    /// Whether somebody who signed in to Entra `at` did so a short while ago. `None`: it is not known when.
    pub fn is_recent(&self, at: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
        at.is_some_and(|at| now - at <= self.max_age())
    }

    /// Why a push of this weight is for somebody who has signed in a short while ago; `None`: it is not.
    pub fn asked_for(&self, weight: PushWeight) -> Option<StepUpReason> {
        let (PushWeight { apps, removes, by_request }, over) = (weight, self.over_apps);
        let asks = |heavy| self.before.contains(&heavy);
        if removes && asks(HeavyPush::Removals) {
            return Some(StepUpReason::Removal);
        }
        if by_request && asks(HeavyPush::Requests) {
            return Some(StepUpReason::Request);
        }
        (apps > over && asks(HeavyPush::ManyApps)).then_some(StepUpReason::ManyApps { apps, over })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const LIGHT: PushWeight = PushWeight { apps: 50, removes: false, by_request: false };
    const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

    #[test]
    fn a_push_is_heavy_by_its_apps_by_what_it_removes_and_by_who_asked_for_it() {
        let settings = StepUpSettings::default();
        let removal = PushWeight { removes: true, ..LIGHT };
        for (weight, why) in [
            (LIGHT, None),
            (PushWeight { apps: 51, ..LIGHT }, Some(StepUpReason::ManyApps { apps: 51, over: 50 })),
            (removal, Some(StepUpReason::Removal)),
            (PushWeight { by_request: true, ..LIGHT }, Some(StepUpReason::Request)),
        ] {
            assert_eq!(settings.asked_for(weight), why);
            assert_eq!(StepUpSettings { before: vec![], ..settings.clone() }.asked_for(weight), None);
        }
        let requests = StepUpSettings { before: vec![HeavyPush::Requests], ..settings };
        assert_eq!(requests.asked_for(removal), None);
    }

    #[test]
    fn a_sign_in_is_recent_for_so_long_and_one_at_an_unknown_time_is_not() {
        let settings = StepUpSettings::default();
        assert!(settings.is_recent(Some(NOW - Duration::minutes(15)), NOW));
        assert!(!settings.is_recent(Some(NOW - Duration::minutes(15) - Duration::SECOND), NOW));
        assert!(!settings.is_recent(None, NOW));
    }
}
