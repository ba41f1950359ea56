//! Refusals outside the pages: a page for people, `application/problem+json` (RFC 9457) for everything else.

use super::{AppState, assets};
use app::contract::problem::Problem;
use app::document;
use app::route::Route;
use app::visit::{SHELL_HEADER, came_from, theme};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use views::components::notices::piece;
use views::page::Page;
use views::scene::Scene;

pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A [`Problem`] as an answer. [`render`] gives it the form that the request asks for.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub problem: Problem,
    /// Signing in again is what helps: the page offers it.
    about_sign_in: bool,
}

impl Refusal {
    pub(crate) fn about_sign_in(problem: Problem) -> Self {
        Self { problem, about_sign_in: true }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, about_sign_in: false }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A browser that opens a page or sends a form, rather than a script or another program.
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Gives refusals their body, and those of libraries, which answer in plain text, too.
pub async fn render(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    let response = next.run(request).await;
    let refusal = response.extensions().get::<Refusal>().cloned().or_else(|| of_library(&response));
    match refusal {
        Some(refusal) => with_body(&app, response, &refusal, asked),
        None => response,
    }
}

/// What tower-http answers by itself.
fn of_library(response: &Response) -> Option<Refusal> {
    let problem = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            413,
            "too-large",
            "That is too much at once",
            "The portal takes up to 2 MiB; a certificate has a few kilobytes.",
        )
        .advice("Choose the certificate's own file."),
        StatusCode::GATEWAY_TIMEOUT => Problem::new(
            504,
            "timeout",
            "That took too long",
            "The portal stopped waiting. What was under way may still finish.",
        )
        .advice("Look at the app and at the audit log before you try again."),
        _ => return None,
    };
    Some(problem.into())
}

fn with_body(app: &AppState, response: Response, refusal: &Refusal, asked: HeaderMap) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let body = if wants_html(&asked) {
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        // Within the page that the shell has sent a form from, a page has no place.
        if asked.contains_key(SHELL_HEADER) { in_page(app, refusal, &asked) } else { page(app, refusal, &asked) }
    } else {
        parts.headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        serde_json::to_string(&refusal.problem).unwrap_or_default()
    };
    Response::from_parts(parts, Body::from(body))
}

/// Beside the button.
fn in_page(app: &AppState, refusal: &Refusal, asked: &HeaderMap) -> String {
    let from = came_from(asked, &app.config.origin());
    piece(scene(app, asked, from.unwrap_or_else(|| Route::Home.to_string())), refusal.problem.clone())
}

fn scene(app: &AppState, asked: &HeaderMap, here: String) -> Scene {
    Scene { now: app.clock.now(), here, viewer: None, theme: theme(asked), authority: None, waiting: 0, refusal: None }
}

/// In the style of the portal's pages, without any script. `asked`: the request's headers, for the theme's cookie.
fn page(app: &AppState, refusal: &Refusal, asked: &HeaderMap) -> String {
    let Refusal { problem, about_sign_in } = refusal.clone();
    let scene = scene(app, asked, Route::Home.to_string());
    document::html(Page::refusal(problem, about_sign_in), scene, assets::files(), None)
}
