//! What happens to each credential of an app: kept, added, removed, already there.

use super::icon::Icon;
use super::thumbprint::{KeyIdText, ThumbprintText};
use super::timestamp::Day;
use crate::components::page::or_no_name;
use crate::glyph::Glyph;
use crate::prelude::*;
use domain::diff::{Diff, DiffKind, DiffRow};

pub fn kind_look(kind: DiffKind) -> (&'static str, Glyph, &'static str) {
    match kind {
        DiffKind::Kept => ("kept", Glyph::Equal, "Kept"),
        DiffKind::Added => ("added", Glyph::Plus, "Added"),
        DiffKind::Removed => ("removed", Glyph::Minus, "Removed"),
        DiffKind::AlreadyThere => ("there", Glyph::Check, "Already there"),
    }
}

/// `1 added · 3 kept · 0 removed`.
pub fn counts(diff: &Diff) -> String {
    let mut parts = vec![
        format!("{} added", diff.count(DiffKind::Added)),
        format!("{} kept", diff.count(DiffKind::Kept)),
        format!("{} removed", diff.count(DiffKind::Removed)),
    ];
    let there = diff.count(DiffKind::AlreadyThere);
    if there > 0 {
        parts.push(format!("{there} already there"));
    }
    parts.join(" · ")
}

fn order(kind: DiffKind) -> u8 {
    match kind {
        DiffKind::Added => 0,
        DiffKind::Removed => 1,
        DiffKind::AlreadyThere => 2,
        DiffKind::Kept => 3,
    }
}

#[component]
pub fn DiffTable(
    diff: Diff,
    #[prop(into)] caption: String,
    /// Nobody saw it happen: it was refused, or nothing was sent.
    #[prop(optional)]
    undone: bool,
) -> impl IntoView {
    let mut rows = diff.rows;
    rows.sort_by_key(|row| order(row.kind));
    view! {
        <table class="table table--stack">
            <caption class="sr-only">{caption}</caption>
            <thead><tr>{heads()}</tr></thead>
            <tbody>{rows.into_iter().map(|row| view! { <Row row undone/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(row: DiffRow, undone: bool) -> impl IntoView {
    let (class, glyph, word) = match (row.kind, undone) {
        (DiffKind::Added, true) => ("kept", Glyph::Plus, "Not added"),
        (DiffKind::Removed, true) => ("kept", Glyph::Minus, "Not removed"),
        (kind, _) => kind_look(kind),
    };
    view! {
        <tr class=format!("diff diff--{class}")>
            <td data-label="Change"><span class=format!("badge badge--{class}")><Icon glyph/>{word}</span></td>
            {cells(row)}
        </tr>
    }
}

/// Above a change and [`cells`].
pub fn heads() -> impl IntoView {
    view! {
        <th scope="col">"Change"</th>
        <th scope="col">"Name"</th>
        <th scope="col">"Thumbprint (SHA-1)"</th>
        <th scope="col">"Usage"</th>
        <th scope="col">"Ends"</th>
    }
}

/// What an entry is, beside what happens to it.
pub fn cells(row: DiffRow) -> impl IntoView {
    view! {
        <td data-label="Name">
            <span class="stacked">
                <span>{or_no_name(row.display_name)}</span>
                {row.key_id.map(|id| view! { <KeyIdText id/> })}
            </span>
        </td>
        <td data-label="Thumbprint">
            {match row.thumbprint {
                Some(thumbprint) => view! { <ThumbprintText thumbprint/> }.into_html(),
                None => view! { <span class="secondary">"Not known"</span> }.into_html(),
            }}
        </td>
        <td data-label="Usage">{row.usage.map_or_else(|| "—".into(), |usage| usage.to_string())}</td>
        <td data-label="Ends">
            {match row.end {
                Some(at) => view! { <Day at until=true/> }.into_html(),
                None => "—".into_html(),
            }}
        </td>
    }
}
