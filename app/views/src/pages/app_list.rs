//! The list of apps, as the apps page and the chooser share it: its query in the URL, its data, its cells.

use crate::components::validity_pill::ValidityPill;
use crate::data::apps::{AppQuery, AppRow, Scope};
use crate::data::paging::Page;
use crate::prelude::*;
use crate::query::Query;
use serde::{Deserialize, Serialize};

/// What was asked for, and what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppList {
    pub query: AppQuery,
    pub page: Page<AppRow>,
}

/// What the URL asks for; without a scope, `default` counts.
pub fn wanted(query: &Query, default: Scope) -> AppQuery {
    let scope = match query.get("scope") {
        Some("mine") => Scope::Mine,
        Some("all") => Scope::All,
        _ => default,
    };
    AppQuery { scope, search: query.text("q"), page: query.page(), descending: query.get("sort") == Some("desc") }
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
        Some(validity) => view! { <ValidityPill validity start=None end=row.next_end/> }.into_html(),
        None => view! { <span class="secondary">"No certificate"</span> }.into_html(),
    }
}
