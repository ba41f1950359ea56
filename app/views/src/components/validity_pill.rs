//! How much of a certificate's life is left: a pill filled by it, with an icon and the words.

use super::icon::Icon;
use crate::dates;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::scene::use_now;
use domain::suitability::Validity;
use time::OffsetDateTime;

fn look(validity: Validity) -> (&'static str, Glyph, &'static str) {
    match validity {
        Validity::NotYetValid => ("pending", Glyph::Clock, "Not valid yet"),
        Validity::Valid => ("valid", Glyph::CheckCircle, "Valid"),
        Validity::EndsSoon => ("soon", Glyph::Warning, "Ends soon"),
        Validity::Expired => ("expired", Glyph::ErrorCircle, "Expired"),
        Validity::Unknown => ("unknown", Glyph::Info, "End not known"),
    }
}

/// Percent of the lifetime that is left, 0 to 100.
pub fn percent_left(start: OffsetDateTime, end: OffsetDateTime, now: OffsetDateTime) -> i64 {
    let whole = (end - start).whole_seconds().max(1);
    let left = (end - now).whole_seconds().clamp(0, whole);
    left * 100 / whole
}

fn words(
    validity: Validity,
    start: Option<OffsetDateTime>,
    end: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> String {
    let (_, _, name) = look(validity);
    match (validity, start, end) {
        (Validity::NotYetValid, Some(start), _) => format!("Starts {}", dates::relative(start, now)),
        (Validity::Valid, _, Some(end)) => match dates::distance((end - now).whole_seconds().unsigned_abs()) {
            Some(left) => format!("{left} left"),
            None => name.into(),
        },
        (Validity::EndsSoon, _, Some(end)) => format!("Ends {}", dates::relative(end, now)),
        (Validity::Expired, _, Some(end)) => format!("Expired {}", dates::relative(end, now)),
        _ => name.into(),
    }
}

#[component]
pub fn ValidityPill(
    validity: Validity,
    #[prop(optional_no_strip)] start: Option<OffsetDateTime>,
    #[prop(optional_no_strip)] end: Option<OffsetDateTime>,
) -> impl IntoView {
    let now = use_now();
    let (class, glyph, name) = look(validity);
    let meter = start.zip(end).map(|(start, end)| {
        view! {
            <svg class="pill__fill" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <rect width=percent_left(start, end, now).to_string() height="1"></rect>
            </svg>
        }
    });
    let title = end.map(|end| format!("{name}; until {}", dates::exact(end)));
    view! {
        <span class=format!("pill pill--{class}") title=title>
            {meter}
            <Icon glyph/>
            <span class="pill__text">{words(validity, start, end, now)}</span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn the_fill_stays_between_empty_and_full() {
        let day = Duration::days(1);
        assert_eq!(percent_left(NOW - day, NOW + day, NOW), 50);
        assert_eq!(percent_left(NOW - day * 3, NOW - day, NOW), 0);
        assert_eq!(percent_left(NOW + day, NOW + day * 2, NOW), 100);
        assert_eq!(percent_left(NOW, NOW, NOW), 0);
    }

    #[test]
    fn the_words_name_the_distance() {
        let (past, ahead) = (Some(NOW - Duration::days(3)), Some(NOW + Duration::days(108)));
        assert_eq!(words(Validity::Valid, past, ahead, NOW), "108 days left");
        assert_eq!(words(Validity::Expired, past, past, NOW), "Expired 3 days ago");
        assert_eq!(words(Validity::NotYetValid, ahead, ahead, NOW), "Starts in 108 days");
        assert_eq!(words(Validity::EndsSoon, None, ahead, NOW), "Ends in 108 days");
        assert_eq!(words(Validity::Valid, None, None, NOW), "Valid");
    }
}
