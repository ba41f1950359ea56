//! `Edm.Duration`: the part of ISO 8601 that policies use.

use time::Duration;

/// A year is 365 days and a month 30, as in .NET, which Graph is made with. `None`: it is none.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('P')?;
    let mut sum = Duration::ZERO;
    let mut time = false;
    let mut any = false;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            (rest, time) = (after, true);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let unit = after.chars().next()?;
        let seconds = match (unit, time) {
            ('Y', false) => 365.0 * 86_400.0,
            ('M', false) => 30.0 * 86_400.0,
            ('W', false) => 7.0 * 86_400.0,
            ('D', false) => 86_400.0,
            ('H', true) => 3_600.0,
            ('M', true) => 60.0,
            ('S', true) => 1.0,
            _ => return None,
        };
        sum = sum.checked_add(Duration::checked_seconds_f64(number.parse::<f64>().ok()? * seconds)?)?;
        any = true;
        rest = &after[unit.len_utf8()..];
    }
    any.then_some(sum)
}

/// `365 days`, `36 hours`
pub(super) fn words(lifetime: Duration) -> String {
    match (lifetime.whole_days(), lifetime.whole_hours()) {
        (1, _) => "1 day".into(),
        (days, _) if days > 2 => format!("{days} days"),
        (_, hours) => format!("{hours} hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        for (text, expected) in [
            ("P365D", Some(Duration::days(365))),
            ("P1Y2M", Some(Duration::days(425))),
            (
                "P4DT12H30M5S",
                Some(Duration::days(4) + Duration::hours(12) + Duration::minutes(30) + Duration::seconds(5)),
            ),
            ("PT0.5S", Some(Duration::milliseconds(500))),
            ("P", None),
            ("365D", None),
            ("P1H", None),
            ("P-1D", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
