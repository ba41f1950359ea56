//! Microsoft Graph, v1.0 and a little of beta, as far as it concerns applications and who may change them.
//!
//! A request goes: path to [`path::Route`], bearer token to [`auth::Caller`], one operation, [`Answer`]. To add an
//! operation, give its path a `Route`, write one file for it, and name it in [`operate`].

pub(crate) mod agents;
mod app_role_assignments;
pub(crate) mod applications;
pub(crate) mod audit;
pub(crate) mod auth;
mod batch;
pub(crate) mod credentials;
pub(crate) mod csdl;
mod deleted;
pub(crate) mod directory_objects;
mod directory_roles;
pub(crate) mod error;
pub(crate) mod federated;
pub(crate) mod first_party;
pub(crate) mod groups;
pub(crate) mod holder;
pub(crate) mod me;
mod memberships;
pub(crate) mod object;
pub(crate) mod odata;
pub(crate) mod organization;
mod owners;
pub(crate) mod path;
pub(crate) mod permission_grants;
pub(crate) mod policies;
mod properties;
mod property_lock;
pub(crate) mod related;
pub(crate) mod security_attributes;
mod send_mail;
pub(crate) mod service_principals;
mod sponsors;
pub(crate) mod state;
pub(crate) mod throttle;
pub(crate) mod users;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde_json::Value;
use time::OffsetDateTime;
use tower_http::compression::CompressionLayer;
use uuid::Uuid;

use crate::cors;
use crate::not_simulated;
use crate::state::Tenant;
use crate::store::{Application, ServicePrincipal};
use agents::AgentKind;
use auth::Caller;
use directory_objects::Sight;
use error::GraphError;
use holder::HolderKind;
use object::Object;
use odata::Query;
use path::{Action, Route, Version};

pub(crate) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/v1.0/{*path}", any(handle))
        .route("/beta/{*path}", any(handle))
        .layer(axum::middleware::from_fn(cors::allow))
        .layer(CompressionLayer::new().gzip(true).br(false))
}

/// One request on its way through.
pub(crate) struct Request<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) version: Version,
    pub(crate) caller: Caller,
    pub(crate) query: Query,
    pub(crate) body: Bytes,
    pub(crate) now: OffsetDateTime,
    /// Path below the version, as the client sent it: a next link repeats it.
    pub(crate) raw_path: &'a str,
    /// The kind of agent that the path casts to.
    pub(crate) cast: Option<AgentKind>,
    /// Permissions for agents allow the write: those for applications are not asked.
    pub(crate) admitted: bool,
}

impl<'a> Request<'a> {
    /// The same request once more, for another query to be put in.
    pub(crate) fn copy(&self) -> Request<'a> {
        Request { caller: self.caller.clone(), query: self.query.clone(), body: self.body.clone(), ..*self }
    }

    /// [`Caller::may_change`], unless the object is an agent's.
    pub(crate) fn may_change(&self, owners: &[Uuid]) -> Result<(), GraphError> {
        if self.admitted { Ok(()) } else { self.caller.may_change(owners) }
    }

    /// [`Caller::may_change_owners`], unless the object is an agent's.
    pub(crate) fn may_change_owners(&self, owners: &[Uuid]) -> Result<(), GraphError> {
        if self.admitted { Ok(()) } else { self.caller.may_change_owners(owners) }
    }

    /// The Graph root with its version: `http://…/v1.0`.
    pub(crate) fn root(&self) -> String {
        format!("{}/{}", self.tenant.names.graph(), self.version.segment())
    }

    /// The body as a JSON object.
    pub(crate) fn json(&self) -> Result<serde_json::Map<String, Value>, GraphError> {
        if self.body.is_empty() {
            return Err(GraphError::bad_request("Write requests must contain a request body."));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(GraphError::new(
                StatusCode::BAD_REQUEST,
                "BadRequest",
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )),
        }
    }
}

/// How much control information an answer has (OData JSON format 4.01, section 3.1).
fn wants_none(headers: &HeaderMap) -> bool {
    let accept = headers.get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.to_ascii_lowercase().replace(' ', "").contains("odata.metadata=none")
}

/// What an answer carries.
#[derive(Debug)]
pub(crate) enum Body {
    Nothing,
    Json(Object),
    /// `$count` as a path: a bare number.
    Text(String),
}

/// What an operation says.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Body,
    /// `x-ms-resource-unit` (facts, B6).
    pub(crate) resource_units: u32,
    pub(crate) location: Option<String>,
}

impl Answer {
    pub(crate) fn ok(body: Object, resource_units: u32) -> Self {
        Self { status: StatusCode::OK, body: Body::Json(body), resource_units, location: None }
    }

