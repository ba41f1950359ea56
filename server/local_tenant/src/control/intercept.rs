//! Middleware of the main port: lets faults strike and concurrent writers write.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::delivery::Delivery;
use super::fault::{FaultKind, FaultMoment, FaultRule, take};
use super::{answer, writer};
use crate::state::Tenant;

/// Between the request log and the routes.
pub(crate) async fn intercept(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    if tenant.control.is_idle() {
        return next.run(request).await;
    }
    let method = request.method().to_string();
    let path = request.uri().path_and_query().map_or("", PathAndQuery::as_str).to_owned();
    writer::at_their_time(&tenant);
    let fault = take(&mut tenant.control.armed().faults, &method, &path);
    if let Some(rule) = &fault {
        tracing::info!(method, path, fault = ?rule.kind, when = ?rule.when, "a fault strikes");
    }
    let headers = request.headers().clone();
    match fault {
        Some(FaultRule { kind: FaultKind::Slow { milliseconds }, when: FaultMoment::Before, .. }) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            carry_out(&tenant, &method, &path, request, next).await
        }
        Some(FaultRule { kind, when: FaultMoment::Before, .. }) => in_place_of(&tenant, &path, &headers, &kind, None),
        Some(FaultRule { kind, when: FaultMoment::After, .. }) => {
            let response = carry_out(&tenant, &method, &path, request, next).await;
            in_place_of(&tenant, &path, &headers, &kind, Some(response))
        }
        None => carry_out(&tenant, &method, &path, request, next).await,
    }
}

async fn carry_out(tenant: &Arc<Tenant>, method: &str, path: &str, request: Request, next: Next) -> Response {
    let before = writer::watch(tenant);
    let response = next.run(request).await;
    writer::after(tenant, &before, method, path);
    response
}

/// What the client gets. `response` is the true answer, when the request was carried out.
fn in_place_of(
    tenant: &Tenant,
    path: &str,
    headers: &axum::http::HeaderMap,
    kind: &FaultKind,
    response: Option<Response>,
) -> Response {
    let (mut answer, delivery) = match kind {
        FaultKind::Status { status, code, message, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let wanted = answer::OrderedAnswer {
                status,
                code: code.as_deref(),
                message: message.as_deref(),
                retry_after: *retry_after,
            };
            return answer::of(tenant, path, headers, &wanted);
        }
        FaultKind::Timeout { milliseconds } => {
            let hold = Duration::from_millis(*milliseconds);
            (StatusCode::GATEWAY_TIMEOUT.into_response(), Delivery { hold, lost: true })
        }
        FaultKind::Reset => (StatusCode::BAD_GATEWAY.into_response(), Delivery { hold: Duration::ZERO, lost: true }),
        FaultKind::Slow { milliseconds } => {
            let hold = Duration::from_millis(*milliseconds);
            (response.unwrap_or_default(), Delivery { hold, lost: false })
        }
    };
    answer.extensions_mut().insert(delivery);
    answer
}
