//! OpenID Connect discovery, the key set, and instance discovery.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::{Authority, Parameters, authority, correlation};
use crate::state::Tenant;

/// `/{tenant}/v2.0/.well-known/openid-configuration`
pub(crate) async fn v2(State(tenant): State<Arc<Tenant>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    document(&tenant, &name, &headers, "/v2.0")
}

/// `/{tenant}/.well-known/openid-configuration`
pub(crate) async fn v1(State(tenant): State<Arc<Tenant>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    document(&tenant, &name, &headers, "")
}

fn document(tenant: &Tenant, name: &str, headers: &HeaderMap, version: &str) -> Response {
    let profile = tenant.read().profile.clone();
    let base = &tenant.base;
    let (segment, issuer_tenant) = match authority(name, &profile) {
        Ok(Authority::Tenant) => (profile.id.to_string(), profile.id.to_string()),
        // Entra answers with a literal placeholder, since the tenant is not known yet.
        Ok(Authority::AnyOrganization) => (name.to_owned(), "{tenantid}".to_owned()),
        Err(error) => return error.json(base, tenant.now(), correlation(headers, &Parameters::default())),
    };
    let oauth = if version.is_empty() { "oauth2" } else { "oauth2/v2.0" };
    let keys = if version.is_empty() { "discovery/keys" } else { "discovery/v2.0/keys" };
    let issuer = if version.is_empty() {
        format!("https://sts.windows.net/{issuer_tenant}/")
    } else {
        format!("{base}/{issuer_tenant}/v2.0")
    };
    Json(json!({
        "token_endpoint": format!("{base}/{segment}/{oauth}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/{segment}/{keys}"),
        "response_modes_supported": ["query", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{base}/oidc/userinfo"),
        // Only v2.0 has an authorization endpoint here.
        "authorization_endpoint": format!("{base}/{segment}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{base}/{segment}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{base}/{segment}/oauth2/v2.0/logout"),
        "claims_supported": ["sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name",
            "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid",
            "ver", "at_hash", "c_hash", "email"],
        "code_challenge_methods_supported": ["S256"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": base.split_once("://").map_or("", |(_, host)| host),
        "rbac_url": "https://pas.windows.net",
    }))
    .into_response()
}

/// `/{tenant}/discovery/v2.0/keys`
pub(crate) async fn keys(State(tenant): State<Arc<Tenant>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let profile = tenant.read().profile.clone();
    match authority(&name, &profile) {
        Ok(_) => Json(tenant.signing.jwks(&tenant.issuer(profile.id))).into_response(),
        Err(error) => error.json(&tenant.base, tenant.now(), correlation(&headers, &Parameters::default())),
    }
}

/// `/common/discovery/instance`: which hosts are one cloud. Here it is the tenant's own host alone.
pub(crate) async fn instance(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let host = tenant.base.split_once("://").map_or("", |(_, host)| host);
    let id = tenant.read().profile.id;
    Json(json!({
        "tenant_discovery_endpoint": format!("{}/{id}/v2.0/.well-known/openid-configuration", tenant.base),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }))
}
