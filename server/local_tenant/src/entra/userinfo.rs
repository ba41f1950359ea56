//! OpenID Connect's UserInfo endpoint, at Graph's host as Microsoft has it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::tokens::subject;
use crate::graph::auth::{Caller, authenticate};
use crate::state::Tenant;

pub(crate) async fn handle(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    let Ok(Caller::Person { id, client, .. }) = authenticate(&tenant, &headers) else {
        return (StatusCode::UNAUTHORIZED, [("www-authenticate", "Bearer error=\"invalid_token\"")]).into_response();
    };
    let directory = tenant.read();
    let Some(person) = directory.person(id) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    Json(json!({
        "sub": subject(id, client),
        "name": person.display_name,
        "given_name": person.given_name,
        "family_name": person.surname,
        "picture": format!("{}/v1.0/me/photo/$value", tenant.names.graph()),
    }))
    .into_response()
}
