//! Azure Key Vault's data plane: certificates, the keys behind them, and signing with those.
//!
//! A vault is reached as `{vault}.vault.localhost` on the tenant's own port, which is what Microsoft's libraries want
//! (a host and nothing before the path), or below `/_vault/{vault}/…` of the tenant's address, for clients that
//! cannot resolve the name. Answers name the vault as the request did.
//!
//! A request goes: bearer token, `api-version`, path to [`path::Route`], role assignment, one operation.

pub(crate) mod auth;
pub(crate) mod certificates;
pub(crate) mod error;
pub(crate) mod events;
mod issue;
pub(crate) mod key;
mod keys;
mod own_keys;
mod paging;
mod path;
mod policy;
pub(crate) mod rbac;
mod secrets;
pub(crate) mod seed;
mod show;
mod sign;
pub(crate) mod store;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request as HttpRequest, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::entra::Parameters;
use crate::not_simulated;
use crate::state::Tenant;
use crate::store::Directory;
use auth::Caller;
use error::VaultError;
use path::Route;
use rbac::Action;
use store::Vault;

/// Path under which a vault is found without its host name.
const PREFIX: &str = "/_vault/";
// `resource` of Key Vault in the public cloud.
pub(crate) use crate::names::VAULT as RESOURCE;

/// Which `resource` the 401 challenge names. Microsoft's libraries want it to be the end of the vault's host name,
/// unless they are told not to (`verify_challenge_resource=False`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VaultChallenge {
    /// `https://vault.azure.net`, as recorded.
    #[default]
    Azure,
    /// `https://vault.localhost:1234`: libraries accept this one without being told anything.
    Local,
}

pub(crate) fn routes() -> Router<Arc<Tenant>> {
    Router::new().route("/_vault/{vault}", any(handle)).route("/_vault/{vault}/{*path}", any(handle))
}

/// Middleware in front of all routes: a request to a vault's host, `{vault}.{suffix}`, gets its path.
pub(crate) async fn by_host(State(suffix): State<&'static str>, mut request: HttpRequest, next: Next) -> Response {
    let host = request
        .uri()
        .host()
        .map(str::to_owned)
        .or_else(|| request.headers().get("host").and_then(|value| value.to_str().ok()).map(str::to_owned));
    if let Some(vault) = host.as_deref().and_then(|host| vault_of_host(host, suffix)) {
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = format!("/_vault/{vault}{path}").parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
            request.extensions_mut().insert(ByHost);
        }
    }
    next.run(request).await
}

/// Marks a request that named the vault by its host.
#[derive(Debug, Clone, Copy)]
struct ByHost;

fn vault_of_host(host: &str, suffix: &str) -> Option<String> {
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host });
    let vault = name.trim_end_matches('.').to_ascii_lowercase().strip_suffix(suffix)?.strip_suffix('.')?.to_owned();
    store::is_vault_name(&vault).then_some(vault)
}

/// One request on its way through.
struct Request<'a> {
    tenant: &'a Arc<Tenant>,
    vault: &'a str,
    /// Of the vault, as the client reaches it; without a slash at the end.
    root: String,
    api_version: &'a str,
    caller: Caller,
    query: Parameters,
    body: &'a Bytes,
    now: OffsetDateTime,
}

impl Request<'_> {
    /// The body as a JSON object.
    fn json(&self) -> Result<Map<String, Value>, VaultError> {
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(VaultError::bad_parameter("Request body is not a valid JSON object.")),
        }
    }

    /// Checks the caller's role, then reads the vault.
    fn read<T>(
        &self,
        action: Action,
        resource: &str,
        read: impl FnOnce(&Vault) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.settle();
        let directory = self.tenant.read();
        let vault = find(&directory, self.vault)?;
        rbac::check(vault, &self.caller, action, resource, directory.profile.id)?;
        read(vault)
    }

    /// Checks the caller's role, then changes the vault.
    fn write<T>(
        &self,
        action: Action,
        resource: &str,
        write: impl FnOnce(&mut Vault) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let now = self.now;
        let mut directory = self.tenant.write();
        let tenant_id = directory.profile.id;
        let vault = directory
            .vaults
            .iter_mut()
            .find(|vault| vault.name == self.vault)
            .ok_or_else(|| VaultError::no_vault(self.vault))?;
        vault.settle(now);
        rbac::check(vault, &self.caller, action, resource, tenant_id)?;
        let written = write(vault)?;
        let due = vault.next_due();
        drop(directory);
        if let Some(due) = due {
            events::publish_later(self.tenant, self.vault, due);
        }
        Ok(written)
    }

    /// Completes what has been pending long enough.
    fn settle(&self) {
        let due = |vault: &Vault| vault.name == self.vault && vault.has_due(self.now);
        if self.tenant.read().vaults.iter().any(due) {
            for vault in &mut self.tenant.write().vaults {
                vault.settle(self.now);
            }
        }
    }
}

