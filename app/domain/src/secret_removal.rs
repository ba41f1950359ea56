//! The removal of a client secret: what has to be known before, and what reads have to show after it.
//!
//! Graph removes a secret by its `keyId` alone (<https://learn.microsoft.com/graph/api/application-removepassword>) and keeps
//! nothing of it: nobody brings it back. So it goes only where nobody can have used it for long, or for a reason that somebody
//! gives; and it counts as gone only where reads show that, and that everything else of the app is there.

use crate::ids::KeyId;
use crate::inventory::{LastUse, QUIET_ENOUGH, Quiet, UnknownUse};
use crate::key_credential::KeyCredentials;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// What speaks against the removal of a secret, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemovalRisk {
    /// It has ended: nothing signs in with it.
    Ended,
    /// Nobody has signed in with it for [`QUIET_ENOUGH`] or longer.
    Quiet(Quiet),
    /// Somebody signed in with it, or tried to, or it was watched for too short a time.
    UsedLately(LastUse),
    /// There is no telling.
    Unknown(UnknownUse),
}

impl RemovalRisk {
    /// `end`: `endDateTime` of the secret.
    pub fn of(end: Option<OffsetDateTime>, last: LastUse, now: OffsetDateTime) -> Self {
        if end.is_some_and(|end| end <= now) {
            return Self::Ended;
        }
        match last.quiet {
            // What was seen lately is known, whatever else is not.
            Err(_) if last.was_seen_within(QUIET_ENOUGH, now) => Self::UsedLately(last),
            Err(why) => Self::Unknown(why),
            Ok(quiet) if last.is_quiet_for(QUIET_ENOUGH) => Self::Quiet(quiet),
            Ok(_) => Self::UsedLately(last),
        }
    }

    /// It goes only for a reason that a person gives.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::UsedLately(_) | Self::Unknown(_))
    }
}

/// What has to be typed before a secret goes: `remove 58ed553a`, the beginning of its `keyId`.
pub fn words_to_type(key: KeyId) -> String {
    let id = key.to_string();
    format!("remove {}", id.get(..8).unwrap_or(&id))
}

/// Everything that an app holds, as one read shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// `keyId` of each entry of `keyCredentials` and of `passwordCredentials`.
    keys: BTreeSet<KeyId>,
    /// How many entries have none.
    unnamed: usize,
}

impl Holdings {
    /// `secrets`: `keyId` of each, where it has one.
    pub fn new(certificates: &KeyCredentials, secrets: impl IntoIterator<Item = Option<KeyId>>) -> Self {
        let mut holdings = Self::default();
        for key in certificates.iter().map(crate::key_credential::KeyCredential::key_id).chain(secrets) {
            match key {
                Some(key) => {
                    holdings.keys.insert(key);
                }
                None => holdings.unnamed += 1,
            }
        }
        holdings
    }

    /// Whether it holds this one.
    pub fn has(&self, key: KeyId) -> bool {
        self.keys.contains(&key)
    }
}

/// Looks at an app after a removal was sent, read by read: Graph's replicas do not all know of it at once.
#[derive(Debug, Clone)]
pub struct RemovalWatch {
    before: Holdings,
    key: KeyId,
    /// Reads in a row that have to show it.
    needed: u32,
    in_a_row: u32,
    last: Option<Shown>,
}

/// What a read showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The secret is there.
    StillThere,
    /// It is gone, and everything else is there.
    Gone,
    /// It is gone, and so is something else that was there before.
    OthersMissing {
        /// Of entries that have one.
        keys: Vec<KeyId>,
        /// How many that have none.
        unnamed: usize,
    },
}

impl RemovalWatch {
    /// `before`: as the last read before the removal showed the app.
    pub fn new(before: Holdings, key: KeyId, needed: u32) -> Self {
        Self { before, key, needed: needed.max(1), in_a_row: 0, last: None }
    }

    /// One more read.
    pub fn read(&mut self, now: &Holdings) {
        let shown = self.compare(now);
        self.in_a_row = if shown == Shown::Gone { self.in_a_row + 1 } else { 0 };
        self.last = Some(shown);
    }

    /// A read that failed shows nothing, and breaks the row.
    pub fn read_failed(&mut self) {
        self.in_a_row = 0;
    }

    /// It was seen in enough reads in a row.
    pub fn is_seen(&self) -> bool {
        self.in_a_row >= self.needed
    }

    /// By the last read that succeeded.
    pub fn last(&self) -> Option<&Shown> {
        self.last.as_ref()
    }

    fn compare(&self, now: &Holdings) -> Shown {
        if now.has(self.key) {
            return Shown::StillThere;
        }
        let others = self.before.keys.iter().filter(|key| **key != self.key);
        let keys: Vec<KeyId> = others.filter(|key| !now.has(**key)).copied().collect();
        let unnamed = self.before.unnamed.saturating_sub(now.unnamed);
        if keys.is_empty() && unnamed == 0 { Shown::Gone } else { Shown::OthersMissing { keys, unnamed } }
    }
}

/// Where an app is on its way from secrets to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveStep {
    /// It has no certificate in force.
    AddCertificate,
    /// Nobody has seen a sign-in with its certificate.
    Prove,
    /// The secrets can go.
    RemoveSecret,
}

