//! A person's calendar as iCalendar (RFC 5545, RFC 7986): a day for each day on which something ends. It is for planning:
//! programs fetch it anew after hours or a day, so that it says when it was built, and warns of nothing.

use domain::ids::{ObjectId, TenantId};
use domain::notices::{CalendarDay, MOST_NAMES, calendar_event};
use icalendar::{Calendar, Component as _, Event, Property};
use std::collections::BTreeMap;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

const TIME: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
/// How often a program should look; few do as they are told.
const REFRESH: &str = "PT6H";

/// What a calendar is written from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CalendarFacts {
    pub(crate) tenant: TenantId,
    pub(crate) person: ObjectId,
    /// In the person's own zone.
    pub(crate) days: BTreeMap<Date, CalendarDay>,
    /// When the directory was read. `None`: not, or not in whole.
    pub(crate) read_at: Option<OffsetDateTime>,
    /// More ends than there are days for.
    pub(crate) is_cut: bool,
    /// The days say which apps.
    pub(crate) names: bool,
}

/// `origin` and `host`: of the portal.
pub(crate) fn written(facts: &CalendarFacts, (origin, host): (&str, &str), built_at: OffsetDateTime) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//Thumbprint//Calendar 1//EN"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property((name, value));
    }
    calendar.name("Certificates and secrets that end");
    calendar.description(&about(facts, built_at));
    calendar.append_property(Property::new("LAST-MODIFIED", stamp(built_at)));
    calendar.append_property(Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done());
    calendar.append_property(Property::new("X-PUBLISHED-TTL", REFRESH));
    for (date, day) in &facts.days {
        let mut event = Event::new();
        event.uid(&format!("{}@{host}", calendar_event(facts.tenant, facts.person, *date)));
        // Without METHOD this is when the event was last changed (RFC 5545, section 3.8.7.2): the same reading, the same event.
        event.add_property("DTSTAMP", stamp(facts.read_at.unwrap_or(built_at)));
        event.append_property(Property::new("DTSTART", written_day(*date)).add_parameter("VALUE", "DATE").done());
        event.summary(&day.summary());
        event.description(&describe(day, origin, facts.names));
        event.add_property("URL", format!("{origin}/notices"));
        event.add_property("TRANSP", "TRANSPARENT");
        calendar.push(event.done());
    }
    calendar.to_string()
}

/// In words, for the calendar's own description.
fn about(facts: &CalendarFacts, built_at: OffsetDateTime) -> String {
    let built = moment(built_at);
    let read = facts.read_at.map_or_else(
        || "The directory has not been read in whole: nothing here is complete.".to_owned(),
        |at| format!("The directory was read on {}.", moment(at)),
    );
    let cut = if facts.is_cut { " There are more ends than it holds: the later ones are missing." } else { "" };
    format!(
        "Built on {built}. {read}{cut} For planning alone: your program may fetch it a day late; what is urgent comes as a notice."
    )
}

fn describe(day: &CalendarDay, origin: &str, names: bool) -> String {
    let mut lines = vec![];
    if names {
        lines.extend(day.apps.values().take(MOST_NAMES).map(|name| plain(name)));
        let more = day.apps.len().saturating_sub(MOST_NAMES);
        if more > 0 {
            lines.push(format!("and {more} more"));
        }
    } else {
        lines.push(match day.apps.len() {
            1 => "Of 1 app.".to_owned(),
            apps => format!("Of {apps} apps."),
        });
    }
    lines.push(format!("{origin}/notices"));
    lines.join("\n")
}

/// A line of text, whatever somebody called their app.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}

fn moment(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(TIME).unwrap_or_default()
}

/// As iCalendar has it: `20261231`.
fn written_day(date: Date) -> String {
    date.format(format_description!("[year][month][day]")).unwrap_or_default()
}

/// `20261231T120000Z`
fn stamp(at: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod samples {
    use super::CalendarFacts;
    use domain::ids::{ObjectId, TenantId};
    use domain::notices::CalendarDay;
    use time::macros::{date, datetime};
    use time::{Date, OffsetDateTime};
    use uuid::Uuid;

    pub(crate) const READ: OffsetDateTime = datetime!(2026-11-29 06:00 UTC);

    /// Two days; names that try what names can do.
    pub(crate) fn facts(names: bool) -> CalendarFacts {
        let day = |apps: &[&str]| CalendarDay {
            certificates: u32::try_from(apps.len()).unwrap_or_default(),
            secrets: 1,
            apps: apps.iter().zip(1_u128..).map(|(name, n)| (Uuid::from_u128(n), (*name).to_owned())).collect(),
        };
        let first: (Date, CalendarDay) =
            (date!(2026 - 12 - 24), day(&["a, b; c\\n\nBEGIN:VALARM\r\nd: \"e\"", "ä".repeat(90).as_str()]));
        CalendarFacts {
            tenant: TenantId::new(Uuid::from_u128(1)),
            person: ObjectId::new(Uuid::from_u128(2)),
            days: [first, (date!(2027 - 01 - 01), day(&["ledger"]))].into(),
            read_at: Some(READ),
            is_cut: false,
            names,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{READ, facts};
    use super::*;
    use time::Duration;

    const PORTAL: (&str, &str) = ("https://t.example", "t.example");

    #[test]
    fn events_are_the_same_however_often_it_is_written_and_the_calendar_says_when_that_was() {
        let events = |text: &str| text.split_once("BEGIN:VEVENT").map(|(_, events)| events.to_owned());
        let (first, second) =
            (written(&facts(true), PORTAL, READ), written(&facts(true), PORTAL, READ + Duration::hours(5)));
        assert!(events(&first).is_some() && events(&first) == events(&second));
        assert!(first.contains("Built on 2026-11-29 06:00 UTC") && second.contains("Built on 2026-11-29 11:00 UTC"));
        assert!(second.contains("\r\nLAST-MODIFIED:20261129T110000Z\r\n"), "{second}");
        assert!(!first.contains("\nBEGIN:VALARM"), "a name is no line of its own");
    }

    #[test]
    fn without_names_there_are_counts_alone() {
        let text = written(&facts(false), PORTAL, READ);
        assert!(!text.contains("ledger") && !text.contains("VALARM"), "{text}");
        assert!(text.contains("SUMMARY:2 certificates and 1 secret end") && text.contains("Of 2 apps."), "{text}");
    }
}
