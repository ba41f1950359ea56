//! Which page each address shows: what it asks of the desk, and the view that it hands the answers to.

mod app;
mod apps;
mod audit;
mod certificate;
mod history;
mod home;
mod plan;
mod retirements;
mod search;
mod vaults;

use crate::document;
use crate::visit::{Shown, Unshown, Visit};
use axum::response::{IntoResponse as _, Redirect, Response};
use views::data::problem::Problem;
use views::page::Page;
use views::route::Route;

/// `GET`: the page at the request's path.
pub async fn show(visit: Visit) -> Response {
    let path = visit.here.split_once('?').map_or(visit.here.as_str(), |(path, _)| path);
    let route = Route::parse(path);
    let shown = match route {
        Some(route) => page(route, &visit).await,
        None => Err(no_such_page().into()),
    };
    if let (Some(Route::App(id)), Err(Unshown::Problem(problem))) = (route, &shown)
        && problem.status == 404
        && let Ok(member) = visit.member().await
        && let Some(elsewhere) = app::by_client_id(&member, id).await
    {
        return Redirect::to(&elsewhere.to_string()).into_response();
    }
    answer(&visit, shown.unwrap_or_else(Page::from)).await
}

/// A page as an answer to this request, with what was refused before it.
async fn answer(visit: &Visit, page: Page) -> Response {
    let viewer = visit.desk.viewer().await.ok().flatten();
    let refusal = if viewer.is_some() { visit.refusals.take().await } else { None };
    let scene = visit.scene(viewer, visit.here.clone(), refusal);
    document::answer(page, scene, visit.files, &visit.nonce)
}

async fn page(route: Route, visit: &Visit) -> Shown {
    match route {
        Route::Home => home::page(visit).await,
        Route::Apps => apps::page(&visit.member().await?).await,
        Route::Audit => audit::page(&visit.member().await?).await,
        Route::Search => search::page(&visit.member().await?).await,
        Route::Vaults => vaults::page(&visit.member().await?).await,
        Route::Retirements => retirements::page(&visit.member().await?).await,
        Route::Certificate(sha256) => certificate::page(&visit.member().await?, sha256).await,
        Route::App(id) => app::page(&visit.member().await?, id).await,
        Route::History(id) => history::page(&visit.member().await?, id).await,
        Route::SignedOut => Ok(views::pages::signed_out::page()),
        Route::Plan(id) => plan::page(&visit.member().await?, id).await,
        // The server answers these.
        Route::SignIn
        | Route::SignInCallback
        | Route::SignOut
        | Route::AppsCsv
        | Route::Palette
        | Route::ReceiptEvents(_) => Err(no_such_page().into()),
        _ => Err(no_such_page().into()),
    }
}

/// What stands in a path is not the name of anything.
fn no_such_page() -> Problem {
    Problem::new(404, "not-found", "There is no such page", "The address may be incomplete, or what it named is gone.")
        .advice("Check the address, or start again from the overview.")
}

/// Of this page.
impl Unshown {
    /// Nobody is signed in.
    pub(crate) fn is_signed_out(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 401)
    }
}
