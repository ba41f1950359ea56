//! Microsoft Graph, v1.0 and a little of beta, as far as it concerns applications and who may change them.
//!
//! A request goes: path to [`path::Route`], bearer token to [`auth::Caller`], one operation, [`Answer`]. To add an
//! operation, give its path a `Route`, write one file for it, and name it in [`dispatch`].

pub(crate) mod applications;
pub(crate) mod auth;
pub(crate) mod error;
pub(crate) mod me;
pub(crate) mod object;
pub(crate) mod odata;
pub(crate) mod organization;
pub(crate) mod path;
pub(crate) mod service_principals;
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
use uuid::Uuid;

use crate::state::Tenant;
use auth::Caller;
use error::GraphError;
use object::Object;
use odata::Query;
use path::{Route, Version};

pub(crate) fn routes() -> Router<Arc<Tenant>> {
    Router::new().route("/v1.0/{*path}", any(handle)).route("/beta/{*path}", any(handle))
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
}

impl Request<'_> {
    /// The Graph root with its version: `http://…/v1.0`.
    pub(crate) fn root(&self) -> String {
        format!("{}/{}", self.tenant.base, self.version.segment())
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

/// What an answer carries.
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

async fn handle(
    State(tenant): State<Arc<Tenant>>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request_id = Uuid::new_v4();
    // Graph answers with the client's own id where it sent one, and with its own twice where not.
    let client_request_id = headers
        .get("client-request-id")
        .and_then(|value| value.to_str().ok())
        .map_or_else(|| request_id.to_string(), str::to_owned);
    let caller = auth::authenticate(&tenant, &headers);
    let client = caller.as_ref().ok().map(Caller::client);
    let fault = || tenant.take_fault(method.as_str(), uri.path_and_query().map_or("", PathAndQuery::as_str));
    let result = caller.and_then(|caller| match fault() {
        Some(fault) => Err(GraphError::of_fault(fault)),
        None => dispatch(&tenant, caller, &uri, &method, &headers, body),
    });
    let mut response = match result {
        Ok(answer) => success(answer),
        Err(error) => {
            tracing::debug!(code = %error.code, message = error.message, "Graph request refused");
            error.respond(&tenant, client, request_id, &client_request_id)
        }
    };
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
    for (name, value) in [("request-id", request_id.to_string()), ("client-request-id", client_request_id)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            out.insert(name, value);
        }
    }
    response
}

fn success(answer: Answer) -> Response {
    let mut response = match &answer.body {
        Body::Json(body) => {
            let text = serde_json::to_vec(body).unwrap_or_default();
            let mut response = (answer.status, text).into_response();
            response.headers_mut().insert("content-type", HeaderValue::from_static(error::JSON));
            response.headers_mut().insert("odata-version", HeaderValue::from_static("4.0"));
            response
        }
        Body::Text(text) => (answer.status, text.clone()).into_response(),
        Body::Nothing => answer.status.into_response(),
    };
    response.headers_mut().insert("x-ms-resource-unit", HeaderValue::from(answer.resource_units));
    if let Some(location) = answer.location.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert("location", location);
    }
    response
}

fn dispatch(
    tenant: &Tenant,
    caller: Caller,
    uri: &Uri,
    method: &Method,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Answer, GraphError> {
    let (version, route) = path::parse(uri.path())?;
    let raw_path = uri.path().get(version.segment().len() + 2..).unwrap_or_default();
    let eventual = headers
        .get("consistencylevel")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.eq_ignore_ascii_case("eventual"));
    let query = Query::parse(uri.query().unwrap_or_default(), eventual)?;
    let request = Request { tenant, version, caller, query, body, now: tenant.now(), raw_path };
    match (method.as_str(), route) {
        ("GET", Route::Applications) => applications::list::handle(&request),
        ("GET", Route::ApplicationsCount) => applications::list::count(&request),
        ("POST", Route::Applications) => applications::create::handle(&request),
        ("GET", Route::Application(key)) => applications::get::handle(&request, key),
        ("PATCH", Route::Application(key)) => applications::patch::handle(&request, key),
        ("GET", Route::ApplicationOwners(key)) => applications::owners::list(&request, key),
        ("POST", Route::ApplicationOwnersRef(key)) => applications::owners::add(&request, key),
        ("GET", Route::Me) => me::get(&request),
        ("GET", Route::MeOwnedObjects { applications }) => me::owned_objects(&request, applications),
        ("GET", Route::MeMemberOf) => me::member_of(&request),
        ("GET", Route::User(name)) => users::get(&request, &name),
        ("GET", Route::Users) => users::list(&request),
        ("GET", Route::ServicePrincipals) => service_principals::list(&request),
        ("POST", Route::ServicePrincipals) => service_principals::create(&request),
        ("GET", Route::ServicePrincipal(key)) => service_principals::get(&request, key),
        ("GET", Route::Organization) => organization::list(&request),
        _ => Err(GraphError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        )),
    }
}
