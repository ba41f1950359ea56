//! The list of kept states: pick two, compare.

use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::timestamp::Moment;
use crate::data::history::{StateChange, StateRow};
use crate::dates;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Route;
use domain::credentials::StateOrigin;
use domain::ids::ObjectId;

/// Why a state was kept.
pub fn origin(origin: StateOrigin) -> &'static str {
    match origin {
        StateOrigin::BeforePush => "Before a push",
        StateOrigin::AfterPush => "After a push",
        StateOrigin::Read => "Seen",
    }
}

/// `3 entries`.
pub fn entries(count: u32) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

#[component]
pub fn States(
    app: ObjectId,
    states: Vec<StateRow>,
    /// Of the comparison in view, wherever they stand in the list.
    pair: Vec<StateRow>,
    older: Option<i64>,
    /// Absent for the app as it is now.
    newer: Option<i64>,
) -> impl IntoView {
    if states.is_empty() && pair.is_empty() {
        return view! {
            <div class="card">
                <EmptyState glyph=Glyph::History title="Nothing was seen yet" text="A state is kept when the app is opened here, and before and after each push.">
                    <a class="button" href=Route::App(app).to_string()>"Open the app"</a>
                </EmptyState>
            </div>
        }
        .into_html();
    }
    let mut rows = states;
    let others: Vec<_> = pair.into_iter().filter(|it| rows.iter().all(|row| row.id != it.id)).collect();
    rows.extend(others);
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.dedup_by_key(|row| row.id);
    // At first: the last two things that happened.
    let older = older.or_else(|| rows.get(1).or(rows.first()).map(|it| it.id));
    view! {
        <section class="card card--table" aria-labelledby="states-title">
            <form method="get" action=Route::History(app).to_string() class="states">
                <div class="card__head states__head">
                    <h2 id="states-title">"Kept states"</h2>
                    <button type="submit" class="button">"Compare"</button>
                </div>
                <table class="table table--stack table--hover">
                    <caption class="sr-only">"Kept states, newest first; choose an older and a newer one to compare"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Older"</th>
                            <th scope="col">"Newer"</th>
                            <th scope="col">"When"</th>
                            <th scope="col">"Kept"</th>
                            <th scope="col">"Entries"</th>
                            <th scope="col">"Against the one before"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <tr>
                            <td data-label="Older"></td>
                            <td data-label="Newer"><Pick name="newer" value=String::new() checked=newer.is_none() label="As it is now".to_owned()/></td>
                            <td data-label="When"><strong>"Now"</strong></td>
                            <td data-label="Kept" class="secondary">"Read when you compare"</td>
                            <td data-label="Entries">"—"</td>
                            <td data-label="Change">"—"</td>
                        </tr>
                        {rows
                            .into_iter()
                            .map(|row| {
                                let (is_older, is_newer) = (older == Some(row.id), newer == Some(row.id));
                                view! { <State app row is_older is_newer/> }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </form>
        </section>
    }
    .into_html()
}

#[component]
fn Pick(name: &'static str, value: String, checked: bool, label: String) -> impl IntoView {
    view! { <input type="radio" name=name value=value checked=checked aria-label=format!("{label}, as the {name} one") autocomplete="off"/> }
}

#[component]
fn State(app: ObjectId, row: StateRow, is_older: bool, is_newer: bool) -> impl IntoView {
    let id = row.id.to_string();
    let label = format!("{} {}", origin(row.origin), dates::exact(row.seen_at));
    let unknown = row.entries.saturating_sub(row.keys_known);
    view! {
        <tr>
            <td data-label="Older"><Pick name="older" value=id.clone() checked=is_older label=label.clone()/></td>
            <td data-label="Newer"><Pick name="newer" value=id checked=is_newer label/></td>
            <td data-label="When"><Moment at=row.seen_at/></td>
            <td data-label="Kept">
                <span class="stacked">
                    <span>{origin(row.origin)}</span>
                    {row.receipt.map(|receipt| view! { <a href=Route::AppReceipt(receipt, app).to_string()>"Receipt"</a> })}
                </span>
            </td>
            <td data-label="Entries">
                <span class="stacked">
                    <span>{entries(row.entries)}</span>
                    {(unknown > 0).then(|| view! { <span class="secondary">{format!("key of {unknown} not known")}</span> })}
                </span>
            </td>
            <td data-label="Change">
                {match row.change {
                    Some(change) => view! { <Change change/> }.into_html(),
                    None => view! { <span class="secondary">"The first that was seen"</span> }.into_html(),
                }}
            </td>
        </tr>
    }
}

#[component]
fn Change(change: StateChange) -> impl IntoView {
    let StateChange { added, removed, altered, reordered } = change;
    let badge = |count: u32, class: &'static str, glyph: Glyph| {
        (count > 0).then(
            || view! { <span class=format!("badge badge--{class}")><Icon glyph/>{format!("{count} {class}")}</span> },
        )
    };
    if (added, removed, altered) == (0, 0, 0) {
        let words = if reordered { "Only another order" } else { "The same entries" };
        return view! { <span class="secondary">{words}</span> }.into_html();
    }
    view! {
        <span class="badges">
            {badge(added, "added", Glyph::Plus)}
            {badge(removed, "removed", Glyph::Minus)}
            {badge(altered, "altered", Glyph::Edit)}
        </span>
    }
    .into_html()
}
