//! What is served at a name, and what comes before and after every request there.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use tower::ServiceExt as _;

use crate::bearer::bearer;
use crate::control::intercept::intercept;
use crate::microsoft::clouds::Service;
use crate::request_log::record;
use crate::state::Tenant;
use crate::store::TenantProfile;
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
    let others = tenant.others();
    let own = if others.is_empty() { own(tenant.clone(), part) } else { of_several(&tenant, others, part) };
    let suffix = tenant.names.vault_suffix();
    let routes = own
        .layer(axum::middleware::from_fn_with_state(tenant.clone(), intercept))
        .layer(axum::middleware::from_fn_with_state(tenant.clone(), keep))
        .layer(axum::middleware::from_fn_with_state(tenant, record));
    // A vault's host decides on the path, so this comes before a route is chosen.
    Router::new().fallback_service(routes).layer(axum::middleware::from_fn_with_state(suffix, keyvault::by_host))
}

/// The routes of a part, for one tenant.
fn own(tenant: Arc<Tenant>, part: Part) -> Router {
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
        no_such_path(&tenant, part, request.method(), request.uri().path())
    };
    own.fallback(fallback).with_state(tenant)
}

/// The routes of a part, for several tenants: by the token that a request has, else by the tenant that its path begins with,
/// else the first one's.
fn of_several(tenant: &Arc<Tenant>, others: Vec<Tenant>, part: Part) -> Router {
    let all = std::iter::once(tenant.clone()).chain(others.into_iter().map(Arc::new));
    let all: Arc<Vec<(TenantProfile, Router)>> =
        Arc::new(all.map(|tenant| (tenant.profile.clone(), own(tenant, part))).collect());
    let tenant = tenant.clone();
    Router::new().fallback(move |request: Request| async move {
        let bearer = bearer(request.headers()).and_then(|token| tenant.signing.open(token));
        let named = bearer.as_ref().and_then(|claims| claims["tid"].as_str());
        let named = named.or_else(|| request.uri().path().split('/').nth(1)).unwrap_or_default();
        // Vaults are the first one's, whoever asks.
        let of_vaults = request.uri().path().starts_with("/_vault/");
        let found = all.iter().find(|(profile, _)| !of_vaults && profile.is_named(named)).or(all.first());
        match found.map(|(_, router)| router.clone()) {
            Some(router) => router.oneshot(request).await.unwrap_or_else(|never| match never {}),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

/// At an address of the tenant's own such a path may as well be a slip; at a host of Microsoft's there would be something.
pub(crate) fn no_such_path(tenant: &Tenant, part: Part, method: &Method, path: &str) -> Response {
    let what = format!("{method} {}{path}", if part == Part::All { "" } else { tenant.names.host() });
    tenant.not_simulated.note(method.as_str(), path, tenant.now());
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
