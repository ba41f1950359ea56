//! The two tables of the grid.

use super::cells::{credential_cell, kind, named, object_cell};
use super::look::word;
use super::picks::{AllOfPage, tick};
use crate::components::directory::subject_word;
use crate::components::page::or_no_name;
use crate::data::inventory::{
    CredentialLine, GridColumn, GridColumns, GridDensity, GridQuery, GridSort, Holder, ObjectLine, Pick,
};
use crate::prelude::*;
use crate::route::Route;
use domain::credentials::SubjectKind;

/// A column by which the list can be put in an order: the first click is `up`.
fn sorted(query: &GridQuery, word: &'static str, up: GridSort, down: GridSort) -> impl IntoView + use<> {
    let (current, to) = match query.sort {
        sort if sort == up => (Some("ascending"), down),
        sort if sort == down => (Some("descending"), up),
        _ => (None, up),
    };
    let class = match current {
        Some("ascending") => "sort",
        Some(_) => "sort sort--desc",
        None => "sort sort--off",
    };
    let to = GridQuery { sort: to, page: 1, ..query.clone() }.href();
    view! { <th scope="col" aria-sort=current><a class=class href=to>{word}</a></th> }
}

/// Of a column that can be left out.
fn head(query: &GridQuery, column: GridColumn) -> Html {
    match column {
        GridColumn::Ends => sorted(query, word(column), GridSort::End, GridSort::EndDescending).into_html(),
        GridColumn::FirstSeen => newest(query).into_html(),
        column => view! { <th scope="col">{word(column)}</th> }.into_html(),
    }
}

/// How much room its rows take.
fn class(density: GridDensity) -> &'static str {
    match density {
        GridDensity::Comfortable => "table table--stack table--compact table--hover table--pick",
        GridDensity::Compact => "table table--stack table--compact table--hover table--pick table--dense",
    }
}

/// A column by which the list can be put in one order alone.
fn newest(query: &GridQuery) -> impl IntoView + use<> {
    let current = query.sort == GridSort::Newest;
    let class = if current { "sort sort--desc" } else { "sort sort--off" };
    let to = GridQuery { sort: GridSort::Newest, page: 1, ..query.clone() }.href();
    view! { <th scope="col" aria-sort=current.then_some("descending")><a class=class href=to>"First seen"</a></th> }
}

#[component]
pub(super) fn Credentials(query: GridQuery, lines: Vec<CredentialLine>, picks: Vec<Pick>) -> impl IntoView {
    let every = !picks.is_empty() && lines.iter().filter_map(CredentialLine::pick).all(|pick| picks.contains(&pick));
    view! {
        <div class="card card--table">
            <table class=class(query.density)>
                <caption class="sr-only">"Credentials"</caption>
                <thead>
                    <tr>
                        <AllOfPage every/>
                        {sorted(&query, "Held by", GridSort::Name, GridSort::NameDescending)}
                        {query.columns.iter().map(|column| head(&query, column)).collect_view()}
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(|line| credential(line, &picks, &query.columns)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn credential(line: CredentialLine, picks: &[Pick], columns: &GridColumns) -> impl IntoView + use<> {
    let pick = line.pick();
    let kind = kind(&line.facts);
    let called = match named(&line) {
        Some(name) => format!("{}, {name}", line.holder.name),
        None => format!("{}, {kind}", line.holder.name),
    };
    let checked = pick.as_ref().is_some_and(|pick| picks.contains(pick));
    let cells = columns.iter().map(|column| credential_cell(column, &line)).collect_view();
    view! {
        <tr>
            {tick(pick, checked, called)}
            {holder(line.holder)}
            {cells}
        </tr>
    }
}

#[component]
pub(super) fn Objects(query: GridQuery, lines: Vec<ObjectLine>, picks: Vec<Pick>) -> impl IntoView {
    let every = !picks.is_empty() && lines.iter().all(|line| picks.contains(&line.pick()));
    view! {
        <div class="card card--table">
            <table class=class(query.density)>
                <caption class="sr-only">"Objects"</caption>
                <thead>
                    <tr>
                        <AllOfPage every/>
                        {sorted(&query, "Name", GridSort::Name, GridSort::NameDescending)}
                        {query.columns.iter().map(|column| head(&query, column)).collect_view()}
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(|line| object(line, &picks, &query.columns)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn object(line: ObjectLine, picks: &[Pick], columns: &GridColumns) -> impl IntoView + use<> {
    let (pick, called) = (line.pick(), line.holder.name.clone());
    let checked = picks.contains(&pick);
    let cells = columns.iter().map(|column| object_cell(column, &line)).collect_view();
    view! {
        <tr>
            {tick(Some(pick), checked, called)}
            {holder(line.holder)}
            {cells}
        </tr>
    }
}

/// The first cell. An app has a page of its own; all else has the one of what it needs.
fn holder(holder: Holder) -> impl IntoView {
    let Holder { subject, name, disabled, admin_center, .. } = holder;
    let name = or_no_name(Some(name));
    let of = format!(" {name} in the Entra admin center (opens a new tab)");
    let kind = subject_word(subject.kind);
    let page = match subject.kind {
        SubjectKind::Application => Route::App(subject.id),
        kind => Route::InventoryObject(kind, subject.id),
    };
    view! {
        <th scope="row" class="table__name" data-label="Name">
            <span class="stacked">
                <a class="table__link" href=page.to_string()>{name}</a>
                <span class="secondary">
                    {kind}
                    {(disabled == Some(true)).then_some(", disabled")}
                    {admin_center.map(|url| view! { " · " <a href=url target="_blank" rel="noopener noreferrer">"Open"<span class="sr-only">{of}</span></a> })}
                </span>
            </span>
        </th>
    }
}