fn find<'a>(directory: &'a Directory, name: &str) -> Result<&'a Vault, VaultError> {
    directory.vaults.iter().find(|vault| vault.name == name).ok_or_else(|| VaultError::no_vault(name))
}

/// What an operation says.
struct VaultAnswer {
    status: StatusCode,
    body: Option<Value>,
    location: Option<String>,
    /// Seconds; the service sends 0 while a certificate is made.
    retry_after: Option<u64>,
}

impl VaultAnswer {
    fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body), location: None, retry_after: None }
    }

    fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, location: None, retry_after: None }
    }
}

async fn handle(
    State(tenant): State<Arc<Tenant>>,
    uri: Uri,
    method: Method,
    headers: HeaderMap,
    by_host: Option<axum::Extension<ByHost>>,
    body: Bytes,
) -> Response {
    let by_host = by_host.is_some();
    // Making and using keys takes long enough to hold up whatever else runs on this thread.
    let worker = tenant.clone();
    let client_request = headers.get("x-ms-client-request-id").cloned();
    let done = tokio::task::spawn_blocking(move || answer(&worker, &uri, &method, &headers, by_host, &body));
    let mut response = done.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    events::publish(&tenant);
    decorate(&mut response, client_request);
    response
}

/// The headers on every answer (facts, E1).
pub(crate) fn decorate(response: &mut Response, client_request: Option<HeaderValue>) {
    let headers = response.headers_mut();
    for (name, value) in [
        ("cache-control", "no-cache"),
        ("pragma", "no-cache"),
        ("expires", "-1"),
        ("strict-transport-security", "max-age=31536000;includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("x-ms-keyvault-region", REGION),
        ("x-ms-keyvault-service-version", "1.9.378.1"),
        ("x-ms-keyvault-network-info", "conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
        headers.insert("x-ms-request-id", value);
    }
    if let Some(value) = client_request {
        headers.insert("x-ms-client-request-id", value);
    }
}

/// Where all vaults are said to be.
const REGION: &str = "westeurope";

fn answer(
    tenant: &Arc<Tenant>,
    uri: &Uri,
    method: &Method,
    headers: &HeaderMap,
    by_host: bool,
    body: &Bytes,
) -> Response {
    match dispatch(tenant, uri, method, headers, by_host, body) {
        Ok(answer) => {
            let mut response = match answer.body {
                Some(body) => (answer.status, axum::Json(body)).into_response(),
                None => answer.status.into_response(),
            };
            let out = response.headers_mut();
            if out.contains_key("content-type") {
                out.insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
            }
            if let Some(location) = answer.location.and_then(|text| HeaderValue::from_str(&text).ok()) {
                out.insert("location", location);
            }
            if let Some(seconds) = answer.retry_after {
                out.insert("retry-after", HeaderValue::from(seconds));
            }
            response
        }
        Err(error) => {
            tracing::debug!(code = %error.code, message = error.message, "Key Vault request refused");
            let mut response = error.respond(tenant);
            if error.is_not_simulated() {
                tenant.not_simulated.note(method.as_str(), uri.path(), tenant.now());
                not_simulated::mark(response.headers_mut(), &format!("{method} {}", uri.path()));
            }
            response
        }
    }
}

fn dispatch(
    tenant: &Arc<Tenant>,
    uri: &Uri,
    method: &Method,
    headers: &HeaderMap,
    by_host: bool,
    body: &Bytes,
) -> Result<VaultAnswer, VaultError> {
    let below = uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let (name, path) = below.split_once('/').unwrap_or((below, ""));
    let vault = name.to_ascii_lowercase();
    find(&tenant.read(), &vault)?;
    let caller = auth::authenticate(tenant, headers)?;
    let query = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    let api_version =
        query.get("api-version").ok_or_else(|| VaultError::bad_parameter("api-version must be specified"))?;
    if !is_api_version(api_version) {
        return Err(VaultError::bad_parameter(format!(
            "The specified version ({api_version}) is not recognized. Consider using the latest supported version (2026-04-01)."
        )));
    }
    let root = if by_host { tenant.names.vault(&vault) } else { format!("{}{PREFIX}{vault}", tenant.names.base) };
    let not_simulated = || VaultError::not_simulated(format!("{method} {}", uri.path()));
    let route = path::parse(path).ok_or_else(not_simulated)?;
    let request =
        Request { tenant, vault: &vault, root, api_version, caller, query: query.clone(), body, now: tenant.now() };
    match (method.as_str(), &route) {
        ("GET", Route::Certificates) => certificates::list::all(&request),
        ("GET", Route::CertificateVersions(name)) => certificates::list::versions(&request, name),
        ("GET", Route::Certificate(name, version)) => certificates::get::handle(&request, name, *version),
        ("PATCH", Route::Certificate(name, version)) => certificates::update::handle(&request, name, *version),
        ("DELETE", Route::Certificate(name, None)) => certificates::delete::handle(&request, name),
        ("GET", Route::CertificatePolicy(name)) => certificates::get::policy(&request, name),
        ("PATCH", Route::CertificatePolicy(name)) => certificates::update::policy(&request, name),
        ("POST", Route::CertificateCreate(name)) => certificates::create::handle(&request, name),
        ("GET", Route::CertificatePending(name)) => certificates::pending::get(&request, name),
        ("PATCH", Route::CertificatePending(name)) => certificates::pending::update(&request, name),
        ("DELETE", Route::CertificatePending(name)) => certificates::pending::delete(&request, name),
        ("POST", Route::CertificateMerge(name)) => certificates::pending::merge(&request, name),
        ("POST", Route::CertificateBackup(name)) => certificates::backup::backup(&request, name),
        ("POST", Route::Certificate(name, None)) if name == "restore" => certificates::backup::restore(&request),
        ("POST", Route::CertificateImport(name)) => certificates::import::handle(&request, name),
        ("GET", Route::DeletedCertificates) => certificates::delete::list(&request),
        ("GET", Route::DeletedCertificate(name)) => certificates::delete::get(&request, name),
        ("POST", Route::RecoverCertificate(name)) => certificates::delete::recover(&request, name),
        ("DELETE", Route::DeletedCertificate(name)) => certificates::delete::purge(&request, name),
        ("GET", Route::Keys) => keys::list(&request),
        ("GET", Route::KeyVersions(name)) => keys::versions(&request, name),
        ("GET", Route::Key(name, version)) => keys::get(&request, name, *version),
        ("POST", Route::KeyCreate(name)) => own_keys::create(&request, name),
        ("POST", Route::KeySign(name, version)) => sign::sign(&request, name, *version),
        ("POST", Route::KeyVerify(name, version)) => sign::verify(&request, name, *version),
        ("GET", Route::Secret(name, version)) => secrets::get(&request, name, *version),
        // Keys and secrets have further methods at Azure; certificates have these.
        (
            "PUT",
            Route::Certificates
            | Route::Certificate(..)
            | Route::CertificateVersions(_)
            | Route::CertificatePolicy(_)
            | Route::DeletedCertificates
            | Route::DeletedCertificate(_),
        ) => Err(VaultError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            format!("HTTP {method} is not supported on this resource."),
        )),
        _ => Err(not_simulated()),
    }
}

/// 7.0 to 7.6, previews of those, and the dated versions from 2025 on.
fn is_api_version(text: &str) -> bool {
    let plain = text.split_once("-preview").map_or(text, |(version, _)| version);
    let minor = plain.strip_prefix("7.").and_then(|minor| minor.parse::<u8>().ok());
    let dated = || {
        let parts: Vec<&str> = plain.split('-').collect();
        matches!(parts.as_slice(), [year, month, day]
            if year.len() == 4 && *year >= "2025" && month.len() == 2 && day.len() == 2
                && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())))
    };
    minor.is_some_and(|minor| minor <= 6) || dated()
}

