//! Sign-in and the token endpoint, as at login.microsoftonline.com.

mod admin_consent;
pub(crate) mod assertion;
pub(crate) mod authorize;
pub(crate) mod client;
pub(crate) mod client_auth;
mod consent;
pub(crate) mod device;
pub(crate) mod discovery;
pub(crate) mod error;
mod error_page;
pub(crate) mod federation;
pub(crate) mod grants;
pub(crate) mod logout;
mod memberships;
pub(crate) mod page;
pub(crate) mod picker;
pub(crate) mod scope;
pub(crate) mod session;
mod sign_in_log;
pub(crate) mod strangers;
pub(crate) mod token;
pub(crate) mod tokens;
pub(crate) mod userinfo;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::{get, post};
use uuid::Uuid;

use crate::cors;
use crate::state::Tenant;
use crate::store::TenantProfile;
use error::EntraError;

pub(crate) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery::v2))
        .route("/{tenant}/.well-known/openid-configuration", get(discovery::v1))
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys))
        .route("/{tenant}/discovery/keys", get(discovery::keys))
        .route("/{tenant}/discovery/instance", get(discovery::instance))
        .route("/{tenant}/oauth2/v2.0/authorize", get(authorize::from_query).post(authorize::from_form))
        .route("/{tenant}/oauth2/v2.0/token", post(token::v2).fallback(only_post))
        .route("/{tenant}/oauth2/token", post(token::v1).fallback(only_post))
        .route("/{tenant}/oauth2/v2.0/devicecode", post(device::begin).fallback(only_post))
        .route("/{tenant}/oauth2/devicecode", post(device::begin_v1).fallback(only_post))
        .route("/{tenant}/adminconsent", get(admin_consent::ask::<false>).post(admin_consent::answer::<false>))
        .route("/{tenant}/v2.0/adminconsent", get(admin_consent::ask::<true>).post(admin_consent::answer::<true>))
        .route("/devicelogin", get(device::ask).post(device::enter))
        .route("/error", get(error_page::handle))
        .route("/{tenant}/oauth2/v2.0/logout", get(logout::handle).post(logout::handle))
        .layer(axum::middleware::from_fn(cors::allow))
}

/// At Graph's host, as Microsoft has it.
pub(crate) fn userinfo_routes() -> Router<Arc<Tenant>> {
    Router::new().route("/oidc/userinfo", get(userinfo::handle).post(userinfo::handle))
}

/// Another method at an endpoint that takes POST.
async fn only_post(State(tenant): State<Arc<Tenant>>, method: Method, headers: HeaderMap) -> Response {
    let text = format!("The endpoint only accepts POST requests. Received a {method} request.");
    let error = EntraError::new(900_561, "invalid_request", text);
    error.json(&tenant.names.base, tenant.now(), correlation(&headers, &Parameters::default()))
}

/// How a URL names the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authority {
    /// By GUID or domain.
    Tenant,
    /// `common` or `organizations`: whichever tenant the person belongs to.
    AnyOrganization,
}

/// Whose URL this is; AADSTS90002 when it is nobody's.
pub(crate) fn authority(name: &str, profile: &TenantProfile) -> Result<Authority, EntraError> {
    if name.eq_ignore_ascii_case("common") || name.eq_ignore_ascii_case("organizations") {
        return Ok(Authority::AnyOrganization);
    }
    profile.is_named(name).then_some(Authority::Tenant).ok_or_else(|| EntraError::tenant_not_found(name))
}

/// The correlation id that a client asked for, in a header or a parameter; else a new one.
pub(crate) fn correlation(headers: &HeaderMap, parameters: &Parameters) -> Uuid {
    headers
        .get("client-request-id")
        .and_then(|value| value.to_str().ok())
        .or_else(|| parameters.get("client-request-id"))
        .and_then(|text| Uuid::parse_str(text.trim()).ok())
        .unwrap_or_else(Uuid::new_v4)
}

/// Form or query parameters; of a repeated one the first counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters(HashMap<String, String>);

impl Parameters {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        let mut all = HashMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            all.entry(name.into_owned()).or_insert_with(|| value.into_owned());
        }
        Self(all)
    }

    /// The value, unless it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value, or AADSTS900144.
    pub(crate) fn require(&self, name: &'static str) -> Result<&str, EntraError> {
        self.get(name).ok_or_else(|| EntraError::missing_parameter(name))
    }
}
