//! The list of apps, as the apps page and the chooser share it: its query in the URL, its data, its cells.

use crate::components::page::use_viewer;
use crate::components::validity_pill::ValidityPill;
use crate::contract::apps;
use crate::contract::apps::{AppQuery, AppRow, Scope};
use crate::contract::paging::Page;
use crate::contract::problem::Problem;
use crate::query::Query;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What was asked for, and what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppList {
    pub query: AppQuery,
    pub page: Page<AppRow>,
}

/// The query as the URL has it; without a scope the viewer's own default counts.
pub type Wanted = (Option<Scope>, String, u32, bool);

pub fn wanted(query: &Query) -> Wanted {
    let scope = match query.get("scope") {
        Some("mine") => Some(Scope::Mine),
        Some("all") => Some(Scope::All),
        _ => None,
    };
    (scope, query.text("q"), query.page(), query.get("sort") == Some("desc"))
}

/// Asks for the list. Call it inside a resource's fetcher, with the viewer from [`use_viewer`].
pub async fn load(
    viewer: Resource<Result<Option<crate::contract::people::Viewer>, Problem>>,
    (scope, search, page, descending): Wanted,
) -> Result<AppList, Problem> {
    let viewer = viewer.await?.ok_or_else(Problem::signed_out)?;
    let query = AppQuery { scope: scope.unwrap_or(viewer.default_scope()), search, page, descending };
    let page = apps::apps(query.clone()).await?;
    Ok(AppList { query, page })
}

/// The list that the current URL asks for.
pub fn use_app_list() -> Resource<Result<AppList, Problem>> {
    let query = crate::query::use_query();
    let viewer = use_viewer();
    let wanted = Memo::new(move |_| wanted(&query.read()));
    Resource::new_blocking(move || wanted.get(), move |wanted| load(viewer, wanted))
}

pub fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Mine => "mine",
        Scope::All => "all",
    }
}

/// `3`, and a dash for none.
pub fn count(of: u32) -> String {
    if of == 0 { "—".into() } else { of.to_string() }
}

/// Of the cell around [`count`]: where rows are stacked, nothing is not worth a line.
pub fn number(of: u32) -> &'static str {
    if of == 0 { "number number--none" } else { "number" }
}

/// When the next certificate of an app ends.
#[component]
pub fn NextEnd(row: AppRow) -> impl IntoView {
    match row.validity {
        Some(validity) => view! { <ValidityPill validity start=None end=row.next_end/> }.into_any(),
        None => view! { <span class="secondary">"No certificate"</span> }.into_any(),
    }
}