/// A new version of a certificate from its own policy, as auto-renewal makes one: under the same key where the policy
/// has `reuse_key`. Slow. The version's id.
pub(crate) fn renew(tenant: &Arc<Tenant>, vault: &str, name: &str) -> Result<Uuid, VaultError> {
    let renewed = certificates::create::renew(tenant, &vault.to_ascii_lowercase(), name, tenant.now());
    events::publish(tenant);
    renewed
}

/// How long a new self-signed certificate is pending, from [`crate::Behaviour`].
fn issuance(tenant: &Tenant) -> Duration {
    tenant.behaviour().certificate_issuance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_name_vaults() {
        let vault_of_host = |host: &str| vault_of_host(host, "vault.localhost");
        assert_eq!(vault_of_host("contoso-apps.vault.localhost:8443").as_deref(), Some("contoso-apps"));
        assert_eq!(vault_of_host("Contoso-Apps.Vault.Localhost").as_deref(), Some("contoso-apps"));
        for other in
            ["localhost:80", "127.0.0.1", "[::1]:80", "a.b.vault.localhost", "vault.localhost", ".vault.localhost"]
        {
            assert_eq!(vault_of_host(other), None, "{other}");
        }
    }

    #[test]
    fn api_versions() {
        for good in ["7.0", "7.6", "7.6-preview.2", "2025-07-01", "2025-06-01-preview", "2026-04-01"] {
            assert!(is_api_version(good), "{good}");
        }
        for bad in ["7.7", "6.0", "7.", "latest", "2024-07-01", "2025-7-1", ""] {
            assert!(!is_api_version(bad), "{bad}");
        }
    }
}
