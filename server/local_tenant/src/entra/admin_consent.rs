//! An administrator's consent for everybody of their tenant: the consent endpoints, v1 for all that a registration requires,
//! v2 for scopes by name (Entra's page on admin consent). In another tenant than the application's own it makes the service
//! principal by which the application is there.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::authorize::Request;
use super::client::Client;
use super::error::EntraError;
use super::scope::Scopes;
use super::{Parameters, authority, consent, correlation, page, picker};
use crate::graph::first_party;
use crate::graph::permission_grants::PermissionGrant;
use crate::state::Tenant;
use crate::store::{
    Assignment, Directory, DirectoryRole, GraphPermission, HomeApplication, ObjectKey, Person, ServicePrincipal,
};

/// `GET /{tenant}/adminconsent`, and `V2`, `GET /{tenant}/v2.0/adminconsent`
pub(super) async fn ask<const V2: bool>(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    handle(&tenant, &Asked { name, query: query.unwrap_or_default(), headers, v2: V2 }, None)
}

/// `POST` of the account picker.
pub(super) async fn answer<const V2: bool>(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked { name, query: query.unwrap_or_default(), headers, v2: V2 };
    handle(&tenant, &asked, Some(&Parameters::parse(&body)))
}

/// A request to either endpoint.
struct Asked {
    /// How the URL names the tenant.
    name: String,
    query: String,
    headers: HeaderMap,
    v2: bool,
}

/// What an administrator is asked for, of one resource.
struct ResourceConsent {
    /// Client id.
    resource: Uuid,
    /// Delegated permissions, by name.
    scopes: Vec<String>,
    /// Application permissions: id and value.
    roles: Vec<(Uuid, String)>,
}

fn handle(tenant: &Tenant, asked: &Asked, choice: Option<&Parameters>) -> Response {
    let parameters = Parameters::parse(asked.query.as_bytes());
    let correlation = correlation(&asked.headers, &parameters);
    let shown = |error: &EntraError| page::error(error, tenant.now(), correlation);
    let place = match authority(&asked.name, &tenant.profile) {
        Ok(place) => place,
        Err(error) => return shown(&error),
    };
    let chosen = choice.and_then(|form| form.get("account")).and_then(|id| Uuid::parse_str(id).ok());
    let tenant = &tenant.serving(place, chosen);
    let foreign = parameters.get("client_id").and_then(|id| tenant.foreign_application(id));
    let strangers = tenant.strangers();
    let mut directory = tenant.write();
    let request = match Request::read(&directory, foreign.as_ref(), place, &parameters) {
        Ok(request) => request,
        Err(error) => return shown(&error),
    };
    if choice.is_some_and(|form| form.get("cancel").is_some()) {
        let words = "The resource owner or authorization server denied the request.";
        let error = EntraError::new(65004, "consent_required", words);
        let description = error.description(tenant.now(), Uuid::new_v4(), correlation);
        return redirect(&request, vec![("error", error.error.to_owned()), ("error_description", description)]);
    }
    let client = &request.client;
    if let Some(stranger) = strangers.iter().find(|stranger| chosen == Some(stranger.id)) {
        return shown(&EntraError::stranger(stranger, &directory.profile.display_name, client));
    }
    let Some(person) = chosen.and_then(|id| directory.person(id)).cloned() else {
        let what = format!("{}, for everybody of your organisation", client.display_name);
        // Relative: it stays right under whatever name of this host the browser uses.
        let action = format!("adminconsent?{}", asked.query);
        return picker::page(&directory, &what, &action, Some(&request.redirect_uri), |_| false, &strangers);
    };
    let scope = parameters.require("scope").ok().filter(|_| asked.v2);
    if asked.v2 && scope.is_none() {
        return shown(&EntraError::missing_parameter("scope"));
    }
    let wanted = wanted(tenant, &directory, foreign.as_ref(), client, scope).and_then(|wanted| {
        let may = may_consent(&person, &wanted);
        if may { Ok(wanted) } else { Err(EntraError::needs_administrator(&client.display_name)) }
    });
    let granted = wanted.and_then(|wanted| grant(&mut directory, foreign.as_ref(), client, &wanted, tenant.now()));
    if let Err(error) = granted {
        return shown(&error);
    }
    tracing::info!(client = %client.app_id, tenant = %directory.profile.id, person = %person.id, "consent for everybody");
    let mut fields = vec![("tenant", directory.profile.id.to_string())];
    fields.extend(scope.map(|scope| ("scope", scope.to_owned())));
    redirect(&request, fields)
}

