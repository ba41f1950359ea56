//! Graph's error envelope, as recorded: `innerError.date` has no zone.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use uuid::Uuid;

use crate::format::inner_error_date;
use crate::state::{Fault, Tenant};

pub(super) const JSON: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// A refusal by Graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    /// Seconds, in the `Retry-After` header.
    pub(crate) retry_after: Option<u64>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(rename = "innerError")]
    inner: Inner<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Inner<'a> {
    date: String,
    request_id: Uuid,
    client_request_id: &'a str,
}

impl GraphError {
    pub(crate) fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), retry_after: None }
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
    ) -> Response {
        let envelope = Envelope {
            error: Body {
                code: &self.code,
                message: &self.message,
                inner: Inner { date: inner_error_date(tenant.now()), request_id, client_request_id },
            },
        };
        let mut response = (self.status, serde_json::to_vec(&envelope).unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = format!(
                "Bearer realm=\"\", authorization_uri=\"{}/common/oauth2/v2.0/authorize\", client_id=\"{}\"",
                tenant.base,
                crate::entra::scope::GRAPH_ID
            );
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                headers.insert("www-authenticate", value);
            }
        } else {
            headers.insert("x-ms-resource-unit", HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            let scope = format!("Tenant_Application/ReadWrite/{}/{}", client.unwrap_or_default(), tenant.profile.id);
            if let Ok(value) = HeaderValue::from_str(&scope) {
                headers.insert("x-ms-throttle-scope", value);
            }
            headers.insert("x-ms-throttle-information", HeaderValue::from_static("ResourceUnitLimitExceeded"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert("retry-after", HeaderValue::from(seconds));
        }
        response
    }
}
