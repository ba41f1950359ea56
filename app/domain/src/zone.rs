//! The zone in which a person wants to see times, and to be told things.

use std::fmt;
use std::str::FromStr;

/// The longest name that the IANA database allows itself is far shorter.
const LONGEST: usize = 64;

/// A name as in the IANA time zone database: `Europe/Berlin`. Whether there is a zone of that name, whoever uses it knows: the
/// browser, which shows times, or the server, which waits for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneName(String);

/// This is no name of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time zone’s name is like Europe/Berlin or UTC: letters, digits and / _ + -")]
pub struct NoZoneName;

impl ZoneName {
    /// Its one spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ZoneName {
    type Err = NoZoneName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
        let begins = text.starts_with(|first: char| first.is_ascii_alphabetic());
        let good = begins && text.len() <= LONGEST && text.bytes().all(fits);
        if good { Ok(Self(text.to_owned())) } else { Err(NoZoneName) }
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_more_than_a_name_is_none() {
        for name in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+1", "America/Port-au-Prince"] {
            assert_eq!(name.parse::<ZoneName>().map(|zone| zone.to_string()).as_deref(), Ok(name));
        }
        let long = "a".repeat(LONGEST + 1);
        for text in ["", "/etc", "Europe/Berlin; Path=/x", "Europe/Berlin\r\nSet-Cookie: a", "Ελλάδα", " UTC", &long]
        {
            assert_eq!(text.parse::<ZoneName>(), Err(NoZoneName), "{text:?}");
        }
    }
}
