//! Server functions: what pages call from the browser, and where their forms are sent.

use super::csrf::is_own;
use super::refusal::PROBLEM_JSON;
use super::{AppState, Refusal};
use app::contract::problem::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, REFERER};
use axum::response::{IntoResponse as _, Response};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use tower_sessions::Session;
use tracing::Instrument as _;

/// A problem's JSON has a few hundred bytes.
const MAX_PROBLEM: usize = 64 * 1024;

/// Calls the server function under the request's path.
pub async fn call(State(app): State<AppState>, session: Session, mut request: Request) -> Result<Response, Refusal> {
    known(&request)?;
    let person = app.person(&session).await?;
    let context = app.context(person);
    // Forms lead back to the page that they were sent from, which must not be another site's.
    let own = app.config.origin();
    let foreign = request.headers().get(REFERER).is_some_and(|url| !url.to_str().is_ok_and(|url| is_own(url, &own)));
    if foreign {
        request.headers_mut().remove(REFERER);
    }
    // In a task of its own: a push that is half done goes on when the browser goes away.
    if app.at_work.is_closed() {
        return Err(stopping().into());
    }
    let work = async move { leptos_axum::handle_server_fns_with_context(context, request).await.into_response() };
    let answer = app.at_work.spawn(work.in_current_span()).await.map_err(|error| {
        tracing::error!(%error, "a server function failed");
        Problem::new(500, "internal", "Something failed on the server", "The request could not be carried out.")
            .advice("Look at the app and at the audit log before you try again.")
    })?;
    Ok(with_fitting_status(answer).await)
}

fn known(request: &Request) -> Result<(), Problem> {
    let path = request.uri().path();
    let methods: Vec<_> = leptos::server_fn::axum::server_fn_paths()
        .filter(|(known, _)| *known == path)
        .map(|(_, method)| method)
        .collect();
    if methods.is_empty() {
        return Err(Problem::new(
            404,
            "no-such-function",
            "There is nothing at this address",
            "The portal has no function of this name.",
        )
        .advice("Go to the overview. If a page led you here, load that page again."));
    }
    if !methods.contains(request.method()) {
        return Err(super::method_not_allowed());
    }
    Ok(())
}

fn stopping() -> Problem {
    Problem::new(503, "stopping", "The portal is being stopped", "It takes no new work. Nothing was changed.")
        .advice("Try again in a minute.")
}

/// Leptos answers every error with 500; a [`Problem`] knows better.
async fn with_fitting_status(answer: Response) -> Response {
    if answer.status() != StatusCode::INTERNAL_SERVER_ERROR || !answer.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, MAX_PROBLEM).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    if let Ok(problem) = serde_json::from_slice::<Problem>(&body) {
        parts.status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        parts.headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        parts.headers.remove(CONTENT_LENGTH);
    }
    Response::from_parts(parts, Body::from(body))
}
