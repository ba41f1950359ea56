//! Dates as people read them, in UTC whatever the offset.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

// time's own language for formats is read when the program runs: a tenth of what a browser loads.

/// `12 Mar 2027`
pub fn day(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{} {} {:04}", at.day(), month(at.month()), at.year())
}

/// `12 Mar 2027, 14:03 UTC`
pub fn minute(at: OffsetDateTime) -> String {
    let utc = at.to_offset(UtcOffset::UTC);
    format!("{}, {:02}:{:02} UTC", day(at), utc.hour(), utc.minute())
}

/// `2027-03-12 14:03:22 UTC`
pub fn exact(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", at.hour(), at.minute(), at.second())
}

fn month(month: Month) -> &'static str {
    match month {
        Month::January => "Jan",
        Month::February => "Feb",
        Month::March => "Mar",
        Month::April => "Apr",
        Month::May => "May",
        Month::June => "Jun",
        Month::July => "Jul",
        Month::August => "Aug",
        Month::September => "Sep",
        Month::October => "Oct",
        Month::November => "Nov",
        Month::December => "Dec",
    }
}

pub(crate) fn date(year: u16, month: u16, day: u16) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
}

/// `hh:mm:ss`, two digits each.
pub(crate) fn clock(text: &str) -> Option<Time> {
    let [hour, minute, second] = numbers(text, ":", [2, 2, 2])?;
    Time::from_hms(u8::try_from(hour).ok()?, u8::try_from(minute).ok()?, u8::try_from(second).ok()?).ok()
}

/// `yyyy-mm-dd hh:mm:ss`
pub(crate) fn sortable(text: &str) -> Option<PrimitiveDateTime> {
    let (day, time) = text.split_once(' ')?;
    let [year, month, day] = numbers(day, "-", [4, 2, 2])?;
    Some(date(year, month, day)?.with_time(clock(time)?))
}

/// Numbers with so many digits each, and a sign between them.
pub(crate) fn numbers<const N: usize>(text: &str, between: &str, digits: [usize; N]) -> Option<[u16; N]> {
    let mut parts = text.split(between);
    let mut out = [0; N];
    for (number, digits) in out.iter_mut().zip(digits) {
        let part =
            parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn dates_are_short_and_in_utc() {
        assert_eq!(day(datetime!(2027-03-12 23:30 -2)), "13 Mar 2027");
        assert_eq!(minute(datetime!(2027-03-02 14:03:22 UTC)), "2 Mar 2027, 14:03 UTC");
        assert_eq!(exact(datetime!(2027-03-12 14:03:22 UTC)), "2027-03-12 14:03:22 UTC");
        assert_eq!(exact(datetime!(0987-06-05 04:03:02 UTC)), "0987-06-05 04:03:02 UTC");
    }

    #[test]
    fn months_have_the_names_that_the_library_has_for_them() {
        for at in (1..=12).filter_map(|month| date(2027, month, 1)) {
            assert_eq!(Some(month(at.month())), at.month().to_string().get(..3));
        }
    }

    #[test]
    fn dates_are_read_with_all_their_digits_or_not_at_all() {
        assert_eq!(sortable("2026-06-09 14:01:21"), Some(datetime!(2026-06-09 14:01:21)));
        for text in [
            "2026-6-09 14:01:21",
            "2026-06-09 4:01:21",
            "2026-02-30 14:01:21",
            "2026-06-09 24:01:21",
            "2026-06-09 14:01:60",
            "2026-06-09 14:01",
            "2026-06-09 14:01:21:00",
            "2026-06-09 +4:01:21",
            "",
        ] {
            assert_eq!(sortable(text), None, "{text}");
        }
    }
}
