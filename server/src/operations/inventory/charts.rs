//! The directory in numbers: of what the person sees, and over time for those who see all of it.

use crate::operations::sight::Sight;
use crate::operations::{Context, needs};
use crate::person::Person;
use crate::store::{AgeEdges, CountedSpans, DayCount, StoreError};
use app::contract::apps::Scope;
use app::contract::inventory::{Band, Charts, CountedDay, Distribution, KindCounts};
use domain::credentials::CredentialKind;
use domain::inventory::EndStanding;
use time::{Date, Duration};

/// How far back shares are shown.
const HISTORY: Duration = Duration::days(366);
/// Days shown at most: where there are more, a week or a month has its last one.
const MOST_DAYS: usize = 16;
/// Years and two years have room for a leap day, as policies about lifetimes count them.
const EDGES: AgeEdges<'static> = AgeEdges { ages: &[30, 90, 180, 366, 732], lifetimes: &[90, 180, 366, 732, 1_827] };

/// `None` where there is no inventory.
pub(crate) async fn handle(context: &Context, person: &Person) -> Result<Option<Charts>, StoreError> {
    let Some(every) = context.inventory_every else { return Ok(None) };
    let (store, now) = (&context.tenant.store, context.now());
    // Before the counts: they are as of then, or newer.
    let reading = needs::reading(store.inventory_state().await?, every, now);
    let sight = Sight::of(context, person).await;
    let history = match sight {
        Sight::Everything => Some(history(&store.inventory_counts(now - HISTORY).await?)),
        // Numbers of the whole directory are none of theirs, and their own were never counted day by day.
        Sight::Theirs(_) => None,
    };
    let spans = store.inventory_ages(sight.within(), EDGES, now).await?;
    Ok(Some(Charts {
        scope: Scope::of(&person.viewer),
        reading,
        history,
        ages: distribution(&spans, EDGES.ages, |span| span.age),
        lifetimes: distribution(&spans, EDGES.lifetimes, |span| span.lifetime),
    }))
}

/// `found`: by day. What had ended is left out.
fn history(found: &[DayCount]) -> Vec<CountedDay> {
    let mut days: Vec<CountedDay> = vec![];
    for one in found {
        if days.last().is_none_or(|last| last.day != one.day) {
            days.push(CountedDay { day: one.day, counts: KindCounts::default() });
        }
        if let Some(last) = days.last_mut()
            && one.standing != EndStanding::Ended
        {
            add(&mut last.counts, one.kind, one.count);
        }
    }
    thinned(days)
}

fn thinned(days: Vec<CountedDay>) -> Vec<CountedDay> {
    if days.len() <= MOST_DAYS {
        return days;
    }
    let weekly = last_of_each(&days, |day| (day.to_iso_week_date().0, day.iso_week()));
    if weekly.len() <= MOST_DAYS { weekly } else { last_of_each(&days, |day| (day.year(), u8::from(day.month()))) }
}

fn last_of_each(days: &[CountedDay], period: impl Fn(Date) -> (i32, u8)) -> Vec<CountedDay> {
    days.chunk_by(|one, next| period(one.day) == period(next.day)).filter_map(|chunk| chunk.last().copied()).collect()
}

fn distribution(spans: &[CountedSpans], edges: &[u16], of: impl Fn(&CountedSpans) -> Option<usize>) -> Distribution {
    let up_to = edges.iter().map(|edge| Some(*edge)).chain([None]);
    let mut bands: Vec<Band> = up_to.map(|up_to| Band { up_to, counts: KindCounts::default() }).collect();
    let mut unknown = KindCounts::default();
    for span in spans {
        let band = of(span).and_then(|band| bands.get_mut(band));
        add(band.map_or(&mut unknown, |band| &mut band.counts), span.kind, span.count);
    }
    Distribution { bands, unknown }
}

fn add(counts: &mut KindCounts, kind: CredentialKind, count: u64) {
    match kind {
        CredentialKind::Certificate => counts.certificates += count,
        CredentialKind::Secret => counts.secrets += count,
        CredentialKind::Federated => counts.federated += count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn day(day: Date, kind: CredentialKind, standing: EndStanding, count: u64) -> DayCount {
        DayCount { day, kind, standing, count }
    }

    #[test]
    fn what_had_ended_is_in_no_share_and_what_has_no_known_end_is() {
        let found = [
            day(date!(2026 - 11 - 28), CredentialKind::Certificate, EndStanding::Ended, 7),
            day(date!(2026 - 11 - 28), CredentialKind::Certificate, EndStanding::Ahead, 5),
            day(date!(2026 - 11 - 28), CredentialKind::Certificate, EndStanding::Unknown, 1),
            day(date!(2026 - 11 - 28), CredentialKind::Federated, EndStanding::Never, 2),
            day(date!(2026 - 11 - 29), CredentialKind::Secret, EndStanding::Ended, 3),
        ];
        let counts = KindCounts { certificates: 6, secrets: 0, federated: 2 };
        let expected = [(date!(2026 - 11 - 28), counts), (date!(2026 - 11 - 29), KindCounts::default())];
        assert_eq!(history(&found), expected.map(|(day, counts)| CountedDay { day, counts }));
    }

    #[test]
    fn a_long_time_has_the_last_day_of_each_week_and_then_of_each_month() {
        let days = |count: i64| -> Vec<Date> {
            let all = (0..count).map(|n| date!(2026 - 01 - 01) + Duration::days(n));
            thinned(all.map(|day| CountedDay { day, counts: KindCounts::default() }).collect())
                .into_iter()
                .map(|one| one.day)
                .collect()
        };
        assert_eq!(days(16).len(), 16);
        assert_eq!(days(17), [date!(2026 - 01 - 04), date!(2026 - 01 - 11), date!(2026 - 01 - 17)]);
        let year = days(366);
        assert_eq!((year.len(), year[0], year[12]), (13, date!(2026 - 01 - 31), date!(2027 - 01 - 01)));
    }

    #[test]
    fn each_band_is_there_and_what_is_not_known_is_in_none() {
        let span = |age, count| CountedSpans { kind: CredentialKind::Secret, age, lifetime: None, count };
        let found = distribution(&[span(Some(0), 2), span(Some(2), 3), span(None, 5)], &[30, 90], |span| span.age);
        let bands: Vec<_> = found.bands.iter().map(|band| (band.up_to, band.counts.secrets)).collect();
        assert_eq!((bands, found.unknown.secrets), (vec![(Some(30), 2), (Some(90), 0), (None, 3)], 5));
    }
}
