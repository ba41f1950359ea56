//! Which columns the grid has, and how much room a row takes: the person's choice, in the address.

use super::asked::{COLUMN, DENSITY};
use crate::data::inventory::{GridColumn, GridDensity, GridQuery};
use crate::prelude::*;
use crate::route::Route;

#[component]
pub(super) fn LookForm(query: GridQuery) -> impl IntoView {
    let GridQuery { view, filter, sort, columns, density, .. } = query;
    let checkboxes = view.columns().iter().map(|column| {
        let checked = columns.has(*column);
        view! {
            <label class="checkbox">
                <input type="checkbox" name=COLUMN value=column.as_str() checked=checked autocomplete="off"/>
                <span>{word(*column)}</span>
            </label>
        }
    });
    let densities = GridDensity::ALL.iter().map(|one| {
        view! {
            <label class="checkbox">
                <input type="radio" name=DENSITY value=one.as_str() checked={density == *one} autocomplete="off"/>
                <span>{room(*one)}</span>
            </label>
        }
    });
    view! {
        <details class="help" id="columns">
            <summary>"Columns and density"</summary>
            <div class="help__body">
                <form method="get" action=Route::Inventory.to_string() class="stack" data-keep="">
                    <input type="hidden" name="view" value=view.as_str()/>
                    <input type="hidden" name="q" value=filter.to_string()/>
                    <input type="hidden" name="sort" value=sort.as_str()/>
                    <fieldset class="inline-form">
                        <legend>"Columns, beside what a row is of"</legend>
                        {checkboxes.collect_view()}
                    </fieldset>
                    <fieldset class="inline-form">
                        <legend>"How much room a row takes"</legend>
                        {densities.collect_view()}
                    </fieldset>
                    <p class="secondary">"Without any column the usual ones are shown. A saved view keeps both; files have everything."</p>
                    <div><button type="submit" class="button">"Apply"</button></div>
                </form>
            </div>
        </details>
    }
}

/// The heading of a column.
pub(super) fn word(column: GridColumn) -> &'static str {
    match column {
        GridColumn::Credential => "Credential",
        GridColumn::Ends => "Ends",
        GridColumn::Begins => "Begins",
        GridColumn::KeyId => "keyId",
        GridColumn::Holds => "Holds",
        GridColumn::Owners => "Owners",
        GridColumn::NextEnd => "Next end",
        GridColumn::Needs => "Needs",
        GridColumn::FirstSeen => "First seen",
        GridColumn::Created => "Created",
        GridColumn::ClientId => "Client ID",
        GridColumn::Read => "Read",
    }
}

fn room(density: GridDensity) -> &'static str {
    match density {
        GridDensity::Comfortable => "Comfortable",
        GridDensity::Compact => "Compact",
    }
}
