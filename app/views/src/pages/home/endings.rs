//! How many certificates and secrets end in each of the coming months: a table whose rows are bars.

use crate::components::directory::count;
use crate::components::page::grouped;
use crate::data::overview::{EndingMonth, Endings};
use leptos::prelude::*;

/// `so_far`: not everything was read.
#[component]
pub(super) fn WhatEnds(of: Endings, so_far: bool) -> impl IntoView {
    let Endings { months, later } = of;
    let most = months.iter().map(EndingMonth::all).max().unwrap_or_default();
    view! {
        <section class="card" aria-labelledby="endings-title">
            <div class="card__head">
                <h2 id="endings-title">"What ends, month by month"</h2>
                <p class="chart__legend secondary" aria-hidden="true">
                    <span class="chart__key chart__key--certificate">"Certificates"</span>
                    <span class="chart__key chart__key--secret">"Secrets"</span>
                </p>
            </div>
            <table class="chart">
                <caption class="sr-only">"Certificates and secrets that end, by month, in UTC"</caption>
                <thead class="sr-only">
                    <tr><th scope="col">"Month"</th><td></td><th scope="col">"Certificates"</th><th scope="col">"Secrets"</th></tr>
                </thead>
                <tbody>{months.into_iter().map(|month| row(month, most)).collect_view()}</tbody>
            </table>
            <p class="secondary">
                {format!("Every certificate and secret with an end ahead, renewed or not. {} after these months.", ends(later))}
                {so_far.then_some(" Not everything was read yet.")}
            </p>
        </section>
    }
}

/// `3 end`, `1 ends`
fn ends(count: u64) -> String {
    if count == 1 { "1 ends".into() } else { format!("{} end", number(count)) }
}

/// `most`: of all months, which is as wide as there is room.
fn row(month: EndingMonth, most: u64) -> impl IntoView {
    let share = |count: u64| (count * 1_000).checked_div(most).unwrap_or_default();
    let (certificates, secrets) = (share(month.certificates), share(month.secrets));
    view! {
        <tr>
            <th scope="row">{format!("{} {}", month.month, month.year)}</th>
            <td aria-hidden="true" class="chart__bar">
                <svg viewBox="0 0 1000 10" preserveAspectRatio="none" focusable="false">
                    <rect class="chart__certificate" width=certificates.to_string() height="10"></rect>
                    <rect class="chart__secret" x=certificates.to_string() width=secrets.to_string() height="10"></rect>
                </svg>
            </td>
            <td class="number">{number(month.certificates)}<span class="sr-only">" certificates"</span></td>
            <td class="number">{number(month.secrets)}<span class="sr-only">" secrets"</span></td>
        </tr>
    }
}

fn number(of: u64) -> String {
    grouped(count(of))
}
