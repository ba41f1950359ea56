//! A person's calendar of ends: the key in its address, and what is on each day.

use crate::ids::{ObjectId, TenantId};
use crate::spelling::UnknownSpelling;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use time::{Date, Duration};
use uuid::Uuid;

/// Who has not signed in for so long has no calendar any more.
pub const CALENDAR_LIFE: Duration = Duration::days(90);
/// Days before today that a calendar has, and after it.
pub const CALENDAR_PAST: i64 = 30;
/// As above.
pub const CALENDAR_AHEAD: i64 = 400;
/// Names that a day lists. How many more there are it says in a number.
pub const MOST_NAMES: usize = 50;

/// The secret in a calendar's address: whoever has it reads the calendar. 32 random bytes, written as 64 hexadecimal
/// digits. `Debug` does not show it, and nothing but the address has it: the portal keeps its digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CalendarKey([u8; 32]);

impl CalendarKey {
    /// Of bytes that nobody can guess.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What is kept of it.
    pub fn digest(self) -> CalendarDigest {
        CalendarDigest(hex::encode(Sha256::digest(self.0)))
    }
}

impl fmt::Debug for CalendarKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CalendarKey")
    }
}

/// For addresses.
impl fmt::Display for CalendarKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for CalendarKey {
    type Err = UnknownSpelling;

    /// The text is in no error.
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let unknown = || UnknownSpelling::new("key of a calendar", "…");
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(unknown());
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| unknown())?;
        Ok(Self(bytes))
    }
}

/// The SHA-256 of a [`CalendarKey`], in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDigest(String);

impl CalendarDigest {
    /// Its one spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What ends on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarDay {
    /// Certificates that end.
    pub certificates: u32,
    /// Secrets that end.
    pub secrets: u32,
    /// By object, its display name.
    pub apps: BTreeMap<Uuid, String>,
}

impl CalendarDay {
    /// `2 certificates and 1 secret end`
    pub fn summary(&self) -> String {
        let counted = |n: u32, one: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {one}s")),
        };
        let parts: Vec<String> = [counted(self.certificates, "certificate"), counted(self.secrets, "secret")]
            .into_iter()
            .flatten()
            .collect();
        let verb = if self.certificates + self.secrets == 1 { "ends" } else { "end" };
        format!("{} {verb}", parts.join(" and "))
    }
}

/// The event of a person's day: the same however often the calendar is written, a version 8 UUID (RFC 9562, section 5.8).
pub fn calendar_event(tenant: TenantId, person: ObjectId, day: Date) -> Uuid {
    let digest = Sha256::digest(format!("{tenant}\n{person}\ncalendar\n{day}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_key_is_read_as_it_is_written_and_never_shown() {
        let key = CalendarKey::new([0xab; 32]);
        assert_eq!(key.to_string().parse::<CalendarKey>(), Ok(key));
        assert_eq!(format!("{key:?}"), "CalendarKey");
        let other = CalendarKey::new([0xac; 32]);
        assert_ne!(key.digest(), other.digest());
        assert!(!key.digest().as_str().contains("abab") && key.digest().as_str().len() == 64);
        for wrong in ["", "ab", &"AB".repeat(32), &"ab".repeat(33), &"zz".repeat(32)] {
            let error = wrong.parse::<CalendarKey>().expect_err("no key").to_string();
            assert!(wrong.is_empty() || !error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn an_event_is_the_same_for_the_same_person_and_day() {
        let id = |n| Uuid::from_u128(n);
        let of = |tenant, person, day| calendar_event(TenantId::new(id(tenant)), ObjectId::new(id(person)), day);
        let first = of(1, 2, date!(2026 - 12 - 31));
        assert_eq!(first, of(1, 2, date!(2026 - 12 - 31)));
        for other in [of(2, 2, date!(2026 - 12 - 31)), of(1, 3, date!(2026 - 12 - 31)), of(1, 2, date!(2027 - 01 - 01))]
        {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_day_is_summed_up() {
        let of = |certificates, secrets| CalendarDay { certificates, secrets, ..CalendarDay::default() }.summary();
        assert_eq!(of(1, 0), "1 certificate ends");
        assert_eq!(of(0, 2), "2 secrets end");
        assert_eq!(of(1, 1), "1 certificate and 1 secret end");
    }
}
