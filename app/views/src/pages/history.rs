//! The states of an app's keyCredentials that were seen: any two beside each other, and the way back.

mod comparison;
mod states;

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::page::Heading;
use crate::components::pager::Pager;
use crate::data::history::{StateComparison, StateRow};
use crate::data::paging;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use crate::viewer::Viewer;
use comparison::Comparison;
use domain::ids::ObjectId;
use states::States;

/// The kept states of one app.
pub struct History {
    pub app: ObjectId,
    /// Of the app.
    pub name: String,
    pub states: paging::Page<StateRow>,
    /// Of two states that were chosen.
    pub comparison: Option<StateComparison>,
    /// The newer of the two is a kept state, rather than the app as it is now.
    pub newer_is_kept: bool,
}

pub fn page(viewer: Viewer, history: History) -> Page {
    let title = format!("History of {}", history.name);
    Page::new(title, move || view! { <HistoryOf viewer history/> })
}

#[component]
fn HistoryOf(viewer: Viewer, history: History) -> impl IntoView {
    let History { app, name, states, comparison, newer_is_kept } = history;
    let may_push = viewer.may_push();
    let paging::Page { items, page, has_next, total } = states;
    let shown = items.len();
    // Of a pair that was chosen on other pages, both stay in view.
    let pair = comparison.iter().flat_map(|it| [it.older.clone(), it.newer.clone()]).collect::<Vec<_>>();
    let older = comparison.as_ref().map(|it| it.older.id);
    let newer = comparison.as_ref().filter(|_| newer_is_kept).map(|it| it.newer.id);
    let to = {
        let path = Route::History(app).to_string();
        let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        let (older, newer) = (id(older), id(newer));
        move |page: u32| {
            let page = page.to_string();
            href(&path, [("older", older.as_str()), ("newer", newer.as_str()), ("page", page.as_str())])
        }
    };
    view! {
        <Breadcrumbs
            trail=vec![("Apps".to_owned(), Route::Apps.to_string()), (name.clone(), Route::App(app).to_string())]
            here="History"
        />
        <Heading
            title=format!("History of {name}")
            lead="Every state of its keyCredentials that was seen here: when the app was opened, and around each push. Certificates are public; no secret is kept."
        />
        {comparison.map(|comparison| view! { <Comparison comparison to_now=!newer_is_kept may_push/> })}
        <States app states=items pair older newer/>
        {(page > 1 || has_next).then(|| view! { <Pager page shown total has_next link=to/> })}
    }
}
