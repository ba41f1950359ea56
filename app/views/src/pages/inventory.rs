//! Everything in the directory that can hold a credential: as objects, or credential by credential.

mod asked;
mod cells;
mod filter;
mod groups;
mod look;
mod picks;
mod rows;
mod saved;

pub use asked::{Asked, AskedError};
pub use picks::SelectionFields;
pub(crate) use picks::rows_of;

use super::app_picker::Pages;
use crate::components::directory::{Doubts, count};
use crate::components::empty_state::EmptyState;
use crate::components::field::Segmented;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, counted, plural};
use crate::components::timestamp::Moment;
use crate::data::apps::Scope;
use crate::data::inventory::{
    Grid, GridDensity, GridGroup, GridGroups, GridQuery, GridRows, GridView, Pick, SavedView, Selection, Which,
};
use crate::data::overview::DirectoryReading;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use domain::inventory::MOST_EXPANDED;
use domain::inventory::filter::FilterError;
use filter::FilterForms;
use groups::{GroupedBy, Groups};
use look::LookForm;
use picks::PickForm;
use rows::{Credentials, Objects};
use saved::Saved;

/// What came of the question.
pub enum Found {
    /// The directory is not read in the background.
    Off,
    /// Nothing was asked: a word of the filter is not understood.
    NotUnderstood(FilterError),
    Grid(GridQuery, Grid, Picked),
    /// Where the query has a group.
    Groups(GridQuery, GridGroup, GridGroups),
}

/// What is selected already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    pub picks: Vec<Pick>,
    /// Of those, the ones that are not on the page, with their names.
    pub elsewhere: Vec<(Pick, String)>,
}

/// `scope`: of the person. `saved`: what they may come back to.
pub fn page(asked: Asked, found: Found, saved: Vec<SavedView>, scope: Scope) -> Page {
    let status = if matches!(found, Found::NotUnderstood(_)) { 400 } else { 200 };
    Page::new(Route::Inventory.title(), move || view! { <Inventory asked found saved scope/> }).status(status)
}

#[component]
fn Inventory(asked: Asked, found: Found, saved: Vec<SavedView>, scope: Scope) -> impl IntoView {
    let lead = match scope {
        Scope::All => "Everything in the directory that can hold a credential, and every credential.",
        Scope::Mine => "What you look after in the directory that can hold a credential, and its credentials.",
    };
    let files = match &found {
        Found::Grid(query, ..) | Found::Groups(query, ..) => [(Route::InventoryCsv, "CSV"), (Route::InventoryJson, "JSON"), (Route::InventoryXlsx, "XLSX")]
            .map(|(route, word)| view! { <a class="button" href=query.href_at(&route) download=""><Icon glyph=Glyph::Download/><span>{word}</span><span class="sr-only">" of all rows that the filter finds"</span></a> })
            .collect_view()
            .into_html(),
        Found::Off | Found::NotUnderstood(_) => ().into_html(),
    };
    let charts = (!matches!(found, Found::Off)).then(|| {
        view! { <a class="button" href=Route::InventoryCharts.to_string()><Icon glyph=Glyph::Chart/><span>"Charts"</span></a> }
    });
    let last_use = (!matches!(found, Found::Off) && scope == Scope::All).then(|| {
        view! { <a class="button" href=Route::LastUse.to_string()><Icon glyph=Glyph::Clock/><span>"Last use"</span></a> }
    });
    view! {
        <Heading title=Route::Inventory.title() lead>
            {charts}
            {last_use}
            {files}
        </Heading>
        {match &found {
            Found::Off => ().into_html(),
            Found::NotUnderstood(_) => view! { <Saved saved query=None/> }.into_html(),
            Found::Grid(query, ..) | Found::Groups(query, ..) => view! { <Saved saved query=Some(query.clone())/> }.into_html(),
        }}
        {match found {
            Found::Off => view! {
                <div class="card">
                    <EmptyState glyph=Glyph::Table title="The directory is not read here" text="This list needs the inventory, which is off. Whoever runs the portal can switch it on: the page about a real tenant in its documentation says how, and which permission to read it takes.">
                        <a class="button" href=Route::Apps.to_string()>"Show the apps"</a>
                    </EmptyState>
                </div>
            }
            .into_html(),
            Found::NotUnderstood(error) => view! {
                <FilterForms asked filter=None/>
                <MessageBar intent=Intent::Error title="The filter is not understood">
                    <p>{format!("{error}. ")}"Nothing is shown, so that nothing wrong is. Put it right above, or " <a href=Route::Inventory.to_string()>"begin without a filter"</a>"."</p>
                </MessageBar>
            }
            .into_html(),
            Found::Groups(query, group, found) => view! { <Groups asked query group found/> }.into_html(),
            Found::Grid(query, grid, picked) => view! { <List asked query grid picked/> }.into_html(),
        }}
    }
}