/// Each answer says what it was about.
fn redirect(request: &Request, fields: Vec<(&'static str, String)>) -> Response {
    let mut all = vec![("admin_consent", "True".to_owned())];
    all.extend(fields);
    all.extend(request.state.clone().map(|state| ("state", state)));
    request.send(&all)
}

/// Application administrators consent to all but application permissions on Graph (Entra's page on granting tenant-wide consent).
fn may_consent(person: &Person, wanted: &[ResourceConsent]) -> bool {
    let holds = |role| person.directory_roles.contains(&role);
    let of_graph = wanted.iter().any(|one| one.resource == first_party::GRAPH.app_id && !one.roles.is_empty());
    let manages = holds(DirectoryRole::ApplicationAdministrator) || holds(DirectoryRole::CloudApplicationAdministrator);
    holds(DirectoryRole::GlobalAdministrator) || (manages && !of_graph)
}

/// `scope` by name; with `.default` in it, or without it, what the registration requires.
fn wanted(
    tenant: &Tenant,
    directory: &Directory,
    foreign: Option<&HomeApplication>,
    client: &Client,
    scope: Option<&str>,
) -> Result<Vec<ResourceConsent>, EntraError> {
    let scope = scope.filter(|scope| !scope.split_whitespace().any(|one| one.ends_with(".default")));
    if let Some(scope) = scope {
        let scopes = Scopes::parse(scope, &tenant.names, directory)?;
        let resource = consent::app_id(&scopes.resource).ok_or_else(|| not_there(&scopes.resource.audience()))?;
        return Ok(vec![ResourceConsent { resource, scopes: scopes.names, roles: vec![] }]);
    }
    let registered = directory.applications.get(ObjectKey::AppId(client.app_id));
    let app = registered.or(foreign.map(|home| &home.application));
    let required = app.and_then(|app| app.common.extra.get("requiredResourceAccess")).and_then(Value::as_array);
    required.into_iter().flatten().map(|one| of_resource(directory, one)).collect()
}

/// One entry of `requiredResourceAccess`.
fn of_resource(directory: &Directory, entry: &Value) -> Result<ResourceConsent, EntraError> {
    let id = |value: &Value| value.as_str().and_then(|text| Uuid::parse_str(text).ok()).unwrap_or_default();
    let resource = id(&entry["resourceAppId"]);
    let mut wanted = ResourceConsent { resource, scopes: vec![], roles: vec![] };
    for access in entry["resourceAccess"].as_array().into_iter().flatten() {
        let permission = id(&access["id"]);
        let unknown = || EntraError::not_simulated(&format!("consent to the permission {permission} of {resource}"));
        if access["type"] == "Role" {
            wanted.roles.push((permission, role(directory, resource, permission).ok_or_else(unknown)?));
        } else {
            wanted.scopes.push(scope(directory, resource, permission).ok_or_else(unknown)?);
        }
    }
    Ok(wanted)
}

fn role(directory: &Directory, resource: Uuid, id: Uuid) -> Option<String> {
    if let Some(first) = first_party::find(resource) {
        return Some(first.role(id)?.value.to_owned());
    }
    let roles = &directory.application(resource)?.app_roles;
    roles.iter().find(|role| role.id == id && role.enabled).map(|role| role.value.clone())
}

fn scope(directory: &Directory, resource: Uuid, id: Uuid) -> Option<String> {
    if let Some(first) = first_party::find(resource) {
        return Some(first.scope(id)?.value.to_owned());
    }
    let scopes = directory.application(resource)?.common.extra.get("api")?.get("oauth2PermissionScopes")?.as_array()?;
    let found = scopes.iter().find(|scope| scope["id"].as_str() == Some(id.to_string().as_str()))?;
    found["value"].as_str().map(str::to_owned)
}

/// The text is of real replies.
fn not_there(resource: &str) -> EntraError {
    let words = format!(
        "The app is trying to access a service '{resource}' that your organization lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal."
    );
    EntraError::new(650_052, "invalid_client", words)
}

/// All of it or nothing.
fn grant(
    directory: &mut Directory,
    foreign: Option<&HomeApplication>,
    client: &Client,
    wanted: &[ResourceConsent],
    now: OffsetDateTime,
) -> Result<(), EntraError> {
    let key = ObjectKey::AppId(client.app_id);
    for one in wanted.iter().filter(|one| one.resource != client.app_id) {
        let there = directory.service_principals.get(ObjectKey::AppId(one.resource)).is_some();
        there.then_some(()).ok_or_else(|| not_there(&one.resource.to_string()))?;
    }
    if directory.service_principals.get(key).is_none() {
        let service = install(foreign, client, now);
        directory.service_principals.insert(service);
    }
    let Some(service) = directory.service_principals.get(key).map(|service| service.id) else { return Ok(()) };
    for one in wanted {
        let resource = ObjectKey::AppId(one.resource);
        let Some(resource_id) = directory.service_principals.get(resource).map(|found| found.id) else { continue };
        if !one.scopes.is_empty() {
            add_scopes(directory, service, resource_id, &one.scopes);
        }
        for (role, value) in &one.roles {
            let graph = one.resource == first_party::GRAPH.app_id;
            let holder = if graph { key } else { resource };
            let Some(holder) = directory.service_principals.get_mut(holder) else { continue };
            if graph {
                if !holder.graph_permissions.iter().any(|held| held.value == *value) {
                    holder.graph_permissions.push(GraphPermission { value: value.clone(), granted: Some(now) });
                }
            } else if !holder.assignments.iter().any(|held| held.is_of(service, *role, value)) {
                holder.assignments.push(Assignment::new(service, value.clone(), *role, now));
            }
        }
    }
    Ok(())
}

fn install(foreign: Option<&HomeApplication>, client: &Client, now: OffsetDateTime) -> ServicePrincipal {
    let home = foreign.filter(|home| home.application.app_id == client.app_id);
    ServicePrincipal {
        home: home.map(|home| Box::new(home.template())),
        ..ServicePrincipal::new(Uuid::new_v4(), client.app_id, client.display_name.clone(), now)
    }
}

/// What is granted for everybody stays, and this is added.
fn add_scopes(directory: &mut Directory, client: Uuid, resource: Uuid, scopes: &[String]) {
    let grants = &mut directory.graph.permission_grants;
    let place = grants.iter().position(|one| (one.client, one.resource, one.person) == (client, resource, None));
    let place = place.unwrap_or_else(|| {
        grants.push(PermissionGrant { client, person: None, resource, scope: String::new() });
        grants.len() - 1
    });
    if let Some(grant) = grants.get_mut(place) {
        for scope in scopes {
            if !grant.scope.split_whitespace().any(|held| held == scope) {
                let blank = if grant.scope.is_empty() { "" } else { " " };
                grant.scope += blank;
                grant.scope += scope;
            }
        }
    }
}
