//! Key Vault's error envelope and its known texts (facts, E1 and E4).

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::{RESOURCE, VaultChallenge};
use crate::not_simulated;
use crate::state::Tenant;

/// A refusal by a vault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct VaultError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    /// `innererror.code`. The member's spelling is not certain (facts, E4).
    pub(crate) inner: Option<&'static str>,
}

/// Kinds of things that a vault does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Certificate,
    Key,
    Secret,
}

impl VaultError {
    pub(crate) fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), inner: None }
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }

    pub(super) fn bad_parameter(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadParameter", message)
    }

    pub(super) fn forbidden(inner: &'static str, message: impl Into<String>) -> Self {
        Self { inner: Some(inner), ..Self::new(StatusCode::FORBIDDEN, "Forbidden", message) }
    }

    pub(super) fn conflict(inner: Option<&'static str>, message: impl Into<String>) -> Self {
        Self { inner, ..Self::new(StatusCode::CONFLICT, "Conflict", message) }
    }

    /// `id` is a name, or name and version.
    pub(super) fn not_found(what: Missing, id: &str) -> Self {
        let (code, noun) = match what {
            Missing::Certificate => ("CertificateNotFound", "certificate"),
            Missing::Key => ("KeyNotFound", "key"),
            Missing::Secret => ("SecretNotFound", "secret"),
        };
        Self::new(
            StatusCode::NOT_FOUND,
            code,
            format!(
                "A {noun} with (name/id) {id} was not found in this key vault. If you recently deleted this {noun} you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
            ),
        )
    }

    /// At Azure that host name would not resolve.
    pub(super) fn no_vault(name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "VaultNotFound", format!("This tenant has no key vault '{name}'."))
    }

    /// No answer of Key Vault's. `what` ends a sentence.
    pub(super) fn not_simulated(what: impl std::fmt::Display) -> Self {
        let what = what.to_string();
        Self::new(StatusCode::NOT_IMPLEMENTED, not_simulated::CODE, not_simulated::message(&what))
    }

    pub(super) fn is_not_simulated(&self) -> bool {
        self.code == not_simulated::CODE
    }

    pub(super) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "a vault failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "An error has occurred.")
    }

    pub(crate) fn respond(&self, tenant: &Tenant) -> Response {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(inner) = self.inner {
            error["innererror"] = json!({"code": inner});
        }
        let mut response = (self.status, Json(json!({"error": error}))).into_response();
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
        if self.status == StatusCode::UNAUTHORIZED {
            let resource = match (tenant.behaviour().vault_challenge, tenant.names.cloud) {
                (VaultChallenge::Azure, None) => RESOURCE.to_owned(),
                _ => tenant.names.vault_resource(),
            };
            let challenge = format!(
                "Bearer authorization=\"{}/{}\", resource=\"{resource}\"",
                tenant.names.login(),
                tenant.profile.id
            );
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                headers.insert("www-authenticate", value);
            }
        }
        response
    }
}
