//! Requests in the log: what was asked for, what came of it, how long it took. Never a query or a body: they hold codes,
//! and may hold secrets. Of the path of a calendar, which is one, its beginning alone.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Request};
use axum::middleware::map_request;
use std::time::Duration;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

/// Bytes of a caller's id, and of a path, in the log.
const LONGEST_ID: usize = 64;
const LONGEST_PATH: usize = 300;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers requests and writes one line for each.
pub fn layer<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request<Body>| {
            let id = request
                .extensions()
                .get::<RequestId>()
                .and_then(|id| id.header_value().to_str().ok())
                .unwrap_or_default();
            let theirs = request.extensions().get::<CallersId>().map(|id| tracing::field::display(&id.0));
            tracing::info_span!("request", method = %request.method(), path = logged(request.uri().path()), id, theirs)
        })
        .on_request(())
        .on_failure(())
        .on_response(|response: &axum::response::Response, latency: Duration, _: &Span| {
            let status = response.status().as_u16();
            let ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
            if status >= 500 {
                tracing::error!(status, ms, "answered");
            } else {
                tracing::info!(status, ms, "answered");
            }
        });
    router
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(trace)
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(map_request(set_aside))
}

/// What the caller calls the request: of a proxy in front, or made up.
#[derive(Debug, Clone)]
struct CallersId(String);

/// The request's number is always ours: a stranger could send somebody else's. The caller's is kept beside it.
async fn set_aside(mut request: Request<Body>) -> Request<Body> {
    if let Some(id) = request.headers_mut().remove(REQUEST_ID).and_then(|id| checked(id.to_str().ok()?)) {
        request.extensions_mut().insert(CallersId(id));
    }
    request
}

/// As ids are: letters, digits, and a few signs between them.
fn checked(id: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '=' | '/');
    (!id.is_empty() && id.len() <= LONGEST_ID && id.chars().all(fits)).then(|| id.to_owned())
}

/// What opens without a sign-in. In any case, and however many slashes a proxy left: what is no such address is no loss.
const SECRET: &str = "/calendar/";

/// A path is ASCII.
fn logged(path: &str) -> &str {
    let secret = path.to_ascii_lowercase().find(SECRET).map(|at| at + SECRET.len());
    path.get(..secret.unwrap_or(LONGEST_PATH)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_a_path_is_logged() {
        assert_eq!(logged("/apps/1"), "/apps/1");
        assert_eq!(logged("/calendar/abc/thumbprint.ics"), "/calendar/");
        assert_eq!(logged("//Calendar/abc"), "//Calendar/");
        assert_eq!(logged(&"/a".repeat(400)).len(), LONGEST_PATH);
    }

    #[test]
    fn a_callers_id_is_an_id() {
        assert_eq!(checked("4bf92f35-77b3").as_deref(), Some("4bf92f35-77b3"));
        for odd in ["", "a b", "a\"b", &"a".repeat(LONGEST_ID + 1)] {
            assert_eq!(checked(odd), None, "{odd}");
        }
    }
}
