//! All app registrations that the person may see.

use super::app_list::{AppList, NextEnd, count, number, scope_name};
use crate::components::empty_state::EmptyState;
use crate::components::field::{SearchField, Segmented};
use crate::components::icon::Icon;
use crate::components::page::Heading;
use crate::components::pager::Pager;
use crate::data::apps::{AppQuery, AppRow, Scope};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use crate::scene::use_viewer;

fn link(query: &AppQuery, scope: Scope, page: u32, descending: bool) -> String {
    let page = if page > 1 { page.to_string() } else { String::new() };
    href(
        &Route::Apps.to_string(),
        [
            ("scope", scope_name(scope)),
            ("q", query.search.as_str()),
            ("sort", if descending { "desc" } else { "" }),
            ("page", page.as_str()),
        ],
    )
}

/// The whole list as a table for a spreadsheet.
fn csv(query: &AppQuery) -> String {
    href(&Route::AppsCsv.to_string(), [("scope", scope_name(query.scope)), ("q", query.search.as_str())])
}

pub fn page(list: AppList) -> Page {
    Page::new(Route::Apps.title(), || view! { <Apps list/> })
}

#[component]
fn Apps(list: AppList) -> impl IntoView {
    let csv = csv(&list.query);
    let may_push = use_viewer().is_some_and(|viewer| viewer.may_push());
    view! {
        <Heading title="Apps" lead="App registrations, and when the next of their certificates ends.">
            <a class="button" href=csv download=""><Icon glyph=Glyph::Download/><span>"CSV"</span><span class="sr-only">" of all apps that this list finds"</span></a>
            <a class="button" href=Route::Teams.to_string()><Icon glyph=Glyph::Person/><span>"Teams"</span></a>
            {may_push.then(|| view! { <a class="button" href=Route::Table.to_string()><Icon glyph=Glyph::Table/><span>"Import a table"</span></a> })}
        </Heading>
        <List list/>
    }
}

#[component]
fn List(list: AppList) -> impl IntoView {
    let AppList { query, page } = list;
    let to = {
        let query = query.clone();
        move |page: u32| {
            let query = &query;
            link(query, query.scope, page, query.descending)
        }
    };
    let sort = link(&query, query.scope, 1, !query.descending);
    let shown = page.items.len();
    let search = query.search.clone();
    let nothing = query.clone();
    view! {
        <div class="toolbar">
            <form method="get" action=Route::Apps.to_string() class="toolbar__form">
                <input type="hidden" name="scope" value=scope_name(query.scope)/>
                <input type="hidden" name="sort" value=if query.descending { "desc" } else { "" }/>
                <SearchField value=search label="Search apps" placeholder="Name, client id or object id"/>
                <button type="submit" class="button">"Search"</button>
            </form>
            <Segmented
                label="Whose apps"
                options=vec![
                    ("Mine", link(&query, Scope::Mine, 1, query.descending), query.scope == Scope::Mine),
                    ("All", link(&query, Scope::All, 1, query.descending), query.scope == Scope::All),
                ]
            />
        </div>
        {if shown == 0 {
            view! { <Nothing query=nothing/> }.into_html()
        } else {
            view! {
                <div class="card card--table">
                    <table class="table table--stack table--compact table--hover">
                        <caption class="sr-only">"Apps"</caption>
                        <thead>
                            <tr>
                                <th scope="col" aria-sort=if query.descending { "descending" } else { "ascending" }>
                                    <a class=if query.descending { "sort sort--desc" } else { "sort" } href=sort>"Name"</a>
                                </th>
                                <th scope="col">"Client id"</th>
                                <th scope="col" class="number">"Certificates"</th>
                                <th scope="col" class="number">"Secrets"</th>
                                <th scope="col">"Next certificate ends"</th>
                            </tr>
                        </thead>
                        <tbody>{page.items.into_iter().map(|row| view! { <Row row/> }).collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_html()
        }}
        <Pager page=page.page shown total=page.total has_next=page.has_next link=to/>
    }
}

#[component]
fn Row(row: AppRow) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="Name"><a class="table__link" href=Route::App(row.object_id).to_string()>{row.display_name.clone()}</a></th>
            <td class="table__name" data-label="Client id"><code class="mono secondary">{row.app_id.to_string()}</code></td>
            <td data-label="Certificates" class=number(row.certificates)>{count(row.certificates)}</td>
            <td data-label="Secrets" class=number(row.secrets)>{count(row.secrets)}</td>
            <td class="table__bare" data-label="Next end"><NextEnd row/></td>
        </tr>
    }
}

/// Why the list is empty, and where to look instead.
#[component]
pub fn Nothing(query: AppQuery) -> impl IntoView {
    let all = link(&query, Scope::All, 1, query.descending);
    let without = link(&AppQuery { search: String::new(), ..query.clone() }, query.scope, 1, query.descending);
    let (title, text) = match (query.search.is_empty(), query.scope) {
        (false, Scope::Mine) => (
            format!("None of your apps matches “{}”", query.search),
            "Search all apps, or by a part of the name, the client id or the object id.",
        ),
        (false, Scope::All) => (
            format!("No app matches “{}”", query.search),
            "Search by a part of the name, or by the whole client id or object id.",
        ),
        (true, Scope::Mine) => ("You own no apps".into(), "Ask an owner to add you, or look at all apps."),
        (true, Scope::All) => ("There are no apps on this page".into(), "Go back to the first page."),
    };
    view! {
        <div class="card">
            <EmptyState glyph=Glyph::Apps title text>
                {(!query.search.is_empty()).then(|| view! { <a class="button" href=without>"Clear the search"</a> })}
                {(query.scope == Scope::Mine).then(|| view! { <a class="button" href=all>"Show all apps"</a> })}
            </EmptyState>
        </div>
    }
}
