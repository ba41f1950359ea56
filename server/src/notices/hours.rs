//! A person's hours on the clock of their own zone, with its summer time.

use domain::notices::{DayTime, NoticeHours, QuietHours};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;
use time::{OffsetDateTime, UtcOffset};

/// There is no zone of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone “{0}”")]
pub struct NoSuchZone(pub String);

/// [`NoticeHours`] of which the zone was found.
#[derive(Debug, Clone)]
pub(crate) struct LocalHours {
    zone: TimeZone,
    quiet: Option<QuietHours>,
    morning: DayTime,
}

impl LocalHours {
    /// # Errors
    /// Where the zone is in no database: of names that were taken once, only where a later version knows fewer.
    pub(crate) fn of(hours: &NoticeHours) -> Result<Self, NoSuchZone> {
        let zone = TimeZone::get(hours.zone.as_str()).map_err(|_| NoSuchZone(hours.zone.to_string()))?;
        Ok(Self { zone, quiet: hours.quiet, morning: hours.morning })
    }

    /// The same moment in the offset that holds there then.
    pub(crate) fn local(&self, at: OffsetDateTime) -> OffsetDateTime {
        let Some(moment) = moment(at) else { return at };
        let seconds = self.zone.to_offset(moment).seconds();
        UtcOffset::from_whole_seconds(seconds).map_or(at, |offset| at.to_offset(offset))
    }

    /// The person's day has begun.
    pub(crate) fn is_morning(&self, at: OffsetDateTime) -> bool {
        DayTime::of(self.local(at)) >= self.morning
    }

    /// When the quiet hours are over in which this is; later than that. `None`: it is not quiet.
    pub(crate) fn quiet_until(&self, at: OffsetDateTime) -> Option<OffsetDateTime> {
        let now = DayTime::of(self.local(at));
        let quiet = self.quiet.filter(|quiet| quiet.hold(now))?;
        let until = quiet.until();
        let moment = moment(at)?;
        let today = self.zone.to_datetime(moment).date();
        let day = if until > now { today } else { today.tomorrow().ok()? };
        let hour = (i8::try_from(until.hour()).ok()?, i8::try_from(until.minute()).ok()?);
        let end = self.zone.to_ambiguous_timestamp(day.to_datetime(civil::time(hour.0, hour.1, 0, 0)));
        // In the hour that comes twice the first of both may be over. What is skipped in spring is when the clock has gone on.
        let first = end.compatible().ok().filter(|end| *end > moment);
        let end = first.or_else(|| end.later().ok().filter(|end| *end > moment))?;
        OffsetDateTime::from_unix_timestamp(end.as_second()).ok()
    }
}

fn moment(at: OffsetDateTime) -> Option<Timestamp> {
    Timestamp::from_second(at.unix_timestamp()).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use time::macros::datetime;

    fn hours(zone: &str, quiet: Option<(&str, &str)>, morning: &str) -> LocalHours {
        let quiet = quiet.map(|(from, until)| QuietHours::new(from.parse().unwrap(), until.parse().unwrap()).unwrap());
        let hours = NoticeHours { zone: zone.parse().unwrap(), quiet, morning: morning.parse().unwrap() };
        LocalHours::of(&hours).unwrap()
    }

    #[test]
    fn a_morning_is_where_the_person_is_in_summer_and_in_winter() {
        let berlin = hours("Europe/Berlin", None, "07:00");
        assert!(
            !berlin.is_morning(datetime!(2026-07-01 04:59 UTC)) && berlin.is_morning(datetime!(2026-07-01 05:00 UTC))
        );
        assert!(
            !berlin.is_morning(datetime!(2026-12-01 05:59 UTC)) && berlin.is_morning(datetime!(2026-12-01 06:00 UTC))
        );
        let auckland = hours("Pacific/Auckland", None, "07:00");
        let monday = auckland.local(datetime!(2026-11-29 18:00 UTC));
        assert_eq!(monday, datetime!(2026-11-30 07:00 +13));
        assert_eq!(monday.date(), time::macros::date!(2026 - 11 - 30), "their day, which is not UTC's");
        assert_eq!(
            LocalHours::of(&NoticeHours {
                zone: "Europe/Atlantis".parse().unwrap(),
                quiet: None,
                morning: DayTime::SEVEN,
            })
            .unwrap_err(),
            NoSuchZone("Europe/Atlantis".into())
        );
    }

    #[test]
    fn quiet_hours_end_when_the_clock_on_the_wall_says_so() {
        let night = hours("Europe/Berlin", Some(("22:00", "07:00")), "07:00");
        for (at, until) in [
            (datetime!(2026-11-29 21:00 UTC), Some(datetime!(2026-11-30 06:00 UTC))),
            (datetime!(2026-11-30 05:59:59 UTC), Some(datetime!(2026-11-30 06:00 UTC))),
            (datetime!(2026-11-30 06:00 UTC), None),
            (datetime!(2026-11-29 20:59 UTC), None),
            // The night in which an hour is skipped, and the one in which an hour comes twice.
            (datetime!(2027-03-27 21:30 UTC), Some(datetime!(2027-03-28 05:00 UTC))),
            (datetime!(2026-10-24 20:30 UTC), Some(datetime!(2026-10-25 06:00 UTC))),
        ] {
            assert_eq!(night.quiet_until(at), until, "{at}");
        }
        // An end that is skipped, and one that comes twice.
        let short = hours("Europe/Berlin", Some(("22:00", "02:30")), "07:00");
        assert_eq!(short.quiet_until(datetime!(2027-03-27 22:00 UTC)), Some(datetime!(2027-03-28 01:30 UTC)));
        assert_eq!(short.quiet_until(datetime!(2026-10-24 22:00 UTC)), Some(datetime!(2026-10-25 00:30 UTC)));
        assert_eq!(short.quiet_until(datetime!(2026-10-25 00:45 UTC)), None, "02:45 of the first time");
        assert_eq!(short.quiet_until(datetime!(2026-10-25 01:15 UTC)), Some(datetime!(2026-10-25 01:30 UTC)));
        assert_eq!(hours("UTC", None, "07:00").quiet_until(datetime!(2026-11-29 23:00 UTC)), None);
    }
}
