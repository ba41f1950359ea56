//! What is chosen and not on this page of a list.

use crate::prelude::*;

/// Ticked here, so that it can be left out again. The shell adds what only the browser remembers.
#[component]
pub fn OutOfView(
    /// Of the list's ticks.
    field: &'static str,
    title: &'static str,
    /// What it is, for who does not see it.
    legend: &'static str,
    /// The tick's value, and what people call it.
    chosen: Vec<(String, String)>,
) -> impl IntoView {
    let empty = chosen.is_empty();
    let ticks = chosen
        .into_iter()
        .map(|(value, name)| {
            view! {
                <label class="checkbox">
                    <input type="checkbox" name=field checked value=value data-name=name.clone() autocomplete="off"/>
                    <span>{name}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="elsewhere-title" data-chosen-box="" hidden=empty>
            <div class="card__head"><h2 id="elsewhere-title">{title}</h2></div>
            <fieldset class="options options--scroll" data-chosen="">
                <legend class="sr-only">{legend}</legend>
                {ticks}
            </fieldset>
        </section>
    }
}
