//! Which page each address shows: what it asks of the desk, and the view that it hands the answers to.

mod app;
mod apps;
mod audit;
mod certificate;
mod charts;
mod choosable;
mod choose_apps;
mod copy;
mod history;
mod home;
mod inventory;
mod last_use;
mod notices;
mod object;
mod own_notices;
mod plan;
mod proof;
pub(crate) mod receipt;
mod receipt_of_app;
mod request;
mod requests;
mod retirements;
mod rules;
mod runbook;
mod search;
mod secret;
mod selection;
mod sessions;
mod table;
mod teams;
mod upload;
mod vaults;

use crate::document;
use crate::forms::problem_json;
use crate::visit::{Refused, Representation, Shown, Unshown, Visit};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::credentials::Subject;
use views::data::problem::Problem;
use views::page::Page;
use views::route::Route;
use views::scene::Scene;

/// `GET`: the page at the request's path.
pub async fn show(visit: Visit) -> Response {
    let path = visit.here.split_once('?').map_or(visit.here.as_str(), |(path, _)| path);
    let route = Route::parse(path);
    let shown = match route {
        Some(route) => match page(route, &visit).await {
            // Once: a page changes nothing.
            Err(why) if why.is_refused_by_graph() && visit.desk.renew().await => page(route, &visit).await,
            shown => shown,
        },
        None => Err(no_such_page().into()),
    };
    if let (Some(Route::App(id)), Err(Unshown::Problem(problem))) = (route, &shown)
        && problem.status == 404
        && let Ok(member) = visit.member().await
        && let Some(elsewhere) = app::by_client_id(&member, id).await
    {
        return Redirect::to(&elsewhere.to_string()).into_response();
    }
    match shown {
        Ok(page) => answer(&visit, page).await,
        Err(why) => unshown(&visit, why).await,
    }
}

/// Why something is not shown, in the form that the asking program can show.
pub(crate) async fn unshown(visit: &Visit, why: Unshown) -> Response {
    let problem = why.to_problem();
    match visit.wanted {
        Representation::Data => problem_json(&problem),
        Representation::Page | Representation::Piece => Refused::note(answer(visit, why.into()).await, &problem),
    }
}

/// A page as an answer to this request, with what was refused before it.
async fn answer(visit: &Visit, page: Page) -> Response {
    let viewer = visit.desk.viewer().await.ok().flatten();
    let refusal = if viewer.is_some() { visit.refusals.take().await } else { None };
    // The page is there also where it cannot be counted.
    let waiting = if viewer.is_some() { visit.desk.requests_waiting().await.unwrap_or_default() } else { 0 };
    let scene = Scene { waiting, ..visit.scene(viewer, visit.here.clone(), refusal) };
    document::answer(page, scene, visit.files, &visit.nonce)
}

async fn page(route: Route, visit: &Visit) -> Shown {
    match route {
        Route::Home => home::page(visit).await,
        Route::Apps => apps::page(&visit.member().await?).await,
        Route::Inventory => inventory::page(&visit.member().await?).await,
        Route::InventoryCharts => charts::page(&visit.member().await?).await,
        Route::LastUse => last_use::page(&visit.member().await?).await,
        Route::InventorySelection => selection::page(&visit.member().await?).await,
        Route::InventoryObject(kind, id) => object::page(&visit.member().await?, Subject { kind, id }).await,
        Route::Audit => audit::page(&visit.member().await?).await,
        Route::Search => search::page(&visit.member().await?).await,
        Route::Rules => rules::page(&visit.member().await?).await,
        Route::Teams => teams::page(&visit.member().await?).await,
        Route::Notices => notices::page(&visit.member().await?).await,
        Route::OwnNotices => own_notices::page(&visit.member().await?).await,
        Route::Vaults => vaults::page(&visit.member().await?).await,
        Route::Requests => requests::page(&visit.member().await?).await,
        Route::Request(id) => request::page(&visit.member().await?, id).await,
        Route::Retirements => retirements::page(&visit.member().await?).await,
        Route::Certificate(sha256) => certificate::page(&visit.member().await?, sha256).await,
        Route::App(id) => app::page(&visit.member().await?, id).await,
        Route::Secret(app, key) => secret::page(&visit.member().await?, app, key).await,
        Route::History(id) => history::page(&visit.member().await?, id).await,
        Route::Runbook => Ok(runbook::index()),
        Route::RunbookPage(topic) => Ok(runbook::page(topic)),
        Route::Sessions => sessions::page(&visit.member().await?).await,
        Route::Preferences => Ok(views::pages::preferences::page(visit.zone.clone())),
        Route::About => Ok(views::pages::about::page(visit.desk.viewer().await?)),
        Route::SignedOut => Ok(views::pages::signed_out::page()),
        Route::Table => table::page(&visit.member().await?),
        Route::ChooseApps(sha256) => choose_apps::page(&visit.member().await?, sha256).await,
        Route::Copy(id) => copy::page(&visit.member().await?, id).await,
        Route::Receipt(id) => receipt::page(&visit.member().await?, id).await,
        Route::AppReceipt(id, app) => receipt_of_app::page(&visit.member().await?, id, app).await,
        Route::ReceiptPrint(id) => receipt::to_print(&visit.member().await?, id).await,
        Route::Upload => upload::page(&visit.member().await?).await,
        Route::MakeCertificate => {
            let app = visit.query().text("app").parse().ok();
            Ok(views::workbenches::make::page(visit.member().await?.viewer, app))
        }
        Route::Proof(id) => proof::page(&visit.member().await?, id).await,
        Route::Doctor => Ok(views::workbenches::doctor::page()),
        Route::Plan(id) => plan::page(&visit.member().await?, id).await,
        // The server answers these.
        Route::SignIn
        | Route::SignInCallback
        | Route::SignOut
        | Route::AppsCsv
        | Route::InventoryCsv
        | Route::InventoryJson
        | Route::Calendar(_)
        | Route::InventoryXlsx
        | Route::Palette
        | Route::ReceiptFile(_)
        | Route::ReceiptEvents(_) => Err(no_such_page().into()),
    }
}

/// What stands in a path is not the name of anything.
fn no_such_page() -> Problem {
    Problem::new(404, "not-found", "There is no such page", "The address may be incomplete, or what it named is gone.")
        .advice("Check the address, or start again from the overview.")
}