    pub(crate) fn text(text: String) -> Self {
        Self { status: StatusCode::OK, body: Body::Text(text), resource_units: 1, location: None }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Body::Nothing, resource_units: 1, location: None }
    }
}

/// An answer on its way to the wire, or into a batch.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

impl Reply {
    fn of(answer: Answer) -> Self {
        let mut headers = HeaderMap::new();
        if let Body::Json(_) = answer.body {
            headers.insert("content-type", HeaderValue::from_static(error::JSON));
            headers.insert("odata-version", HeaderValue::from_static("4.0"));
        }
        headers.insert("x-ms-resource-unit", HeaderValue::from(answer.resource_units));
        if let Some(location) = answer.location.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert("location", location);
        }
        Self { status: answer.status, headers, body: answer.body }
    }

    /// Links and counts stay, and annotations of the answer's own content.
    fn without_control_information(mut self) -> Self {
        if let Body::Json(body) = &mut self.body {
            body.drop_control_information();
            self.headers.insert("content-type", HeaderValue::from_static(error::JSON_NONE));
        }
        self
    }

    fn into_response(self) -> Response {
        let mut response = match self.body {
            Body::Json(body) => (self.status, serde_json::to_vec(&body).unwrap_or_default()).into_response(),
            Body::Text(text) => (self.status, text).into_response(),
            Body::Nothing => self.status.into_response(),
        };
        response.headers_mut().extend(self.headers);
        response
    }
}

async fn handle(
    State(tenant): State<Arc<Tenant>>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut response = serve(&tenant, &uri, &method, &headers, body).into_response();
    let out = response.headers_mut();
    out.insert("cache-control", HeaderValue::from_static("no-cache"));
    out.insert("strict-transport-security", HeaderValue::from_static("max-age=31536000"));
    out.insert("vary", HeaderValue::from_static("Accept-Encoding"));
    out.insert(
        "x-ms-ags-diagnostic",
        HeaderValue::from_static(
            "{\"ServerInfo\":{\"DataCenter\":\"Local\",\"Slice\":\"E\",\"Ring\":\"5\",\"ScaleUnit\":\"001\",\"RoleInstance\":\"LOCALTENANT\"}}",
        ),
    );
    response
}

/// Answers one request, from the wire or out of a batch.
fn serve(tenant: &Tenant, uri: &Uri, method: &Method, headers: &HeaderMap, body: Bytes) -> Reply {
    let request_id = Uuid::new_v4();
    // Graph answers with the client's own id where it sent one, and with its own twice where not.
    let client_request_id = headers
        .get("client-request-id")
        .and_then(|value| value.to_str().ok())
        .map_or_else(|| request_id.to_string(), str::to_owned);
    let caller = auth::authenticate(tenant, headers);
    let client = caller.as_ref().ok().map(Caller::client);
    let fault = || tenant.take_fault(method.as_str(), uri.path_and_query().map_or("", PathAndQuery::as_str));
    let result = caller.and_then(|caller| match fault() {
        Some(fault) => Err(GraphError::of_fault(fault)),
        None => dispatch(tenant, caller, uri, method, headers, body),
    });
    let units = result.as_ref().map_or(1, |answer| answer.resource_units);
    let mut reply = match result {
        Ok(answer) if wants_none(headers) => Reply::of(answer).without_control_information(),
        Ok(answer) => Reply::of(answer),
        Err(error) => {
            tracing::debug!(code = %error.code, message = error.message, "Graph request refused");
            let mut reply = error.respond(tenant, client, request_id, &client_request_id);
            if error.is_not_simulated() {
                tenant.not_simulated.note(method.as_str(), uri.path(), tenant.now());
                not_simulated::mark(&mut reply.headers, &format!("{method} {uri}"));
            }
            reply
        }
    };
    let batch = path::parse(uri.path(), &|_| None).is_ok_and(|(_, route)| route == Route::Batch);
    if let Some(client) = client.filter(|_| !batch)
        && let Some(share) = throttle::charge(tenant, client, units)
        && let Ok(value) = HeaderValue::from_str(&format!("{share:.2}"))
    {
        reply.headers.insert("x-ms-throttle-limit-percentage", value);
    }
    for (name, value) in [("request-id", request_id.to_string()), ("client-request-id", client_request_id)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            reply.headers.insert(name, value);
        }
    }
    reply
}

