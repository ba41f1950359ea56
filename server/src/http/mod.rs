//! The portal over HTTP: which request goes where, and what every answer has in common.

mod apps_csv;
mod assets;
mod at_work;
mod calendar;
mod csrf;
mod desk;
mod events;
mod headers;
mod health;
mod held;
mod inventory_files;
mod limits;
mod observe;
pub mod problems;
mod refusal;
pub(crate) mod refused;
mod sign_in;
mod state;
mod surroundings;

pub use assets::has_site;
pub use csrf::{CsrfError, check as check_csrf};
pub use desk::{RequestDesk, parts};
pub use health::Readiness;
pub use limits::Limiters;
pub use refusal::Refusal;
pub use refused::RecentRefusals;
pub use state::{AppState, Portal};

use crate::session;
use app::contract::problem::Problem;
use app::route::Address;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// More than the largest certificate file that is taken, with its form around it. Logs are larger, and are never in memory as
/// a whole.
const MAX_BODY: usize = 2 * 1024 * 1024;
/// For a page or a step of the sign-in.
const PAGE_TIMEOUT: Duration = Duration::minutes(1);
/// For a health check.
const CHECK_TIMEOUT: Duration = Duration::seconds(10);
/// For a form: a push to many apps reads each of them back until it is sure. The work goes on after it.
const API_TIMEOUT: Duration = Duration::minutes(5);

/// All of the portal.
pub fn router(app: &AppState) -> Router {
    let limits = app.limits.clone();
    let page_timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PAGE_TIMEOUT.unsigned_abs());
    let api_timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, API_TIMEOUT.unsigned_abs());

    let begin = Router::new().route(Address::SignIn.pattern(), get(sign_in::begin)).layer(limits.begin());
    let signing_in = Router::new()
        .route(Address::SignInCallback.pattern(), get(sign_in::callback))
        .route(Address::SignOut.pattern(), post(sign_in::sign_out))
        .layer(limits.sign_in())
        .layer(limits.sign_in_of_address())
        .merge(begin)
        .layer(page_timeout);
    let uploads =
        app::uploads().layer(from_fn_with_state(app.clone(), at_work::go_on)).layer(limits.upload()).layer(api_timeout);
    // Read as they come. Nothing is kept before their end, so that one that breaks off may stop where it is.
    let logs = app::logs()
        .layer(limits.upload())
        .layer(api_timeout)
        .layer(from_fn_with_state(app.clone(), surroundings::provide))
        .layer(session::layer(app.sessions.clone()));
    let forms = app::forms().layer(from_fn_with_state(app.clone(), at_work::go_on)).layer(api_timeout);
    // As heavy as an upload, and as seldom.
    let files = Router::new()
        .route(Address::AppsCsv.pattern(), get(apps_csv::download))
        .route(Address::InventoryCsv.pattern(), get(inventory_files::csv))
        .route(Address::InventoryJson.pattern(), get(inventory_files::json))
        .route(Address::InventoryXlsx.pattern(), get(inventory_files::xlsx))
        .layer(limits.upload())
        .layer(api_timeout);
    let events = Router::new().route(Address::ReceiptEvents.pattern(), get(events::receipt));
    let pages = app::pages().layer(page_timeout);

    // Programs fetch it, without a session.
    let calendar = Router::new()
        .route(Address::Calendar.pattern(), get(calendar::feed))
        .layer(limits.calendar())
        .layer(page_timeout);

    let people = Router::new()
        .merge(signing_in)
        .merge(events)
        .merge(files)
        .merge(uploads.merge(forms).merge(pages).layer(from_fn_with_state(app.clone(), surroundings::provide)))
        .layer(session::layer(app.sessions.clone()))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .merge(logs)
        .layer(from_fn_with_state(app.clone(), held::bound))
        .layer(limits.general());
    // Compressed when they were built.
    let assets = Router::new()
        .route("/favicon.ico", get(assets::favicon))
        .route("/pkg/{*file}", get(assets::serve))
        .layer(limits.assets())
        .layer(page_timeout);

    let all = Router::new()
        .merge(checks(app))
        .merge(people)
        .merge(calendar)
        .layer(CompressionLayer::new())
        .merge(assets)
        .method_not_allowed_fallback(async || Refusal::from(method_not_allowed()))
        .layer(from_fn_with_state(app.clone(), csrf::guard));
    finished(app, all)
}

/// What answers on a connection that is one too many: health checks as ever, and everybody else is told to come later.
pub fn reserve(app: &AppState) -> Router {
    finished(app, checks(app).fallback(async || held::busy()))
}

/// Whoever watches over the portal has limits of their own.
fn checks(app: &AppState) -> Router<AppState> {
    let timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, CHECK_TIMEOUT.unsigned_abs());
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .layer(app.limits.health())
        .layer(timeout)
}

/// With what every answer has in common.
fn finished(app: &AppState, routes: Router<AppState>) -> Router {
    let routes = routes
        .layer(from_fn_with_state(app.clone(), refusal::render))
        .layer(from_fn_with_state(app.clone(), headers::add));
    observe::layer(routes).with_state(app.clone())
}

fn method_not_allowed() -> Problem {
    Problem::new(405, "method", "That is not how this address is used", "It does not answer requests of this kind.")
        .advice("Go back, and use the button on the page.")
}
