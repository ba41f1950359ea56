//! What is served at a name, and what comes before and after every request there.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::control::intercept::intercept;
use crate::microsoft::clouds::Service;
use crate::request_log::record;
use crate::state::Tenant;
use crate::{arm, entra, graph, keyvault, not_simulated};

/// What is served at one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All services together, at an address of the tenant's own.
    All,
    /// One service, at one of Microsoft's hosts.
    One(Service),
}

/// The routes of a part, and all that comes before and after them.
pub(crate) fn service(tenant: Arc<Tenant>, part: Part) -> Router {
    let own = match part {
        Part::All => Router::new()
            .merge(entra::routes())
            .merge(graph::routes())
            .merge(entra::userinfo_routes())
            .merge(keyvault::routes())
            .merge(arm::routes()),
        Part::One(Service::SignIn) => entra::routes(),
        Part::One(Service::Graph) => graph::routes().merge(entra::userinfo_routes()),
        Part::One(Service::KeyVault) => keyvault::routes(),
        Part::One(Service::ResourceManager) => arm::routes(),
    };
    let fallback = move |State(tenant): State<Arc<Tenant>>, request: Request| async move {
        no_such_path(&tenant, part, request.method(), request.uri())
    };
    let suffix = tenant.names.vault_suffix();
    let routes = own
        .fallback(fallback)
        .layer(axum::middleware::from_fn_with_state(tenant.clone(), intercept))
        .layer(axum::middleware::from_fn_with_state(tenant.clone(), keep))
        .layer(axum::middleware::from_fn_with_state(tenant.clone(), record))
        .with_state(tenant);
    // A vault's host decides on the path, so this comes before a route is chosen.
    Router::new().fallback_service(routes).layer(axum::middleware::from_fn_with_state(suffix, keyvault::by_host))
}

/// At an address of the tenant's own such a path may as well be a slip; at a host of Microsoft's there would be something.
fn no_such_path(tenant: &Tenant, part: Part, method: &Method, uri: &Uri) -> Response {
    let what = format!("{method} {}{}", if part == Part::All { "" } else { tenant.names.host() }, uri.path());
    tenant.not_simulated.note(method.as_str(), uri.path(), tenant.now());
    let message = not_simulated::message(&what);
    let (status, body) = match part {
        Part::All => (StatusCode::NOT_FOUND, json!({"error": {"code": not_simulated::CODE, "message": message}})),
        Part::One(Service::SignIn) => {
            (StatusCode::NOT_IMPLEMENTED, json!({"error": "not_simulated", "error_description": message}))
        }
        Part::One(_) => {
            (StatusCode::NOT_IMPLEMENTED, json!({"error": {"code": not_simulated::CODE, "message": message}}))
        }
    };
    let mut response = (status, axum::Json(body)).into_response();
    not_simulated::mark(response.headers_mut(), &what);
    response
}

/// Middleware: what a request has changed is in the state file before the request is answered.
pub(crate) async fn keep(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if tenant.state_file.is_none() {
        return response;
    }
    // In a task of its own: a client that hangs up ends the request, and must not end this halfway.
    let saving = tokio::spawn(async move { tenant.save().await });
    let failure = match saving.await {
        Ok(Ok(())) => return response,
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    tracing::error!(error = failure, "the state file cannot be written");
    (StatusCode::INTERNAL_SERVER_ERROR, format!("The state file cannot be written: {failure}")).into_response()
}
