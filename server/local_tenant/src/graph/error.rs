//! Graph's error envelope, as recorded: `innerError.date` has no zone.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use uuid::Uuid;

use super::object::Object;
use super::{Body, Reply};

use crate::format::inner_error_date;
use crate::not_simulated;
use crate::state::{Fault, Tenant};

pub(super) const JSON: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The same for `Accept: application/json;odata.metadata=none`.
pub(super) const JSON_NONE: &str =
    "application/json;odata.metadata=none;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// A refusal by Graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    /// Seconds, in the `Retry-After` header.
    pub(crate) retry_after: Option<u64>,
    /// Present in refusals by a policy.
    pub(crate) details: Vec<Detail>,
    /// What of a throttled request was too much.
    pub(crate) throttled: Option<Throttled>,
}

/// One of `error.details`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Detail {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) target: &'static str,
}

/// The limit that a throttled request met (facts, B6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Throttled {
    /// `Tenant_Application/ReadWrite` and so on.
    pub(crate) scope: &'static str,
    pub(crate) information: &'static str,
}

impl GraphError {
    pub(crate) fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), retry_after: None, details: vec![], throttled: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    pub(crate) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// Recorded on 2025-02-20.
    pub(crate) fn denied() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    }

    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
    }

    pub(crate) fn not_found(id: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Request_ResourceNotFound",
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present."),
        )
    }

    /// Status and code for too many credentials: microsoft-graph-docs issue 21469.
    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Directory_ResourceSizeExceeded",
            "The size of the object has exceeded its limit. Please reduce the number of values and retry the request.",
        )
    }

    /// No answer of Graph's. `what` ends a sentence.
    pub(crate) fn not_simulated(what: impl std::fmt::Display) -> Self {
        let what = what.to_string();
        Self::new(StatusCode::NOT_IMPLEMENTED, not_simulated::CODE, not_simulated::message(&what))
    }

    pub(crate) fn is_not_simulated(&self) -> bool {
        self.code == not_simulated::CODE
    }

    pub(crate) fn invalid_value(property: &str, resource: &str) -> Self {
        Self::bad_request(format!("Invalid value specified for property '{property}' of resource '{resource}'."))
    }

    /// A failure that was ordered; the texts of 409 and 429 are Graph's own.
    pub(super) fn of_fault(fault: Fault) -> Self {
        let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let message = match status {
            StatusCode::CONFLICT => {
                "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."
            }
            StatusCode::FORBIDDEN => "Insufficient privileges to complete the operation.",
            StatusCode::TOO_MANY_REQUESTS => "Too many requests",
            _ => "An error has occurred.",
        };
        Self { retry_after: fault.retry_after, ..Self::new(status, fault.code, message) }
    }

    /// `client` is the application whose token was refused, if it was a good one.
    pub(super) fn respond(
        &self,
        tenant: &Tenant,
        client: Option<Uuid>,
        request_id: Uuid,
        client_request_id: &str,
    ) -> Reply {
        let mut inner = Object::default();
        inner.set("date", inner_error_date(tenant.now()));
        inner.set("request-id", request_id.to_string());
        inner.set("client-request-id", client_request_id);
        let mut error = Object::default();
        error.set("code", self.code.as_ref());
        error.set("message", self.message.as_str());
        if !self.details.is_empty() {
            let details = self.details.iter().map(|detail| {
                let mut out = Object::default();
                out.set("code", detail.code);
                out.set("message", detail.message.as_str());
                out.set("target", detail.target);
                out
            });
            error.list("details", details.collect());
        }
        error.nest("innerError", inner);
        let mut body = Object::default();
        body.nest("error", error);
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = format!(
                "Bearer realm=\"\", authorization_uri=\"{}/common/oauth2/v2.0/authorize\", client_id=\"{}\"",
                tenant.names.login(),
                crate::entra::scope::GRAPH_ID
            );
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                headers.insert("www-authenticate", value);
            }
        } else {
            headers.insert("x-ms-resource-unit", HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            let Throttled { scope, information } = self.throttled.unwrap_or(Throttled {
                scope: "Tenant_Application/ReadWrite",
                information: "ResourceUnitLimitExceeded",
            });
            let scope = format!("{scope}/{}/{}", client.unwrap_or_default(), tenant.profile.id);
            if let Ok(value) = HeaderValue::from_str(&scope) {
                headers.insert("x-ms-throttle-scope", value);
            }
            headers.insert("x-ms-throttle-information", HeaderValue::from_static(information));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert("retry-after", HeaderValue::from(seconds));
        }
        Reply { status: self.status, headers, body: Body::Json(body) }
    }
}
