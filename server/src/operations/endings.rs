//! How many certificates and secrets end in each of the coming months.

use crate::store::{MonthOfEndings, StoreError, TenantStore, Within};
use app::contract::overview::{EndingMonth, Endings};
use domain::credentials::CredentialKind;
use time::{Date, OffsetDateTime, Time, UtcOffset};

/// This one, and those after it.
const MONTHS: usize = 12;

/// `within`: only of what a person looks after.
pub(super) async fn read(
    store: &TenantStore,
    within: Option<&Within>,
    now: OffsetDateTime,
) -> Result<Endings, StoreError> {
    Ok(by_month(&store.inventory_endings(within, now).await?, now))
}

/// What is not in these months is later: nothing ended before now is among `found`.
fn by_month(found: &[MonthOfEndings], now: OffsetDateTime) -> Endings {
    let mut months: Vec<EndingMonth> = vec![];
    let mut first = first_of_month(now);
    for _ in 0..MONTHS {
        months.push(EndingMonth { year: first.year(), month: first.month(), certificates: 0, secrets: 0 });
        first = first.checked_add(time::Duration::days(31)).map_or(first, first_of_month);
    }
    let mut later = 0;
    for ending in found {
        let month = months.iter_mut().find(|month| written(month) == ending.month);
        match (month, ending.kind) {
            (Some(month), CredentialKind::Certificate) => month.certificates += ending.count,
            (Some(month), CredentialKind::Secret) => month.secrets += ending.count,
            // These never end.
            (_, CredentialKind::Federated) => {}
            (None, CredentialKind::Certificate | CredentialKind::Secret) => later += ending.count,
        }
    }
    Endings { months, later }
}

fn first_of_month(at: OffsetDateTime) -> OffsetDateTime {
    let at = at.to_offset(UtcOffset::UTC);
    let day = Date::from_calendar_date(at.year(), at.month(), 1).unwrap_or(at.date());
    OffsetDateTime::new_utc(day, Time::MIDNIGHT)
}

/// As the store has it.
fn written(month: &EndingMonth) -> String {
    format!("{:04}-{:02}", month.year, u8::from(month.month))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Month;
    use time::macros::datetime;

    #[test]
    fn every_coming_month_is_there_and_what_is_beyond_is_later() {
        let of = |month: &str, kind, count| MonthOfEndings { month: month.into(), kind, count };
        let found = [
            of("2026-11", CredentialKind::Certificate, 2),
            of("2027-02", CredentialKind::Secret, 3),
            of("2027-10", CredentialKind::Certificate, 5),
            of("2027-11", CredentialKind::Secret, 7),
            of("2031-01", CredentialKind::Certificate, 11),
        ];
        let endings = by_month(&found, datetime!(2026-11-30 23:30 UTC));
        let months: Vec<_> = endings.months.iter().map(|month| (month.year, u8::from(month.month))).collect();
        let expected: Vec<_> =
            [(2026, 11), (2026, 12)].into_iter().chain((1..=10).map(|month| (2027, month))).collect();
        assert_eq!(months, expected);
        let counts: Vec<_> = endings.months.iter().map(|month| (month.certificates, month.secrets)).collect();
        assert_eq!((counts[0], counts[3], counts[11]), ((2, 0), (0, 3), (5, 0)));
        assert_eq!((counts.iter().filter(|count| **count == (0, 0)).count(), endings.later), (9, 18));
        let east = by_month(&[], datetime!(2027-01-01 00:30 +1));
        assert_eq!((east.months[0].year, east.months[0].month), (2026, Month::December), "in UTC");
    }
}
