//! Azure Resource Manager, as far as a login and `az ad sp create-for-rbac` ask it: where a cloud's other services are, one
//! subscription for those who have a role in it, and who has which role. Nothing is in the subscription but the vaults; names
//! of resource groups and resources in scopes are taken as they come.

pub(crate) mod assignments;
mod error;
mod filter;
pub(crate) mod roles;
pub(crate) mod scope;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bearer::{bearer, in_force};
use crate::microsoft::clouds::Service;
use crate::routes::{self, Part};
use crate::seed::stable_guid;
use crate::state::Tenant;
use error::ArmError;
use filter::Filter;
use roles::AzureRole;
use scope::Scope;

const RESOURCES: [&str; 2] = ["https://management.azure.com", "https://management.core.windows.net"];

pub(crate) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/subscriptions", get(subscriptions))
        .route("/subscriptions/{*path}", any(below))
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

/// The one of this tenant, which its vaults are in.
pub(crate) fn subscription() -> Uuid {
    stable_guid("subscription", "contoso")
}

/// The owner of a verified access token.
struct Caller {
    /// Object id.
    id: Uuid,
    /// As refusals name it: a person's name, or a client id.
    name: String,
}

/// `GET /subscriptions`: that one, for those who have a role in it.
async fn subscriptions(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    let caller = match caller(&tenant, &headers) {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    let all: Vec<Value> = assignments::sees(&tenant.read(), caller.id).then(|| shown(&tenant)).into_iter().collect();
    let count = json!({"type": "Total", "value": all.len()});
    Json(json!({"value": all, "count": count})).into_response()
}

fn shown(tenant: &Tenant) -> Value {
    let id = subscription();
    json!({
        "id": format!("/subscriptions/{id}"), "authorizationSource": "RoleBased", "managedByTenants": [],
        "subscriptionId": id, "tenantId": tenant.profile.id, "displayName": "Local subscription", "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01", "quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off",
        },
    })
}

/// `GET /tenants`: this one.
async fn tenants(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    if let Err(error) = caller(&tenant, &headers) {
        return error.into_response();
    }
    let profile = &tenant.profile;
    let this = json!({
        "id": format!("/tenants/{}", profile.id), "tenantId": profile.id, "countryCode": "SE",
        "displayName": profile.display_name, "domains": [profile.domain], "tenantCategory": "Home",
        "defaultDomain": profile.domain, "tenantType": "AAD",
    });
    Json(json!({"value": [this]})).into_response()
}

/// `/subscriptions/{id}` and what is below it.
async fn below(
    State(tenant): State<Arc<Tenant>>,
    method: Method,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked { method: &method, path: &path, query: query.as_deref().unwrap_or_default(), body: &body };
    match operate(&tenant, &headers, &asked) {
        Ok(Some((status, body))) => (status, Json(body)).into_response(),
        Ok(None) => no_such_path(&tenant, asked.path, &method),
        Err(error) => error.into_response(),
    }
}

/// As everywhere else at the same name.
fn no_such_path(tenant: &Tenant, path: &str, method: &Method) -> Response {
    let part = tenant.names.cloud.map_or(Part::All, |_| Part::One(Service::ResourceManager));
    routes::no_such_path(tenant, part, method, &format!("/subscriptions/{path}"))
}

/// What is asked of a scope comes behind this, in lower case.
const AUTHORIZATION: &str = "/providers/microsoft.authorization/";

struct Asked<'a> {
    method: &'a Method,
    /// Behind `/subscriptions/`.
    path: &'a str,
    query: &'a str,
    body: &'a [u8],
}

/// `None`: it is not simulated.
fn operate(tenant: &Tenant, headers: &HeaderMap, asked: &Asked<'_>) -> Result<Option<(StatusCode, Value)>, ArmError> {
    let whole = format!("/subscriptions/{}", asked.path);
    let lower = whole.to_ascii_lowercase();
    let Some((before, rest)) = lower.rsplit_once(AUTHORIZATION) else {
        let alone = !asked.path.trim_end_matches('/').contains('/') && asked.method == Method::GET;
        return if alone { one(tenant, headers, &whole).map(|body| Some((StatusCode::OK, body))) } else { Ok(None) };
    };
    let caller = caller(tenant, headers)?;
    let scope = Scope::parse(&whole[..before.len()], subscription()).ok_or_else(|| not_found(&whole))?;
    let Some(filter) = filter_of(asked.query) else { return Ok(None) };
    let ok = |body: Value| Ok(Some((StatusCode::OK, body)));
    match (asked.method.as_str(), rest.split('/').collect::<Vec<_>>().as_slice()) {
        ("GET", ["roledefinitions"]) => ok(definitions(&filter)),
        ("GET", ["roledefinitions", id]) => {
            let role = AzureRole::all().find(|role| role.id().to_string() == *id);
            let role = role.ok_or_else(|| {
                let words = format!("The specified role definition with ID '{id}' does not exist.");
                ArmError::not_found("RoleDefinitionDoesNotExist", words)
            })?;
            ok(role.shown(subscription()))
        }
        ("GET", ["roleassignments"]) => ok(assignments::list(&tenant.read(), &scope, &filter)),
        ("GET", ["roleassignments", id]) => ok(assignments::get(&tenant.read(), &scope, id)?),
        ("PUT", ["roleassignments", id]) => assignments::put(tenant, &caller, &scope, id, asked.body).map(Some),
        ("DELETE", ["roleassignments", id]) => ok(assignments::delete(tenant, &caller, &scope, id)?),
        _ => Ok(None),
    }
}

/// `GET /subscriptions/{id}`
fn one(tenant: &Tenant, headers: &HeaderMap, path: &str) -> Result<Value, ArmError> {
    let caller = caller(tenant, headers)?;
    let wanted = Scope::parse(path, subscription()).filter(|_| assignments::sees(&tenant.read(), caller.id));
    wanted.map(|_| shown(tenant)).ok_or_else(|| not_found(path))
}

fn not_found(path: &str) -> ArmError {
    let id = path.split('/').nth(2).unwrap_or_default();
    ArmError::not_found("SubscriptionNotFound", format!("The subscription '{id}' could not be found."))
}

/// Of the query; `None` where it is of another kind.
fn filter_of(query: &str) -> Option<Filter> {
    let filter = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "$filter");
    Filter::parse(&filter.map(|(_, text)| text).unwrap_or_default())
}

fn definitions(filter: &Filter) -> Value {
    let wanted = |role: &AzureRole| filter.role_name.as_ref().is_none_or(|name| role.name().eq_ignore_ascii_case(name));
    let shown = AzureRole::all().filter(wanted).map(|role| role.shown(subscription()));
    json!({"value": shown.collect::<Vec<_>>()})
}

fn caller(tenant: &Tenant, headers: &HeaderMap) -> Result<Caller, ArmError> {
    let claims = bearer(headers).and_then(|token| tenant.signing.open(token));
    let good = claims.filter(|claims| {
        let audience = claims["aud"].as_str().unwrap_or_default().trim_end_matches('/');
        tenant.everywhere.iter().any(|names| names.is_management(audience)) && in_force(claims, tenant.now())
    });
    let caller = good.and_then(|claims| {
        let text = |name: &str| claims[name].as_str().map(str::to_owned);
        let id = Uuid::parse_str(&text("oid")?).ok()?;
        Some(Caller { id, name: text("upn").or_else(|| text("appid")).unwrap_or_default() })
    });
    let words = "Authentication failed. The 'Authorization' header is missing or the access token is invalid.";
    caller.ok_or_else(|| ArmError::new(StatusCode::UNAUTHORIZED, "AuthenticationFailed", words))
}
