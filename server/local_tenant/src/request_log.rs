//! What was asked of the tenant: tests look here whether a write was sent at all.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::control::delivery::is_lost;
use crate::graph::auth::authenticate;
use crate::keyvault;
use crate::state::Tenant;

/// Requests kept; the oldest go first.
const CAPACITY: usize = 10_000;

/// One request that the tenant has answered. Bodies and credentials are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRequest {
    /// `GET`, `PATCH` and so on.
    pub method: String,
    /// Path with query, undecoded, as the client sent it; a vault's begins with `/_vault/{vault}`, however it was named.
    pub path: String,
    /// HTTP status of the answer; 0 when a fault was ordered that loses it.
    pub status: u16,
    /// By the tenant's clock, when the request came in.
    pub at: OffsetDateTime,
    /// Object id of the person, or of the application's service principal, whose valid bearer token it carried.
    pub authenticated_as: Option<Uuid>,
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<VecDeque<LoggedRequest>>);

impl RequestLog {
    fn push(&self, request: LoggedRequest) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == CAPACITY {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Oldest first.
    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Middleware: notes every request once it is answered.
pub(crate) async fn record(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let at = tenant.now();
    let method = request.method().to_string();
    let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let authenticated_as = authenticate(&tenant, request.headers())
        .map(|caller| caller.id())
        .or_else(|_| keyvault::auth::authenticate(&tenant, request.headers()).map(|caller| caller.id))
        .ok();
    let response = next.run(request).await;
    let status = if is_lost(&response) { 0 } else { response.status().as_u16() };
    tracing::debug!(method, path, status, "answered");
    tenant.log.push(LoggedRequest { method, path, status, at, authenticated_as });
    response
}
