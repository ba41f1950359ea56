//! Dates as people read them, in UTC whatever the offset.

use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// What is shown for a date that cannot be written.
const UNREADABLE: &str = "—";

/// `12 Mar 2027`
pub fn day(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(format_description!("[day padding:none] [month repr:short] [year]"))
        .unwrap_or_else(|_| UNREADABLE.into())
}

/// `12 Mar 2027, 14:03 UTC`
pub fn minute(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"))
        .unwrap_or_else(|_| UNREADABLE.into())
}

/// `2027-03-12 14:03:22 UTC`
pub fn exact(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC"))
        .unwrap_or_else(|_| UNREADABLE.into())
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
    }
}
