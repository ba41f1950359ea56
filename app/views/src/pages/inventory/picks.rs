//! Selecting rows: one form around the table, whose ticks travel in the address from page to page. What is selected goes
//! on to files, or to the page that says what can be done with it.

use super::Picked;
use super::asked::{COLUMNS, DENSITY, PICK};
use crate::components::directory::count;
use crate::components::icon::Icon;
use crate::components::out_of_view::OutOfView;
use crate::components::page::{counted, grouped, plural};
use crate::data::inventory::{
    GridDensity, GridGroup, GridQuery, GridView, MOST_PICKS, MOST_SELECTED, Pick, Selection, Which,
};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Route;

/// The form around table and pager. `total`: how many rows the filter finds.
#[component]
pub(super) fn PickForm(query: GridQuery, picked: Picked, all: bool, total: u64, children: Children) -> impl IntoView {
    let id = format!("inventory-{}-{}", query.view.as_str(), query.filter);
    let chosen = picked.elsewhere.into_iter().map(|(pick, name)| (pick.to_string(), name)).collect();
    let bar = view! { <Bar view=query.view chosen=picked.picks.len() all total/> };
    view! {
        <form class="choose choose--list" method="get" action=Route::Inventory.to_string() autocomplete="off" data-picker=id data-field=PICK>
            <QueryFields query/>
            {children.render()}
            <OutOfView
                field=PICK
                title="Selected, not in view"
                legend="Selected rows that are not on this page of the list"
                chosen
            />
            {bar}
        </form>
    }
}

/// The usual stays out of the address.
#[component]
pub(super) fn QueryFields(query: GridQuery) -> impl IntoView {
    let view = if query.view == GridView::default() { "" } else { query.view.as_str() };
    let sort = if query.sort == query.view.sorts()[0] { "" } else { query.sort.as_str() };
    view! {
        <input type="hidden" name="view" value=view/>
        <input type="hidden" name="q" value=query.filter.to_string()/>
        <input type="hidden" name="sort" value=sort/>
        <LookFields group=query.group columns=query.columns.text(query.view) density=query.density/>
    }
}

/// How the grid is shown. `columns`: as in the URL.
#[component]
pub(super) fn LookFields(group: Option<GridGroup>, columns: String, density: GridDensity) -> impl IntoView {
    view! {
        {group.map(|group| view! { <input type="hidden" name="group" value=group.as_str()/> })}
        {(!columns.is_empty()).then(|| view! { <input type="hidden" name=COLUMNS value=columns/> })}
        {(density != GridDensity::Comfortable).then(|| view! { <input type="hidden" name=DENSITY value=density.as_str()/> })}
    }
}

/// A selection as fields of a form.
#[component]
pub fn SelectionFields(selection: Selection) -> impl IntoView {
    let ticks = match selection.which {
        Which::All => view! { <input type="hidden" name="all" value="on"/> }.into_html(),
        Which::These(picks) => picks
            .into_iter()
            .map(|pick| view! { <input type="hidden" name=PICK value=pick.to_string()/> })
            .collect_view()
            .into_html(),
    };
    view! {
        <input type="hidden" name="of" value="inventory"/>
        <QueryFields query=selection.query/>
        {ticks}
    }
}

/// Above the ticks.
#[component]
pub(super) fn AllOfPage(every: bool) -> impl IntoView {
    view! {
        <th scope="col" class="table__tick">
            <input type="checkbox" class="needs-shell" aria-label="All rows of this page" autocomplete="off" checked=every data-pick-all=""/>
            <span class="sr-only without-shell">"Select"</span>
        </th>
    }
}

/// Before a row. One that nothing tells from others cannot be selected.
pub(super) fn tick(pick: Option<Pick>, checked: bool, called: String) -> impl IntoView + use<> {
    view! {
        <td class="table__tick">
            {pick.map(|pick| view! {
                <input type="checkbox" name=PICK value=pick.to_string() checked=checked aria-label=format!("Select {called}") data-name=called autocomplete="off"/>
            })}
        </td>
    }
}

/// `1 credential`, `3 objects`.
pub(crate) fn rows_of(view: GridView, rows: usize) -> String {
    match view {
        GridView::Credentials => counted(rows, "credential", "credentials"),
        GridView::Objects => plural(rows, "object"),
    }
}

/// How many are selected, and where to go with them. Styles show it once there is a tick.
#[component]
fn Bar(view: GridView, chosen: usize, all: bool, total: u64) -> impl IntoView {
    let total = count(total);
    let many = match view {
        GridView::Credentials => "{n} credentials selected",
        GridView::Objects => "{n} objects selected",
    };
    let one = format!("{} selected", rows_of(view, 1));
    let over = format!("{{n}} are selected; at most {MOST_PICKS} one by one, or all that the filter finds");
    let everything = format!("All {} that the filter finds", rows_of(view, total));
    let words = match chosen {
        _ if all => everything.clone(),
        0 => "Nothing selected".to_owned(),
        1 => one.clone(),
        _ if chosen > MOST_PICKS => over.replace("{n}", &grouped(chosen)),
        _ => many.replace("{n}", &grouped(chosen)),
    };
    let bound = (total as u64 > MOST_SELECTED)
        .then(|| format!(" For a file; for all else {} at most.", grouped(count(MOST_SELECTED))));
    let files = [(Route::InventoryCsv, "CSV"), (Route::InventoryJson, "JSON"), (Route::InventoryXlsx, "XLSX")];
    view! {
        <div class="action-bar action-bar--selection">
            <div class="action-bar__words">
                <p role="status">
                    <strong
                        data-picked=""
                        data-none="Nothing selected"
                        data-one=one
                        data-many=many
                        data-most=MOST_PICKS.to_string()
                        data-over=over
                        data-all=everything.clone()
                    >
                        {words}
                    </strong>
                    <span class="without-shell secondary">" · what you tick on this page counts when you go on"</span>
                </p>
                <label class="checkbox pick-all">
                    <input type="checkbox" name="all" value="on" checked=all autocomplete="off"/>
                    <span>{everything}{bound}</span>
                </label>
            </div>
            <div class="action-bar__actions">
                {files
                    .map(|(route, word)| view! {
                        <button type="submit" class="button button--small" formaction=route.to_string()><Icon glyph=Glyph::Download/><span>{word}</span><span class="sr-only">" of what is selected"</span></button>
                    })
                    .collect_view()}
                <button type="submit" class="button button--primary" formaction=Route::InventorySelection.to_string()>
                    <span>"Continue"</span>
                    <Icon glyph=Glyph::ArrowRight/>
                </button>
            </div>
        </div>
    }
}
