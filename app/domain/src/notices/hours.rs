//! When a person wants to be told: their zone, the hours in which nothing comes, and their morning.

use crate::zone::ZoneName;
use std::fmt;
use std::str::FromStr;
use time::OffsetDateTime;

const DAY: u16 = 24 * 60;

/// A time of day to the minute: `07:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayTime(u16);

/// The text is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is like 07:30")]
pub struct NoDayTime;

impl DayTime {
    /// Seven in the morning.
    pub const SEVEN: Self = Self(7 * 60);

    /// What a clock shows then, in the offset that the time has.
    pub fn of(at: OffsetDateTime) -> Self {
        Self(u16::from(at.hour()) * 60 + u16::from(at.minute()))
    }

    /// 0 to 23.
    pub fn hour(self) -> u8 {
        u8::try_from(self.0 / 60).unwrap_or_default()
    }

    /// 0 to 59.
    pub fn minute(self) -> u8 {
        u8::try_from(self.0 % 60).unwrap_or_default()
    }
}

/// As `<input type=time>` has it.
impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

impl FromStr for DayTime {
    type Err = NoDayTime;

    fn from_str(text: &str) -> Result<Self, NoDayTime> {
        let (hours, minutes) = text.split_once(':').ok_or(NoDayTime)?;
        let number = |text: &str, below: u16| {
            let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u16>().ok().filter(|number| digits && *number < below).ok_or(NoDayTime)
        };
        Ok(Self(number(hours, 24)? * 60 + number(minutes, 60)?))
    }
}

/// From one time of day until another, over midnight where the second is the earlier one. Never the whole day: then nothing
/// would ever come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: DayTime,
    until: DayTime,
}

/// Beginning and end are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("quiet hours end at another time than they begin")]
pub struct NoQuietHours;

impl QuietHours {
    /// # Errors
    /// Where both are the same.
    pub fn new(from: DayTime, until: DayTime) -> Result<Self, NoQuietHours> {
        if from == until { Err(NoQuietHours) } else { Ok(Self { from, until }) }
    }

    /// When they begin.
    pub fn from(self) -> DayTime {
        self.from
    }

    /// When they are over: nothing of them any more.
    pub fn until(self) -> DayTime {
        self.until
    }

    /// It is quiet then.
    pub fn hold(self, at: DayTime) -> bool {
        let since = |time: DayTime| (time.0 + DAY - self.from.0) % DAY;
        since(at) < since(self.until)
    }
}

/// What a person wants of notices. Who has not said so is told as the configuration has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeHours {
    /// In which all of this is meant.
    pub zone: ZoneName,
    /// Mail to them waits until these are over.
    pub quiet: Option<QuietHours>,
    /// The day's digest is written from then on.
    pub morning: DayTime,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use time::macros::datetime;

    fn time(text: &str) -> DayTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_of_day_has_one_spelling() {
        for text in ["00:00", "07:30", "23:59"] {
            assert_eq!(time(text).to_string(), text);
        }
        for wrong in ["", "7:30", "24:00", "12:60", "12", "12:3", "+1:30", "12:30:00", "1２:30"] {
            assert_eq!(wrong.parse::<DayTime>(), Err(NoDayTime), "{wrong}");
        }
        assert_eq!(DayTime::of(datetime!(2026-11-29 23:05:59 +2)), time("23:05"));
        assert_eq!(DayTime::SEVEN, time("07:00"));
    }

    #[test]
    fn quiet_hours_go_over_midnight_and_end_before_their_end() {
        let hold = |from, until, at| QuietHours::new(time(from), time(until)).unwrap().hold(time(at));
        for (from, until, at, expected) in [
            ("22:00", "07:00", "22:00", true),
            ("22:00", "07:00", "23:59", true),
            ("22:00", "07:00", "00:00", true),
            ("22:00", "07:00", "06:59", true),
            ("22:00", "07:00", "07:00", false),
            ("22:00", "07:00", "21:59", false),
            ("12:00", "13:00", "12:30", true),
            ("12:00", "13:00", "13:00", false),
            ("12:00", "13:00", "03:00", false),
        ] {
            assert_eq!(hold(from, until, at), expected, "{from} to {until} at {at}");
        }
        assert_eq!(QuietHours::new(time("07:00"), time("07:00")), Err(NoQuietHours));
    }
}
