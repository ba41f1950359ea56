//! The states of an app's keyCredentials that were seen: any two beside each other, and the way back.

mod comparison;
mod states;

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::page::{Heading, no_such_page, signed_in, use_param};
use crate::components::pager::Pager;
use crate::data::history::{StateComparison, StateRow};
use crate::data::paging::Page;
use crate::data::{apps, history};
use crate::query::{href, use_query};
use crate::route::Route;
use comparison::Comparison;
use domain::ids::ObjectId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use states::States;

/// What the URL asks for. `newer`: empty for the app as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Wanted {
    page: u32,
    older: String,
    newer: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct History {
    app: ObjectId,
    name: String,
    wanted: Wanted,
    states: Page<StateRow>,
    comparison: Option<StateComparison>,
}

#[component]
pub fn HistoryPage() -> impl IntoView {
    let id = use_param::<ObjectId>("id");
    let query = use_query();
    let wanted = Memo::new(move |_| {
        let query = query.read();
        Wanted { page: query.page(), older: query.text("older"), newer: query.text("newer") }
    });
    let history = Resource::new_blocking(
        move || (id.get(), wanted.get()),
        |(id, wanted)| async move {
            let app = id.ok_or_else(no_such_page)?;
            // The comparison with the app as it is now may add a state: it comes first.
            let comparison = if wanted.older.is_empty() {
                None
            } else {
                Some(history::compare_states(app.to_string(), wanted.older.clone(), wanted.newer.clone()).await?)
            };
            let states = history::states(app.to_string(), wanted.page).await?;
            let name = match &comparison {
                Some(comparison) => comparison.display_name.clone(),
                None => apps::app_names(app.to_string())
                    .await?
                    .into_iter()
                    .next()
                    .map_or_else(|| app.to_string(), |(_, name)| name),
            };
            Ok(History { app, name, wanted, states, comparison })
        },
    );
    signed_in(history, |viewer, history| {
        let History { app, name, wanted, states, comparison } = history;
        let may_push = viewer.may_push();
        let (page, shown, total, has_next) = (states.page, states.items.len(), states.total, states.has_next);
        let to = {
            let (path, wanted) = (Route::History(app).to_string(), wanted.clone());
            move |page: u32| {
                let page = page.to_string();
                href(
                    &path,
                    [("older", wanted.older.as_str()), ("newer", wanted.newer.as_str()), ("page", page.as_str())],
                )
            }
        };
        // Of a pair that was chosen on other pages, both stay in view.
        let pair = comparison.iter().flat_map(|it| [it.older.clone(), it.newer.clone()]).collect::<Vec<_>>();
        view! {
            <Breadcrumbs
                trail=vec![("Apps".to_owned(), Route::Apps.to_string()), (name.clone(), Route::App(app).to_string())]
                here="History"
            />
            <Heading
                title=format!("History of {name}")
                lead="Every state of its keyCredentials that was seen here: when the app was opened, and around each push. Certificates are public; no secret is kept."
            />
            {comparison.map(|comparison| view! { <Comparison comparison to_now=wanted.newer.is_empty() may_push/> })}
            <States app states=states.items pair older=wanted.older newer=wanted.newer/>
            {(page > 1 || has_next).then(|| view! { <Pager page shown total has_next link=to/> })}
        }
    })
}
