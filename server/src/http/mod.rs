//! The portal over HTTP: which request goes where, and what every answer has in common.

mod api;
mod apps_csv;
mod assets;
mod csrf;
mod desk;
mod events;
mod headers;
mod health;
mod held;
mod limits;
mod observe;
mod pages;
pub mod problems;
mod refusal;
mod sign_in;
mod state;

pub use assets::has_site;
pub use csrf::{CsrfError, check as check_csrf};
pub use desk::{RequestDesk, parts};
pub use health::Readiness;
pub use limits::Limiters;
pub use refusal::Refusal;
pub use state::{AppState, Portal};

use crate::session;
use app::contract::certificates::{KeepCertificate, UploadCertificate};
use app::contract::plans::{DraftTable, Register};
use app::contract::problem::Problem;
use app::contract::vaults::ImportFromVault;
use app::route::Address;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};
use leptos::server_fn::ServerFn as _;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list};
use std::sync::OnceLock;
use time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// More than the largest certificate file that is taken, with its form around it.
const MAX_BODY: usize = 2 * 1024 * 1024;
/// For a page or a step of the sign-in.
const PAGE_TIMEOUT: Duration = Duration::minutes(1);
/// For a health check.
const CHECK_TIMEOUT: Duration = Duration::seconds(10);
/// For a server function: a push to many apps reads each of them back until it is sure. The work goes on after it.
const API_TIMEOUT: Duration = Duration::minutes(5);

/// While Leptos lists the routes, no page of the whole process gets its data: a second portal that starts in it must not
/// do that to the first one.
static ROUTES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();

/// All of the portal.
pub fn router(app: &AppState) -> Router {
    let limits = app.limits.clone();
    let routes = ROUTES.get_or_init(|| generate_route_list(app::App)).clone();
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
    let uploads = Router::new()
        .route(KeepCertificate::PATH, any(api::call))
        .route(UploadCertificate::PATH, any(api::call))
        .route(DraftTable::PATH, any(api::call))
        .route(Register::PATH, any(api::call))
        .route(ImportFromVault::PATH, any(api::call))
        .layer(limits.upload())
        .layer(api_timeout);
    let api = Router::new().route("/api/{*function}", any(api::call)).layer(api_timeout);
    // As heavy as an upload, and as seldom.
    let files = Router::new()
        .route(Address::AppsCsv.pattern(), get(apps_csv::download))
        .layer(limits.upload())
        .layer(api_timeout);
    let events = Router::new().route(Address::ReceiptEvents.pattern(), get(events::receipt));
    let pages = Router::new()
        .leptos_routes_with_handler(routes, get(pages::render))
        .fallback(pages::not_found)
        .layer(page_timeout);

    let people = Router::new()
        .merge(signing_in)
        .merge(uploads)
        .merge(api)
        .merge(events)
        .merge(files)
        .merge(pages)
        .layer(session::layer(app.sessions.clone()))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(from_fn_with_state(app.clone(), csrf::guard))
        .layer(from_fn_with_state(app.clone(), held::bound))
        .layer(limits.general());
    let files = Router::new().route("/pkg/{*file}", get(assets::serve)).layer(limits.assets()).layer(page_timeout);

    let all = Router::new()
        .merge(checks(app))
        .merge(files)
        .merge(people)
        .method_not_allowed_fallback(async || Refusal::from(method_not_allowed()));
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
        .layer(from_fn_with_state(app.clone(), headers::add))
        .layer(CompressionLayer::new().compress_when(assets::worth_compressing()));
    observe::layer(routes).with_state(app.clone())
}

fn method_not_allowed() -> Problem {
    Problem::new(405, "method", "That is not how this address is used", "It does not answer requests of this kind.")
        .advice("Go back, and use the button on the page.")
}