#[component]
fn List(asked: Asked, query: GridQuery, grid: Grid, picked: Picked) -> impl IntoView {
    let Grid { scope, reading, rows } = grid;
    let (page, shown, total, has_next) = match &rows {
        GridRows::Credentials(page) => (page.page, page.items.len(), page.total, page.has_next),
        GridRows::Objects(page) => (page.page, page.items.len(), page.total, page.has_next),
    };
    let of = |view: GridView| {
        GridQuery { filter: query.filter.clone(), density: query.density, ..GridQuery::of(view) }.href()
    };
    let views = vec![
        ("Credentials", of(GridView::Credentials), query.view == GridView::Credentials),
        ("Objects", of(GridView::Objects), query.view == GridView::Objects),
    ];
    let (filter, view) = (query.filter.clone(), query.view);
    let pages = view! { <Pages page shown total has_next/> };
    let (put_together, looks) = (query.clone(), query.clone());
    let list = match rows {
        _ if shown == 0 => view! { <Nothing query scope reading/> }.into_html(),
        GridRows::Credentials(page) => view! {
            <PickForm query=query.clone() picked=picked.clone() all=asked.all total=total.unwrap_or_default()>
                <Credentials query lines=page.items picks=picked.picks/>
                {pages}
            </PickForm>
        }
        .into_html(),
        GridRows::Objects(page) => view! {
            <PickForm query=query.clone() picked=picked.clone() all=asked.all total=total.unwrap_or_default()>
                <Objects query lines=page.items picks=picked.picks/>
                {pages}
            </PickForm>
        }
        .into_html(),
    };
    view! {
        <FilterForms asked filter=Some(filter)/>
        <div class="toolbar">
            <p class="secondary"><Age reading view total=total.unwrap_or_default()/></p>
            <GroupedBy query=put_together/>
            <Segmented label="What a row is" options=views/>
        </div>
        <LookForm query=looks/>
        <Doubts reading/>
        {list}
        {(scope == Scope::Mine).then(|| view! {
            <p class="secondary needs__note">
                {format!("Graph lists {MOST_EXPANDED} owners of an app and no more: one that has so many may be missing here.")}
            </p>
        })}
    }
}

/// `1,204 credentials. Read 3 hours ago.`
#[component]
fn Age(reading: DirectoryReading, view: GridView, total: u64) -> impl IntoView {
    let found = match view {
        GridView::Credentials => counted(count(total), "credential", "credentials"),
        GridView::Objects => plural(count(total), "object"),
    };
    match reading {
        DirectoryReading::NotYet => {
            "The directory is not read yet. That begins by itself within some minutes.".into_html()
        }
        DirectoryReading::First { begun } => view! {
            {format!("So far {found}: the directory is being read, and counts are not complete. Begun ")}
            <Moment at=begun relative=true/>
            "."
        }
        .into_html(),
        DirectoryReading::Complete { from, .. } => {
            view! { {format!("{found}. Read ")} <Moment at=from relative=true/> "." }.into_html()
        }
    }
}

/// Why the list is empty. Only of a whole and recent reading it can be said that there is nothing.
#[component]
fn Nothing(query: GridQuery, scope: Scope, reading: DirectoryReading) -> impl IntoView {
    let whole = matches!(reading, DirectoryReading::Complete { late: false, unnamed: 0, .. });
    let first = GridQuery { page: 1, ..query.clone() }.href();
    let (title, text, to, word) = if query.page > 1 {
        ("Nothing on this page", "The list is shorter than that.", first, "Go to the first page")
    } else if query.filter.is_empty() {
        let title = if whole { "There is nothing" } else { "Not known yet" };
        let text = match scope {
            _ if !whole => "Nothing was found so far, and not everything was read.",
            Scope::All => "The directory’s lists had no credential and nothing that could hold one.",
            Scope::Mine => "You look after nothing in the directory that could hold a credential.",
        };
        (title, text, Route::Apps.to_string(), "Show the apps")
    } else {
        let all = GridQuery { filter: domain::inventory::filter::Filter::default(), ..query }.href();
        let text = if whole {
            "Take a word away, or see what there is without the filter."
        } else {
            "That is as of what could be read, and not all of it."
        };
        ("Nothing matches", text, all, "Clear the filter")
    };
    view! {
        <div class="card">
            <EmptyState glyph=Glyph::Search title text><a class="button" href=to>{word}</a></EmptyState>
        </div>
    }
}

impl GridQuery {
    /// Its address.
    pub fn href(&self) -> String {
        self.href_at(&Route::Inventory)
    }

    /// Empty where it is the usual one.
    fn density_text(&self) -> &'static str {
        match self.density {
            GridDensity::Comfortable => "",
            compact @ GridDensity::Compact => compact.as_str(),
        }
    }

    /// The usual stays out of it, and of files how it is shown.
    fn href_at(&self, route: &Route) -> String {
        let sort = if self.sort == self.view.sorts()[0] { "" } else { self.sort.as_str() };
        let view = if self.view == GridView::default() { "" } else { self.view.as_str() };
        let page = if self.page > 1 && *route == Route::Inventory { self.page.to_string() } else { String::new() };
        let filter = self.filter.to_string();
        let rows = [("view", view), ("q", filter.as_str()), ("sort", sort)];
        if !matches!(route, Route::Inventory | Route::InventorySelection) {
            return href(&route.to_string(), rows);
        }
        let (group, columns) = (self.group.map_or("", GridGroup::as_str), self.columns.text(self.view));
        let columns = (asked::COLUMNS, columns.as_str());
        let look = [("group", group), columns, (asked::DENSITY, self.density_text()), ("page", page.as_str())];
        href(&route.to_string(), rows.into_iter().chain(look))
    }
}

impl Selection {
    /// Its address at what takes a selection.
    pub fn href_at(&self, route: &Route) -> String {
        let base = GridQuery { page: 1, ..self.query.clone() }.href_at(route);
        let picks: Vec<String> = match &self.which {
            Which::All => vec![],
            Which::These(picks) => picks.iter().map(ToString::to_string).collect(),
        };
        let all = if self.which == Which::All { "on" } else { "" };
        let more = href("", picks.iter().map(|pick| (asked::PICK, pick.as_str())).chain([("all", all)]));
        match more.strip_prefix('?') {
            Some(more) if base.contains('?') => format!("{base}&{more}"),
            _ => format!("{base}{more}"),
        }
    }
}
