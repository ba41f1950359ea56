//! A point in time: short for reading, exact on hover, machine-readable underneath.

use crate::dates;
use crate::scene::use_now;
use leptos::prelude::*;
use time::OffsetDateTime;

/// `12 Mar 2027 · in 108 days`.
#[component]
pub fn Day(
    at: OffsetDateTime,
    /// Leave out how far away it is.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let now = use_now();
    view! {
        <time class="time" datetime=dates::machine(at) title=dates::exact(at)>
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
        <time class="time" datetime=dates::machine(at) title=dates::exact(at)>
            {if relative {
                distance.into_any()
            } else {
                view! { {dates::minute(at)} <span class="time__relative">{distance}</span> }.into_any()
            }}
        </time>
    }
}
