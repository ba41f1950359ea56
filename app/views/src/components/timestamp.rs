//! A point in time: short for reading, exact and in UTC on hover, machine-readable underneath. What is shown is in UTC; the
//! shell puts it into the person's own zone.

use crate::dates;
use crate::prelude::*;
use crate::scene::use_now;
use time::OffsetDateTime;

/// `12 Mar 2027 · in 108 days`, or where it is the end of something: `108 days left · 12 Mar 2027`.
#[component]
pub fn Day(
    at: OffsetDateTime,
    /// Leave out how far away it is.
    #[prop(optional)]
    bare: bool,
    /// Something ends then: how much is left of it comes first.
    #[prop(optional)]
    until: bool,
) -> impl IntoView {
    let now = use_now();
    let left = if until { dates::left(at, now) } else { None };
    let bare = bare || left.is_some();
    view! {
        <time class="time" datetime=dates::machine(at) title=dates::exact(at) data-local="day" data-until=until.then_some("")>
            {left.map(|left| view! { <span class="time__left">{left}</span> })}
            {dates::day(at)}
            {(!bare).then(|| view! { <span class="time__relative">{dates::relative(at, now)}</span> })}
        </time>
    }
}

/// `12 Mar 2027, 14:03 · 3 minutes ago`.
#[component]
pub fn Moment(
    at: OffsetDateTime,
    /// Only how long ago.
    #[prop(optional)]
    relative: bool,
) -> impl IntoView {
    let now = use_now();
    let distance = dates::relative(at, now);
    view! {
        <time class="time" datetime=dates::machine(at) title=dates::exact(at) data-local=(!relative).then_some("minute")>
            {if relative {
                distance.into_html()
            } else {
                view! { {dates::minute(at)} " " <span class="time__relative">{distance}</span> }.into_html()
            }}
        </time>
    }
}
