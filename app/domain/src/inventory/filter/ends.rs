//! When a credential ends, as a filter has it.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;
use time::Duration;

/// 1 to [`Days::MOST`] days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(NonZeroU16);

impl Days {
    /// More than 27 years.
    pub const MOST: u16 = 9_999;

    /// `None` for none, and for more than [`Days::MOST`].
    pub fn new(days: u16) -> Option<Self> {
        NonZeroU16::new(days).filter(|days| days.get() <= Self::MOST).map(Self)
    }

    /// As long.
    pub fn duration(self) -> Duration {
        Duration::days(i64::from(self.0.get()))
    }
}

/// An end that is known and has not come yet is in one of the first two, for every number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ends {
    /// It has not ended, and will have in so many days.
    Within(Days),
    /// It will not have ended in so many days.
    After(Days),
    /// It has ended.
    Past,
    /// Its end is not known. What never ends is not among them.
    Unknown,
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(days) => write!(f, "<{}d", days.0),
            Self::After(days) => write!(f, ">{}d", days.0),
            Self::Past => f.write_str("past"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// The text says no such end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no end such as <30d, >90d, past or unknown")]
pub struct NoEnd;

impl FromStr for Ends {
    type Err = NoEnd;

    fn from_str(text: &str) -> Result<Self, NoEnd> {
        let days = |text: &str| {
            let digits = text.strip_suffix('d').unwrap_or(text);
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| plain).and_then(Days::new).ok_or(NoEnd)
        };
        match (text, text.strip_prefix('<'), text.strip_prefix('>')) {
            ("past", ..) => Ok(Self::Past),
            ("unknown", ..) => Ok(Self::Unknown),
            (_, Some(rest), _) => days(rest).map(Self::Within),
            (_, _, Some(rest)) => days(rest).map(Self::After),
            _ => Err(NoEnd),
        }
    }
}
