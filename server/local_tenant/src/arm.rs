//! Azure Resource Manager, as far as a login asks it: where a cloud's other services are, and a tenant without
//! subscriptions.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::bearer::{bearer, in_force};
use crate::state::Tenant;

const RESOURCES: [&str; 2] = ["https://management.azure.com", "https://management.core.windows.net"];

pub(crate) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/subscriptions", get(subscriptions))
        .route("/tenants", get(tenants))
        .route("/metadata/endpoints", get(endpoints))
}

/// `GET /metadata/endpoints`: a cloud of this tenant alone. azure-cli asks it in `az cloud register`; which members it
/// wants is in its own source (`azure/cli/core/cloud.py`).
async fn endpoints(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let names = &tenant.names;
    let (login, graph, manager) = (names.login(), format!("{}/", names.graph()), names.resource_manager());
    let domain = |name: &str| names.vault_domain().replacen("vault", name, 1);
    Json(json!({
        "name": names.cloud.map_or("LocalTenant", |cloud| cloud.name),
        "authentication": {
            "loginEndpoint": login, "audiences": [RESOURCES[1], RESOURCES[0]], "tenant": tenant.profile.id,
            "identityProvider": "AAD",
        },
        "resourceManager": manager, "graphAudience": graph, "microsoftGraphResourceId": graph,
        "portal": manager, "gallery": manager, "batch": manager, "media": manager, "sqlManagement": manager,
        "suffixes": {
            "keyVaultDns": names.vault_domain(), "storage": domain("storage"), "sqlServerHostname": domain("database"),
        },
    }))
}

/// `GET /subscriptions`: none.
async fn subscriptions(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    answer(&tenant, &headers, json!({"value": [], "count": {"type": "Total", "value": 0}}))
}

/// `GET /tenants`: this one.
async fn tenants(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    let profile = &tenant.profile;
    let this = json!({
        "id": format!("/tenants/{}", profile.id), "tenantId": profile.id, "countryCode": "SE",
        "displayName": profile.display_name, "domains": [profile.domain], "tenantCategory": "Home",
        "defaultDomain": profile.domain, "tenantType": "AAD",
    });
    answer(&tenant, &headers, json!({"value": [this]}))
}

fn answer(tenant: &Tenant, headers: &HeaderMap, body: Value) -> Response {
    let claims = bearer(headers).and_then(|token| tenant.signing.open(token));
    let good = claims.is_some_and(|claims| {
        let audience = claims["aud"].as_str().unwrap_or_default().trim_end_matches('/');
        tenant.everywhere.iter().any(|names| names.is_management(audience)) && in_force(&claims, tenant.now())
    });
    if good {
        return Json(body).into_response();
    }
    let error = json!({"error": {
        "code": "AuthenticationFailed",
        "message": "Authentication failed. The 'Authorization' header is missing or the access token is invalid.",
    }});
    (StatusCode::UNAUTHORIZED, Json(error)).into_response()
}
