//! In which groups people are, as was read lately.

use domain::ids::ObjectId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

/// How long what Graph said counts: whoever leaves a group sees its team's apps so much longer.
const LIFETIME: Duration = Duration::minutes(5);

/// By person.
#[derive(Debug, Default)]
pub(crate) struct KnownGroups(Mutex<HashMap<ObjectId, (OffsetDateTime, Vec<ObjectId>)>>);

impl KnownGroups {
    pub(crate) fn known(&self, person: ObjectId, now: OffsetDateTime) -> Option<Vec<ObjectId>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&person).filter(|(at, _)| now - *at <= LIFETIME).map(|(_, groups)| groups.clone())
    }

    pub(crate) fn keep(&self, person: ObjectId, groups: Vec<ObjectId>, now: OffsetDateTime) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, _)| now - *at <= LIFETIME);
        all.insert(person, (now, groups));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use uuid::Uuid;

    #[test]
    fn what_was_read_counts_for_five_minutes() {
        let (at, owen) = (datetime!(2026-11-29 12:00 UTC), ObjectId::new(Uuid::from_u128(1)));
        let groups = KnownGroups::default();
        assert_eq!(groups.known(owen, at), None);
        groups.keep(owen, vec![owen], at);
        assert_eq!(groups.known(owen, at + LIFETIME), Some(vec![owen]));
        assert_eq!(groups.known(owen, at + LIFETIME + Duration::seconds(1)), None);
    }
}