fn dispatch(
    tenant: &Tenant,
    caller: Caller,
    uri: &Uri,
    method: &Method,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Answer, GraphError> {
    let parsed = path::parse(uri.path(), &|name| tenant.read().application_by_unique_name(name));
    let (version, route) = parsed.map_err(|error| match error.code.as_ref() {
        // A path that Graph knows is not Graph's to refuse.
        path::UNKNOWN if csdl::MODEL.knows(uri.path()) => GraphError::not_simulated(format!("{method} {}", uri.path())),
        _ => error,
    })?;
    let (cast, route) = match route {
        Route::Cast(cast, inner) => (Some(cast), *inner),
        other => (None, other),
    };
    let raw_path = uri.path().get(version.segment().len() + 2..).unwrap_or_default();
    let eventual = headers
        .get("consistencylevel")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.eq_ignore_ascii_case("eventual"));
    let options = uri.query().unwrap_or_default();
    let mut query = match route {
        Route::ApplicationsDelta => Query::parse_delta(options)?,
        _ => Query::parse(options, eventual)?,
    };
    let behaviour = tenant.behaviour();
    if let Some(expanded) = &mut query.expand_owners {
        expanded.sight = Sight::of_owners(&behaviour, &caller);
    }
    if behaviour.strict_expand {
        query.limit_expansion()?;
    }
    if matches!(route, Route::Set(HolderKind::Application) | Route::MeOwnedObjects { .. }) {
        query.sort_by_creation()?;
    }
    let now = tenant.now();
    let mut request = Request { tenant, version, caller, query, body, now, raw_path, cast, admitted: false };
    if route == Route::Batch {
        return match method.as_str() {
            "POST" => batch::handle(&request, headers),
            _ => Err(method_not_allowed()),
        };
    }
    let is_log = matches!(route, Route::DirectoryAudits | Route::SignIns);
    if request.query.by_date.is_some() && !is_log {
        return Err(GraphError::unsupported_query("Sorting by this property is not supported."));
    }
    throttle::admit(&request, method, &route)?;
    request.admitted = agents::gate(&request, method, &route)?;
    operate(&request, method, route)
}

/// The same operation on either kind of object.
macro_rules! either {
    ($kind:expr, $($operation:ident)::+, $($argument:expr),+) => {
        match $kind {
            HolderKind::Application => $($operation)::+::<Application>($($argument),+),
            HolderKind::ServicePrincipal => $($operation)::+::<ServicePrincipal>($($argument),+),
        }
    };
}

