//! OpenID Connect discovery, the key set, and instance discovery.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::{Authority, Parameters, authority, correlation};
use crate::microsoft::clouds::CLOUDS;
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
    let (names, base) = (&tenant.names, &tenant.names.base);
    let (segment, issuer_tenant) = match authority(name, &profile) {
        Ok(Authority::Tenant) => (profile.id.to_string(), profile.id.to_string()),
        // Entra answers with a literal placeholder, since the tenant is not known yet.
        Ok(Authority::AnyOrganization) => (name.to_owned(), "{tenantid}".to_owned()),
        Err(error) => {
            return error.of_discovery().json(base, tenant.now(), correlation(headers, &Parameters::default()));
        }
    };
    let oauth = if version.is_empty() { "oauth2" } else { "oauth2/v2.0" };
    let keys = if version.is_empty() { "discovery/keys" } else { "discovery/v2.0/keys" };
    let issuer = if version.is_empty() {
        format!("{}/{issuer_tenant}/", names.sts())
    } else {
        format!("{base}/{issuer_tenant}/v2.0")
    };
    Json(json!({
        "token_endpoint": format!("{base}/{segment}/{oauth}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/{segment}/{keys}"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{}/oidc/userinfo", names.graph()),
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
        "cloud_instance_name": names.cloud.map_or("microsoftonline.com", |cloud| cloud.instance),
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": names.graph().split_once("://").map_or("", |(_, host)| host),
        "rbac_url": "https://pas.windows.net",
    }))
    .into_response()
}

/// `/{tenant}/discovery/v2.0/keys`
pub(crate) async fn keys(State(tenant): State<Arc<Tenant>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let profile = tenant.read().profile.clone();
    match authority(&name, &profile) {
        Ok(_) => Json(tenant.signing.jwks(&tenant.issuer(profile.id))).into_response(),
        Err(error) => {
            error.of_discovery().json(&tenant.names.base, tenant.now(), correlation(&headers, &Parameters::default()))
        }
    }
}

/// `/common/discovery/instance`: which hosts are one cloud. Under a name of its own the tenant's host is alone; under
/// Microsoft's it says of all clouds what MSAL has built in.
pub(crate) async fn instance(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let one = |network: &str, cache: &str, aliases: &[&str]| json!({"preferred_network": network, "preferred_cache": cache, "aliases": aliases});
    let host = tenant.names.host();
    let (metadata, name) = if tenant.names.cloud.is_some() {
        let all = CLOUDS.iter().map(|cloud| one(cloud.logins[0], cloud.preferred_cache, cloud.logins));
        (all.collect(), "common".to_owned())
    } else {
        (vec![one(host, host, &[host])], tenant.read().profile.id.to_string())
    };
    Json(json!({
        "tenant_discovery_endpoint": format!("{}/{name}/v2.0/.well-known/openid-configuration", tenant.names.base),
        "api-version": "1.1",
        "metadata": metadata,
    }))
}