impl MoveStep {
    /// `certificate`: it has one in force that it may sign in with; `proven`: somebody was seen to sign in with such a one.
    pub const fn of(certificate: bool, proven: bool) -> Self {
        match (certificate, proven) {
            (false, _) => Self::AddCertificate,
            (true, false) => Self::Prove,
            (true, true) => Self::RemoveSecret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{SeenUse, UseSource};
    use serde_json::json;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-11-30 12:00 UTC);

    fn key(n: u128) -> KeyId {
        KeyId::new(Uuid::from_u128(n))
    }

    fn quiet(days: i64) -> LastUse {
        LastUse { seen: None, quiet: Ok(Quiet { since: NOW - Duration::days(days), until: NOW }) }
    }

    #[test]
    fn what_is_not_known_to_be_unused_needs_a_reason() {
        let risk = |last| RemovalRisk::of(Some(NOW + Duration::days(9)), last, NOW);
        assert!(matches!(risk(quiet(30)), RemovalRisk::Quiet(_)) && !risk(quiet(30)).needs_reason());
        assert!(matches!(risk(quiet(29)), RemovalRisk::UsedLately(_)) && risk(quiet(29)).needs_reason());
        for why in [UnknownUse::NotRead, UnknownUse::StandsStill, UnknownUse::NoLicence] {
            let last = LastUse::unknown(why);
            assert_eq!(risk(last), RemovalRisk::Unknown(why));
            assert!(risk(last).needs_reason());
            // Also where an old use was seen once.
            let seen = |days| Some(SeenUse { at: NOW - Duration::days(days), succeeded: true, by: UseSource::Report });
            assert_eq!(risk(LastUse { seen: seen(400), ..last }), RemovalRisk::Unknown(why));
            // What was seen lately is known.
            let lately = LastUse { seen: seen(29), ..last };
            assert_eq!(risk(lately), RemovalRisk::UsedLately(lately));
            assert!(risk(lately).needs_reason());
        }
        assert!(RemovalRisk::of(None, LastUse::unknown(UnknownUse::NotRead), NOW).needs_reason(), "no end is none");
    }

    #[test]
    fn what_has_ended_signs_nobody_in() {
        let unknown = LastUse::unknown(UnknownUse::NotRead);
        assert_eq!(RemovalRisk::of(Some(NOW), unknown, NOW), RemovalRisk::Ended);
        assert!(!RemovalRisk::Ended.needs_reason());
        assert!(RemovalRisk::of(Some(NOW + Duration::SECOND), unknown, NOW).needs_reason());
    }

    fn holdings(certificates: &[u128], secrets: &[Option<u128>]) -> Holdings {
        let list: Vec<_> = certificates.iter().map(|n| json!({"keyId": key(*n)})).collect();
        let certificates = KeyCredentials::from_json(&json!(list)).expect("entries");
        Holdings::new(&certificates, secrets.iter().map(|secret| secret.map(key)))
    }

    fn shown(before: &Holdings, reads: &[Option<&Holdings>], needed: u32) -> (bool, Option<Shown>) {
        let mut watch = RemovalWatch::new(before.clone(), key(2), needed);
        for read in reads {
            match read {
                Some(now) => watch.read(now),
                None => watch.read_failed(),
            }
        }
        (watch.is_seen(), watch.last().cloned())
    }

    #[test]
    fn a_removal_counts_once_reads_in_a_row_show_it_and_everything_else() {
        let before = holdings(&[1], &[Some(2), Some(3), None]);
        let after = holdings(&[1, 9], &[Some(3), None]);
        assert_eq!(shown(&before, &[], 2), (false, None));
        assert_eq!(shown(&before, &[Some(&after)], 2), (false, Some(Shown::Gone)));
        assert_eq!(shown(&before, &[Some(&after), Some(&after)], 2), (true, Some(Shown::Gone)));
        // An old replica, or a read that failed, in between.
        assert_eq!(shown(&before, &[Some(&after), Some(&before), Some(&after)], 2), (false, Some(Shown::Gone)));
        assert_eq!(shown(&before, &[Some(&after), None, Some(&after)], 2), (false, Some(Shown::Gone)));
        assert_eq!(shown(&before, &[Some(&before); 3], 1), (false, Some(Shown::StillThere)));
        assert!(!shown(&before, &[], 0).0, "nothing was read");
    }

    #[test]
    fn what_else_is_missing_is_named() {
        let before = holdings(&[1], &[Some(2), Some(3), None]);
        for (now, keys, unnamed) in [
            (holdings(&[], &[Some(3), None]), vec![key(1)], 0),
            (holdings(&[1], &[None]), vec![key(3)], 0),
            (holdings(&[1], &[Some(3)]), vec![], 1),
        ] {
            let expected = Some(Shown::OthersMissing { keys, unnamed });
            assert_eq!(shown(&before, &[Some(&now)], 1), (false, expected));
        }
    }

    #[test]
    fn the_words_name_the_secret() {
        let id = KeyId::new(Uuid::from_u128(0x58ed_553a_d3af_4520_8d81_4775_274f_aac5));
        assert_eq!(words_to_type(id), "remove 58ed553a");
    }

    #[test]
    fn the_way_from_secrets_has_one_next_step() {
        assert_eq!(MoveStep::of(false, false), MoveStep::AddCertificate);
        assert_eq!(MoveStep::of(false, true), MoveStep::AddCertificate, "what was proven has ended");
        assert_eq!(MoveStep::of(true, false), MoveStep::Prove);
        assert_eq!(MoveStep::of(true, true), MoveStep::RemoveSecret);
    }
}
