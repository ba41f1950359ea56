//! The control API's webhooks for events of vaults.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::api::{Outcome, Problem, done, read};
use crate::keyvault::events::{SubscribeError, subscribe};
use crate::state::Tenant;

pub(super) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/event-subscriptions", get(all).post(add))
        .route("/event-subscriptions/validate", get(validate))
        .route("/event-subscriptions/{id}", delete(remove))
}

async fn all(State(tenant): State<Arc<Tenant>>) -> Response {
    axum::Json(json!(tenant.events.all())).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    vault: String,
    endpoint: String,
    #[serde(default = "real")]
    wait_factor: f64,
}

const fn real() -> f64 {
    1.0
}

async fn add(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Outcome {
    let New { vault, endpoint, wait_factor } = read(&body)?;
    // As the request reached this port.
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let validate = format!("http://{host}/event-subscriptions/validate");
    let made = subscribe(&tenant, &vault, &endpoint, wait_factor, &validate).await.map_err(|error| {
        let detail = error.to_string();
        match error {
            SubscribeError::NoVault(_) => Problem::not_found(detail),
            _ => Problem::bad_request(detail),
        }
    })?;
    Ok((StatusCode::CREATED, axum::Json(json!(made))).into_response())
}

#[derive(Deserialize)]
struct Code {
    id: Uuid,
}

/// Where the manual handshake ends.
async fn validate(State(tenant): State<Arc<Tenant>>, Query(Code { id }): Query<Code>) -> Outcome {
    if tenant.events.validate(id, tenant.now()) {
        Ok(StatusCode::OK.into_response())
    } else {
        Err(Problem::not_found("No webhook waits for that code, or not any more."))
    }
}

async fn remove(State(tenant): State<Arc<Tenant>>, Path(id): Path<Uuid>) -> Outcome {
    if tenant.events.remove(id) { Ok(done()) } else { Err(Problem::not_found(format!("There is no webhook {id}."))) }
}
