//! Cross-origin requests (Fetch standard, CORS protocol), as sign-in and Graph answer them: to pages of any origin, which
//! have tokens of their own and no cookies here.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// What pages may read beside the plain headers.
const EXPOSED: &str = "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After, WWW-Authenticate, x-ms-resource-unit, x-ms-throttle-information, x-ms-throttle-scope, x-ms-throttle-limit-percentage, x-thumbprint-not-simulated";

/// Middleware: answers preflights, and lets pages read the other answers.
pub(crate) async fn allow(request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !headers.contains_key(header::ORIGIN) {
        return next.run(request).await;
    }
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD).filter(|_| request.method() == Method::OPTIONS);
    let mut response = match asked.cloned() {
        Some(method) => preflight(headers, method),
        None => next.run(request).await,
    };
    let out = response.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    response
}

fn preflight(headers: &HeaderMap, method: HeaderValue) -> Response {
    let mut response = StatusCode::OK.into_response();
    let out = response.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, method);
    out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    if let Some(names) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}
