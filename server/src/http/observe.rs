//! Requests in the log: what was asked for, what came of it, how long it took. Never a query or a body: they hold codes,
//! and may hold secrets.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Request};
use std::time::Duration;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

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
            tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
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
}
