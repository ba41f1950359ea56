//! Two states of an app beside each other: each entry once, and an altered one property by property.

use super::diff_table::{cells, heads};
use super::icon::Icon;
use crate::components::page::or_no_name;
use crate::glyph::Glyph;
use crate::prelude::*;
use domain::diff::states::{EntryChange, EntryDiff, FieldDiff, StateDiff};

fn look(change: EntryChange) -> (&'static str, Glyph, &'static str) {
    match change {
        EntryChange::Added => ("added", Glyph::Plus, "Added"),
        EntryChange::Removed => ("removed", Glyph::Minus, "Removed"),
        EntryChange::Altered => ("altered", Glyph::Edit, "Altered"),
        EntryChange::Kept => ("kept", Glyph::Equal, "Kept"),
    }
}

/// `1 added · 0 removed · 1 altered · 3 kept`.
pub fn counts(diff: &StateDiff) -> String {
    [EntryChange::Added, EntryChange::Removed, EntryChange::Altered, EntryChange::Kept]
        .map(|change| format!("{} {}", diff.count(change), look(change).2.to_lowercase()))
        .join(" · ")
}

#[component]
pub fn StateDiffTable(diff: StateDiff, #[prop(into)] caption: String) -> impl IntoView {
    let mut entries = diff.entries;
    entries.sort_by_key(|entry| entry.change);
    let altered: Vec<_> = entries.iter().filter(|entry| entry.change == EntryChange::Altered).cloned().collect();
    view! {
        <table class="table table--stack">
            <caption class="sr-only">{caption}</caption>
            <thead><tr>{heads()}<th scope="col">"Key"</th></tr></thead>
            <tbody>{entries.into_iter().map(|entry| view! { <Entry entry/> }).collect_view()}</tbody>
        </table>
        {altered.into_iter().map(|entry| view! { <Alteration entry/> }).collect_view()}
    }
}

#[component]
fn Entry(entry: EntryDiff) -> impl IntoView {
    let (class, glyph, word) = look(entry.change);
    view! {
        <tr class=format!("diff diff--{class}")>
            <td data-label="Change"><span class=format!("badge badge--{class}")><Icon glyph/>{word}</span></td>
            {cells(entry.row)}
            <td data-label="Key">
                {if entry.key_known { "Known".into_html() } else { view! { <span class="secondary">"Not known"</span> }.into_html() }}
            </td>
        </tr>
    }
}

/// What became of one entry's properties.
#[component]
fn Alteration(entry: EntryDiff) -> impl IntoView {
    let name = or_no_name(entry.row.display_name.clone());
    let key_id = entry.row.key_id.map(|id| id.to_string()).unwrap_or_default();
    let title = format!("alteration-{key_id}");
    let labelled = title.clone();
    view! {
        <section class="alteration" aria-labelledby=labelled>
            <h3 id=title>"What was altered: "{name.clone()}" "<code class="mono secondary">{key_id}</code></h3>
            <table class="table table--stack">
                <caption class="sr-only">{format!("Properties of {name}, in the older and in the newer state")}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Property"</th>
                        <th scope="col">"Older"</th>
                        <th scope="col">"Newer"</th>
                        <th scope="col">"Change"</th>
                    </tr>
                </thead>
                <tbody>{entry.fields.into_iter().map(|field| view! { <Field field/> }).collect_view()}</tbody>
            </table>
        </section>
    }
}

#[component]
fn Field(field: FieldDiff) -> impl IntoView {
    let FieldDiff { name, then, now, differs } = field;
    let side = |value: Option<String>| match value {
        Some(value) => view! { <span class="mono mono--break">{value}</span> }.into_html(),
        None => view! { <span class="secondary">"null"</span> }.into_html(),
    };
    view! {
        <tr class=if differs { "diff diff--altered" } else { "diff" }>
            <th scope="row" data-label="Property"><code class="mono">{name}</code></th>
            <td data-label="Older">{side(then)}</td>
            <td data-label="Newer">{side(now)}</td>
            <td data-label="Change">
                {if differs {
                    view! { <span class="badge badge--altered"><Icon glyph=Glyph::Edit/>"Altered"</span> }.into_html()
                } else {
                    view! { <span class="secondary">"The same"</span> }.into_html()
                }}
            </td>
        </tr>
    }
}
