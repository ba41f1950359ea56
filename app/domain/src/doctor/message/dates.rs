//! The three spellings of dates in Entra's messages.

use crate::dates::{clock, date, numbers};
use crate::doctor::scan::any_of;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// `MM/dd/yyyy HH:mm:ss` in UTC, or the day alone (2017). Other text may follow.
pub(super) fn us_date(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim_start();
    let day = |text: &str| {
        let [month, day, year] = numbers(text, "/", [2, 2, 4])?;
        date(year, month, day)
    };
    let whole = text.get(..19).and_then(|text| {
        let (date, time) = text.split_once(' ')?;
        Some(day(date)?.with_time(clock(time)?))
    });
    // Half a time is not the day's midnight: the text must not go on with one.
    let day_alone = || {
        let ends = text.get(10..).is_some_and(|rest| rest.is_empty() || rest.starts_with(any_of(",;']")));
        let date = ends.then(|| day(&text[..10])).flatten();
        date.map(Date::midnight)
    };
    whole.or_else(day_alone).map(PrimitiveDateTime::assume_utc)
}

/// `yyyy-MM-dd HH:mm:ssZ`, or with a `T` as the sign-in page has it. Blanks that a wrapped line has left do not matter.
pub(super) fn timestamp(text: &str) -> Option<OffsetDateTime> {
    let mut digits = String::with_capacity(32);
    for c in text.trim_start().chars().take(36) {
        match c {
            ' ' if digits.len() == 10 => digits.push('T'),
            'T' if digits.len() == 11 => {}
            ' ' => {}
            c => digits.push(c),
        }
        if c == 'Z' {
            break;
        }
    }
    OffsetDateTime::parse(&digits, &Rfc3339).ok()
}

/// `yyyy-MM-ddTHH:mm:ss.fffffffZ`.
pub(super) fn rfc3339(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | ':' | 'T' | 'Z' | '.' | '+')))
        .unwrap_or(text.len());
    OffsetDateTime::parse(text[..end].trim_end_matches('.'), &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn dates_are_read_and_halves_are_not() {
        assert_eq!(us_date("01/23/2023 13:33:28, End"), Some(datetime!(2023-01-23 13:33:28 UTC)));
        assert_eq!(us_date("08/03/2016, End"), Some(datetime!(2016-08-03 0:00 UTC)));
        assert_eq!(us_date("01/23/2023 13:3"), None);
        assert_eq!(us_date("13/23/2023 13:33:28"), None);
        assert_eq!(us_date("é/23/2023 13:33:28"), None);
        assert_eq!(timestamp(" 2026-06-09 14:01:21Z\","), Some(datetime!(2026-06-09 14:01:21 UTC)));
        assert_eq!(timestamp("2026-06-09 14:01"), None);
        assert_eq!(
            rfc3339(" 2023-12-11T23:52:19.6223401Z, assertion"),
            Some(datetime!(2023-12-11 23:52:19.6223401 UTC))
        );
        assert_eq!(rfc3339("1970-01-01T00:00:00.0000000Z. Review"), Some(OffsetDateTime::UNIX_EPOCH));
    }
}
