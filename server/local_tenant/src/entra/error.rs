//! Entra's errors: `AADSTS` codes with the exact texts that are known (facts, section D).

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::client::Client;
use super::strangers::Stranger;
use crate::format::entra_timestamp;
use crate::not_simulated;

/// One refusal by the sign-in service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{text}", self.prefix())]
pub(crate) struct EntraError {
    /// 0: no answer of Entra's, see [`Self::not_simulated`].
    pub(crate) code: u32,
    /// OAuth 2.0 `error`.
    pub(crate) error: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: Uuid,
    correlation_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_uri: Option<String>,
}

/// Shared end of the assertion texts.
pub(crate) const REVIEW: &str = "Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .";

impl EntraError {
    /// `invalid_client` is 401, all else 400.
    pub(crate) fn new(code: u32, error: &'static str, text: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        Self { code, error, status, text: text.into() }
    }

    /// No answer of Entra's. `what` ends a sentence.
    pub(crate) fn not_simulated(what: &str) -> Self {
        let text = not_simulated::message(what);
        Self { code: 0, error: "not_simulated", status: StatusCode::NOT_IMPLEMENTED, text }
    }

    fn prefix(&self) -> String {
        if self.code == 0 { String::new() } else { format!("AADSTS{}: ", self.code) }
    }

    /// As the token endpoint said it on 2024-10-21 (facts, K5); discovery has another `error`, [`Self::of_discovery`].
    pub(crate) fn tenant_not_found(name: &str) -> Self {
        Self::new(
            90002,
            "invalid_request",
            format!(
                "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
            ),
        )
    }

    /// The same refusal by the discovery endpoint.
    pub(crate) fn of_discovery(self) -> Self {
        if self.code == 90002 { Self { error: "invalid_tenant", ..self } } else { self }
    }

    pub(crate) fn application_not_found(id: &str, tenant: &str) -> Self {
        Self::new(
            700_016,
            "unauthorized_client",
            format!(
                "Application with identifier '{id}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
            ),
        )
    }

    /// Somebody of another tenant (Microsoft's list of error codes has the text).
    pub(crate) fn stranger(stranger: &Stranger, tenant: &str, client: &Client) -> Self {
        Self::new(
            50020,
            "invalid_grant",
            format!(
                "User account '{}' from identity provider 'https://sts.windows.net/{}/' does not exist in tenant '{tenant}' and cannot access the application '{}'({}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.",
                stranger.user_principal_name, stranger.tenant, client.app_id, client.display_name
            ),
        )
    }

    /// People cannot consent to another tenant's application here: an administrator does, at the consent endpoint. The text is
    /// of Microsoft's page on the consent experience.
    pub(crate) fn needs_administrator(client: &str) -> Self {
        Self::new(
            90094,
            "access_denied",
            format!(
                "{client} needs permission to access resources in your organization that only an admin can grant. Request an admin to grant permission to this app before you can use it."
            ),
        )
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        Self::new(
            900_144,
            "invalid_request",
            format!("The request body must contain the following parameter: '{name}'."),
        )
    }

    pub(crate) fn missing_field(name: &str) -> Self {
        Self::new(
            90014,
            "invalid_request",
            format!(
                "The required field '{name}' is missing from the credential. Ensure that you have all the necessary parameters for the login request."
            ),
        )
    }

    pub(crate) fn invalid_grant(code: u32, text: impl Into<String>) -> Self {
        Self::new(code, "invalid_grant", text)
    }

    /// `AADSTS…: text Trace ID: … Correlation ID: … Timestamp: …`
    pub(crate) fn description(&self, now: OffsetDateTime, trace: Uuid, correlation: Uuid) -> String {
        format!("{self} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {}", entra_timestamp(now))
    }

    /// The token endpoint's JSON. `base` is where its error pages would be.
    pub(crate) fn json(&self, base: &str, now: OffsetDateTime, correlation: Uuid) -> Response {
        let trace = Uuid::new_v4();
        let body = Body {
            error: self.error,
            error_description: self.description(now, trace, correlation),
            error_codes: [self.code],
            timestamp: entra_timestamp(now),
            trace_id: trace,
            correlation_id: correlation,
            error_uri: (self.code != 0).then(|| format!("{base}/error?code={}", self.code)),
        };
        let mut response = (self.status, Json(body)).into_response();
        if self.code == 0 {
            not_simulated::mark(response.headers_mut(), &self.text);
        }
        decorate(&mut response, trace, correlation);
        response
    }
}

/// The headers on every answer of the token endpoint.
pub(crate) fn decorate(response: &mut Response, trace: Uuid, correlation: Uuid) {
    let headers = response.headers_mut();
    headers.insert("cache-control", HeaderValue::from_static("no-store, no-cache"));
    headers.insert("pragma", HeaderValue::from_static("no-cache"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    for (name, id) in [("x-ms-request-id", trace), ("client-request-id", correlation)] {
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            headers.insert(name, value);
        }
    }
    headers.insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
}
