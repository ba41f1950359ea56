//! Dates as people read them: a short day, the exact second in UTC, and how far away it is.

pub use domain::dates::{day, exact, minute};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// RFC 3339, for `<time datetime>`.
pub fn machine(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).unwrap_or_default()
}

/// `just now`, `3 minutes ago`, `in 108 days`.
pub fn relative(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let seconds = (at - now).whole_seconds();
    let distance = distance(seconds.unsigned_abs());
    match (distance, seconds > 0) {
        (None, _) => "just now".into(),
        (Some(distance), true) => format!("in {distance}"),
        (Some(distance), false) => format!("{distance} ago"),
    }
}

/// `3 minutes`, `108 days`; `None` under a minute.
pub fn distance(seconds: u64) -> Option<String> {
    let (count, unit) = match seconds {
        0..60 => return None,
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..63_072_000 => (seconds / 86_400, "day"),
        _ => (seconds / 31_557_600, "year"),
    };
    Some(if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") })
}

/// `22 hours left`, in whole units, rounded down; `None` for what is past.
pub fn left(end: OffsetDateTime, now: OffsetDateTime) -> Option<String> {
    let seconds = u64::try_from((end - now).whole_seconds()).ok().filter(|seconds| *seconds > 0)?;
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        // Up to two days, hours say more.
        3_600..172_800 => (seconds / 3_600, "hour"),
        172_800..63_072_000 => (seconds / 86_400, "day"),
        _ => (seconds / 31_557_600, "year"),
    };
    Some(if count == 1 { format!("1 {unit} left") } else { format!("{count} {unit}s left") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn days_are_short_and_in_utc() {
        assert_eq!(day(datetime!(2027-03-12 23:30 -2)), "13 Mar 2027");
        assert_eq!(exact(datetime!(2027-03-12 14:03:22 UTC)), "2027-03-12 14:03:22 UTC");
        assert_eq!(machine(datetime!(2027-03-12 14:03:22 UTC)), "2027-03-12T14:03:22Z");
    }

    #[test]
    fn what_is_left_is_told_in_hours_for_two_days() {
        for (ahead, words) in [
            (Duration::seconds(1), Some("1 second left")),
            (Duration::minutes(59), Some("59 minutes left")),
            (Duration::hours(22) + Duration::minutes(40), Some("22 hours left")),
            (Duration::hours(47), Some("47 hours left")),
            (Duration::hours(49), Some("2 days left")),
            (Duration::days(108), Some("108 days left")),
            (Duration::days(1461), Some("4 years left")),
            (Duration::ZERO, None),
            (Duration::days(-3), None),
        ] {
            assert_eq!(left(NOW + ahead, NOW).as_deref(), words);
        }
        assert_eq!(minute(NOW), "24 Nov 2026, 12:00 UTC");
    }

    #[test]
    fn distances_use_the_unit_that_fits() {
        for (ahead, words) in [
            (Duration::seconds(20), "just now"),
            (Duration::seconds(-20), "just now"),
            (Duration::minutes(-3), "3 minutes ago"),
            (Duration::hours(1), "in 1 hour"),
            (Duration::days(108), "in 108 days"),
            (Duration::days(729), "in 729 days"),
            (Duration::days(-1461), "4 years ago"),
        ] {
            assert_eq!(relative(NOW + ahead, NOW), words);
        }
    }
}
