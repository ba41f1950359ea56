//! Ordered errors, in the form of whatever was asked.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use uuid::Uuid;

use crate::entra::error::EntraError;
use crate::entra::{Parameters, correlation};
use crate::format::inner_error_date;
use crate::graph::auth::authenticate;
use crate::keyvault;
use crate::keyvault::error::VaultError;
use crate::state::Tenant;

/// What was ordered.
pub(super) struct OrderedAnswer<'a> {
    pub(super) status: StatusCode,
    pub(super) code: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    pub(super) retry_after: Option<u64>,
}

pub(super) fn of(tenant: &Tenant, path: &str, headers: &HeaderMap, wanted: &OrderedAnswer<'_>) -> Response {
    let mut response = if path.starts_with("/_vault/") {
        vault(tenant, headers, wanted)
    } else if path.starts_with("/v1.0/") || path.starts_with("/beta/") {
        graph(tenant, headers, wanted)
    } else {
        entra(tenant, headers, wanted)
    };
    if let Some(seconds) = wanted.retry_after {
        response.headers_mut().insert("retry-after", HeaderValue::from(seconds));
    }
    response
}

/// Code and text that Graph has for a status (facts, B4; 500 and 504 are not sourced).
const fn of_graph(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::FORBIDDEN => ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
        StatusCode::CONFLICT => (
            "Directory_ConcurrencyViolation",
            "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
        ),
        StatusCode::TOO_MANY_REQUESTS => ("TooManyRequests", "Too many requests"),
        StatusCode::SERVICE_UNAVAILABLE => ("serviceNotAvailable", "The service is temporarily unavailable."),
        StatusCode::GATEWAY_TIMEOUT => ("UnknownError", "The gateway did not receive an answer in time."),
        _ => ("InternalServerError", "An error has occurred."),
    }
}

fn graph(tenant: &Tenant, headers: &HeaderMap, wanted: &OrderedAnswer<'_>) -> Response {
    let (code, message) = of_graph(wanted.status);
    let request_id = Uuid::new_v4().to_string();
    let client_request_id = headers
        .get("client-request-id")
        .and_then(|value| value.to_str().ok())
        .map_or_else(|| request_id.clone(), str::to_owned);
    let body = json!({"error": {
        "code": wanted.code.unwrap_or(code),
        "message": wanted.message.unwrap_or(message),
        "innerError": {
            "date": inner_error_date(tenant.now()),
            "request-id": request_id,
            "client-request-id": client_request_id,
        },
    }});
    let mut response = (wanted.status, Json(body)).into_response();
    let out = response.headers_mut();
    let mut set = |name: &'static str, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            out.insert(name, value);
        }
    };
    set("request-id", &request_id);
    set("client-request-id", &client_request_id);
    if wanted.status == StatusCode::TOO_MANY_REQUESTS {
        let client = authenticate(tenant, headers).map(|caller| caller.client()).unwrap_or_default();
        set("x-ms-throttle-scope", &format!("Tenant_Application/ReadWrite/{client}/{}", tenant.profile.id));
        set("x-ms-throttle-information", "ResourceUnitLimitExceeded");
    }
    response
}

fn vault(tenant: &Tenant, headers: &HeaderMap, wanted: &OrderedAnswer<'_>) -> Response {
    let (code, message) = match wanted.status {
        StatusCode::TOO_MANY_REQUESTS => {
            ("Throttled", "Request was not processed because too many requests were received.")
        }
        StatusCode::FORBIDDEN => ("Forbidden", "Caller is not authorized to perform action on resource."),
        StatusCode::SERVICE_UNAVAILABLE => ("ServiceUnavailable", "The service is temporarily unavailable."),
        _ => ("InternalServerError", "An error has occurred."),
    };
    let error =
        VaultError::new(wanted.status, wanted.code.unwrap_or(code).to_owned(), wanted.message.unwrap_or(message));
    let mut response = error.respond(tenant);
    keyvault::decorate(&mut response, headers.get("x-ms-client-request-id").cloned());
    response
}

fn entra(tenant: &Tenant, headers: &HeaderMap, wanted: &OrderedAnswer<'_>) -> Response {
    let (code, error) = match wanted.status {
        StatusCode::TOO_MANY_REQUESTS => (50196, "invalid_request"),
        _ => (90033, "temporarily_unavailable"),
    };
    let code = wanted.code.and_then(|code| code.trim_start_matches("AADSTS").parse().ok()).unwrap_or(code);
    let text = wanted.message.unwrap_or(match code {
        50196 => "The server terminated an operation because it encountered a client request loop. Please contact your app vendor.",
        _ => "A transient error has occurred. Please try again.",
    });
    let refusal = EntraError { status: wanted.status, ..EntraError::new(code, error, text) };
    refusal.json(&tenant.names.login(), tenant.now(), correlation(headers, &Parameters::default()))
}