fn operate(request: &Request<'_>, method: &Method, route: Route) -> Result<Answer, GraphError> {
    use HolderKind::{Application as App, ServicePrincipal as Service};
    let beta = request.version == Version::Beta;
    match (method.as_str(), route) {
        ("GET", Route::Set(App)) => applications::list::handle(request),
        ("GET", Route::Count(App)) => applications::list::count(request),
        ("GET", Route::Agents(AgentKind::Blueprint)) => applications::blueprints::list(request),
        ("POST", Route::Agents(AgentKind::Blueprint)) => applications::blueprints::create(request),
        ("GET", Route::Agents(kind)) => service_principals::agents::list(request, kind),
        ("POST", Route::Agents(AgentKind::BlueprintPrincipal)) => service_principals::agents::create_principal(request),
        ("POST", Route::Agents(AgentKind::Identity)) => service_principals::agents::create_identity(request),
        (method, Route::Sponsors(kind, key, part)) => sponsors::operate(request, method, (kind, key), part),
        ("GET", Route::ApplicationsDelta) => applications::delta::handle(request),
        ("POST", Route::Set(App)) => applications::create::handle(request),
        ("GET", Route::Object(App, key)) => applications::get::handle(request, key),
        ("PATCH", Route::Object(App, key)) => applications::patch::handle(request, key),
        ("DELETE", Route::Object(App, key)) => applications::delete::handle(request, key),
        ("GET", Route::Set(Service)) => service_principals::list::handle(request),
        ("GET", Route::Count(Service)) => service_principals::list::count(request),
        ("POST", Route::Set(Service)) => service_principals::create::handle(request),
        ("GET", Route::Object(Service, key)) => service_principals::get::handle(request, key),
        ("PATCH", Route::Object(Service, key)) => service_principals::patch::handle(request, key),
        ("DELETE", Route::Object(Service, key)) => service_principals::delete::handle(request, key),
        ("GET", Route::Owners(kind, key, cast)) => either!(kind, owners::list, request, key, cast),
        ("GET", Route::OwnersCount(kind, key)) => either!(kind, owners::count, request, key),
        ("GET", Route::OwnersRef(kind, key)) => either!(kind, owners::references, request, key),
        ("GET", Route::Federated(key)) => federated::list(request, key),
        ("POST", Route::Federated(key)) => federated::create(request, key),
        ("GET", Route::FederatedOne(key, which)) => federated::get(request, key, &which),
        ("PATCH", Route::FederatedOne(key, which)) => federated::update(request, key, &which),
        ("DELETE", Route::FederatedOne(key, which)) => federated::delete(request, key, &which),
        ("GET", Route::PropertyOf(kind, key, name)) => properties::get(request, kind, key, name),
        ("POST", Route::OwnersRef(kind, key)) => either!(kind, owners::add, request, key),
        ("DELETE", Route::OwnerRef(kind, key, owner)) => either!(kind, owners::remove, request, key, owner),
        ("POST", Route::Action(kind, key, action)) => match action {
            Action::AddKey => either!(kind, credentials::add_key::handle, request, key),
            Action::RemoveKey => either!(kind, credentials::remove_key::handle, request, key),
            Action::AddPassword => either!(kind, credentials::add_password::handle, request, key),
            Action::RemovePassword => either!(kind, credentials::remove_password::handle, request, key),
        },
        ("GET", Route::PoliciesOf(kind, key)) => either!(kind, policies::assignments::list, request, key),
        ("POST", Route::PoliciesRef(kind, key)) => either!(kind, policies::assignments::assign, request, key),
        ("DELETE", Route::PolicyRef(kind, key, id)) => {
            either!(kind, policies::assignments::unassign, request, key, id)
        }
        ("GET", Route::TenantManagementPolicy) => policies::tenant::get(request),
        ("PATCH", Route::TenantManagementPolicy) => policies::tenant::patch(request),
        ("GET", Route::ManagementPolicies) => policies::custom::list(request),
        ("POST", Route::ManagementPolicies) => policies::custom::create(request),
        ("GET", Route::ManagementPolicy(id)) => policies::custom::get(request, id),
        ("PATCH", Route::ManagementPolicy(id)) => policies::custom::patch(request, id),
        ("DELETE", Route::ManagementPolicy(id)) => policies::custom::delete(request, id),
        ("GET", Route::ManagementPolicyAppliesTo(id)) => policies::assignments::applies_to(request, id),
        ("GET", Route::AuthorityConfigurations) if beta => policies::authorities::list(request),
        ("POST", Route::AuthorityConfigurations) if beta => policies::authorities::create(request),
        ("GET", Route::AuthorityConfiguration(id)) if beta => policies::authorities::get(request, id),
        ("DELETE", Route::AuthorityConfiguration(id)) if beta => policies::authorities::delete(request, id),
        ("GET", Route::AuthoritiesOf(id)) if beta => policies::authorities::members(request, id),
        ("POST", Route::AuthoritiesOf(id)) if beta => policies::authorities::add(request, id),
        ("GET", Route::DeletedItems(kind)) => deleted::list(request, kind),
        ("GET", Route::DeletedItem(id)) => deleted::get(request, id),
        ("DELETE", Route::DeletedItem(id)) => deleted::purge(request, id),
        ("POST", Route::RestoreDeletedItem(id)) => deleted::restore(request, id),
        ("GET", Route::DirectoryAudits) => audit::directory_audits(request),
        ("GET", Route::SignIns) => audit::sign_ins(request),
        ("GET", Route::CredentialActivities) if beta => audit::activities::list(request),
        ("GET", Route::Me) => me::get(request),
        ("GET", Route::MeOwnedObjects { applications }) => me::owned_objects(request, applications),
        (method, Route::Related(member, related)) => related::operate(request, method, &member, related),
        (method, Route::Group(route)) => groups::operate(request, method, &route),
        (method, Route::PermissionGrants(which)) => permission_grants::operate(request, method, which.as_deref()),
        ("GET", Route::DirectoryObject(id)) => directory_objects::get(request, id),
        ("POST", Route::DirectoryObjectsByIds) => directory_objects::by_ids(request),
        ("GET", Route::DirectoryRoles) => directory_roles::list(request),
        ("GET", Route::DirectoryRole(key)) => directory_roles::get(request, key),
        ("GET", Route::DirectoryRoleMembers(key)) => directory_roles::members(request, key),
        ("GET", Route::RoleAssignments) => directory_roles::assignments(request),
        ("GET", Route::RoleDefinitions) => directory_roles::definitions(request),
        ("GET", Route::User(name)) => users::get(request, &name),
        ("PATCH", Route::User(name)) => security_attributes::patch_user(request, &name),
        ("GET", Route::Users) => users::list(request),
        ("GET", Route::Organization) => organization::list(request),
        (
            "POST" | "PATCH" | "PUT" | "DELETE",
            Route::Me
            | Route::User(_)
            | Route::Users
            | Route::Organization
            | Route::DirectoryRoles
            | Route::DirectoryRole(_)
            | Route::RoleAssignments
            | Route::RoleDefinitions,
        ) => Err(GraphError::not_simulated(format!("{method} /{}", request.raw_path))),
        _ => Err(method_not_allowed()),
    }
}

fn method_not_allowed() -> GraphError {
    GraphError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "Request_BadRequest",
        "Specified HTTP method is not allowed for the request target.",
    )
}
