//! In which groups people are, as was read lately.

use domain::ids::ObjectId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

/// How long what Graph said counts: whoever leaves a group sees its team's apps so much longer.
const LIFETIME: Duration = Duration::minutes(5);
/// How long Graph is not asked again where it did not say: every page would, and wait for it.
const PATIENCE: Duration = Duration::seconds(20);

/// The groups of a person, nested ones included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Groups {
    Known(Vec<ObjectId>),
    /// Which is not none.
    Unreadable,
}

impl Groups {
    pub(crate) fn known(&self) -> Option<&[ObjectId]> {
        match self {
            Self::Known(groups) => Some(groups),
            Self::Unreadable => None,
        }
    }

    fn lifetime(&self) -> Duration {
        match self {
            Self::Known(_) => LIFETIME,
            Self::Unreadable => PATIENCE,
        }
    }
}

/// By person.
#[derive(Debug, Default)]
pub(crate) struct KnownGroups(Mutex<HashMap<ObjectId, (OffsetDateTime, Groups)>>);

impl KnownGroups {
    /// `None`: they are to be read.
    pub(crate) fn of(&self, person: ObjectId, now: OffsetDateTime) -> Option<Groups> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&person).filter(|(at, groups)| now - *at <= groups.lifetime()).map(|(_, groups)| groups.clone())
    }

    pub(crate) fn keep(&self, person: ObjectId, groups: Groups, now: OffsetDateTime) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, groups)| now - *at <= groups.lifetime());
        all.insert(person, (now, groups));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use uuid::Uuid;

    #[test]
    fn what_was_read_counts_for_five_minutes_and_a_failure_for_less() {
        let (at, owen) = (datetime!(2026-11-29 12:00 UTC), ObjectId::new(Uuid::from_u128(1)));
        let kept = KnownGroups::default();
        assert_eq!(kept.of(owen, at), None);
        let second = Duration::seconds(1);
        for (groups, lifetime) in [(Groups::Known(vec![owen]), LIFETIME), (Groups::Unreadable, PATIENCE)] {
            kept.keep(owen, groups.clone(), at);
            assert_eq!(kept.of(owen, at + lifetime), Some(groups));
            assert_eq!(kept.of(owen, at + lifetime + second), None);
        }
        assert!(PATIENCE < LIFETIME);
    }
}
