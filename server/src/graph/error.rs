//! What Graph refuses.

use crate::microsoft_error;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An answer that is a refusal: Graph's error envelope (`{"error":{"code":…,"message":…}}`), as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub status: u16,
    /// Such as `Authorization_RequestDenied`; empty where the body was not Graph's.
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
}

impl Reply {
    pub(crate) fn read(status: u16, request_id: Option<String>, body: &[u8]) -> Self {
        let Some(error) = microsoft_error::read(body) else {
            let message = format!("HTTP status {status} without a reason.");
            return Self { status, code: String::new(), message, request_id };
        };
        let request_id = request_id.or(error.inner.and_then(|inner| inner.request_id));
        Self { status, code: error.code, message: error.message, request_id }
    }
}

/// Why Graph did not do what was asked. Receipts keep it as JSON: a variant may be added, and none renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "error")]
pub enum GraphError {
    #[error("the token was not accepted: {}", .0.message)]
    SignedOut(Reply),
    #[error("Entra denied the request: {}", .0.message)]
    Denied(Reply),
    #[error("no such object: {}", .0.message)]
    NotFound(Reply),
    #[error("another write was under way: {}", .0.message)]
    Concurrency(Reply),
    #[error("too many requests: {}", reply.message)]
    Throttled { reply: Reply, retry_after: Option<Duration> },
    /// `KeyCredentialsInvalidEndDate`
    #[error("an end date was not accepted: {}", .0.message)]
    EndDate(Reply),
    /// `CredentialInvalidLifetimeAsPerAppPolicy` and its kin: an app management policy.
    #[error("an app management policy forbids it: {}", .0.message)]
    Policy(Reply),
    /// A stored credential was sent back altered.
    #[error("a stored credential cannot be changed: {}", .0.message)]
    NotUpdatable(Reply),
    /// `Directory_ResourceSizeExceeded`: the object holds too much.
    #[error("the object would be too large: {}", .0.message)]
    TooLarge(Reply),
    /// `Directory_QuotaExceeded`
    #[error("a quota is used up: {}", .0.message)]
    Quota(Reply),
    /// The app's instance property lock.
    #[error("the property is locked: {}", .0.message)]
    Locked(Reply),
    /// The tenant wants every app to have a `serviceManagementReference`.
    #[error("the app lacks a serviceManagementReference: {}", .0.message)]
    ServiceManagementReference(Reply),
    /// `KeyCredentialsInvalidValue` and its kin: an entry of the list.
    #[error("an entry was not accepted: {}: {}", .0.code, .0.message)]
    InvalidKey(Reply),
    #[error("Graph did not accept the request: {}: {}", .0.code, .0.message)]
    Invalid(Reply),
    #[error("Graph failed with status {}: {}", reply.status, reply.message)]
    Failed { reply: Reply, retry_after: Option<Duration> },
    /// No connection: nothing reached Graph.
    #[error("Graph could not be reached")]
    Unreachable,
    /// The request may have arrived; the answer did not.
    #[error("Graph did not answer")]
    NoAnswer,
    #[error("Graph's answer could not be read: {why}")]
    Unreadable { why: String, request_id: Option<String> },
}

/// Codes that Graph has for a person who may not.
fn is_about_rights(code: &str) -> bool {
    code.starts_with("Authorization_")
        || ["accessDenied", "Forbidden", "UnauthorizedAccess"].iter().any(|known| known.eq_ignore_ascii_case(code))
}

/// Words for the same, where the code says nothing.
const RIGHTS: &[&str] = &[
    "insufficient privileges",
    "does not have permission",
    "not authorized",
    "access denied",
    "access is denied",
    "permissions",
];

impl GraphError {
    pub(super) fn from_transport(error: &reqwest::Error) -> Self {
        tracing::debug!(?error, "no answer from Graph");
        if error.is_connect() || error.is_builder() { Self::Unreachable } else { Self::NoAnswer }
    }

    /// The code and the words come before the status: Graph says 403 of much that is no matter of rights.
    pub(crate) fn from_reply(reply: Reply, retry_after: Option<Duration>) -> Self {
        let words = reply.message.to_ascii_lowercase();
        let says = |known: &[&str]| known.iter().any(|known| words.contains(known));
        match (reply.status, reply.code.as_str()) {
            (401, _) | (_, "InvalidAuthenticationToken" | "Authentication_ExpiredToken") => Self::SignedOut(reply),
            (_, "Directory_ConcurrencyViolation") => Self::Concurrency(reply),
            (429, _) => Self::Throttled { reply, retry_after },
            // Whatever it says, it may have been done.
            (500.., _) => Self::Failed { reply, retry_after },
            (_, "KeyCredentialsInvalidEndDate") => Self::EndDate(reply),
            (_, code) if code.ends_with("AsPerAppPolicy") => Self::Policy(reply),
            (_, "KeyNotUpdatable") => Self::NotUpdatable(reply),
            _ if words.starts_with("update to existing credential") => Self::NotUpdatable(reply),
            (_, "Directory_ResourceSizeExceeded") => Self::TooLarge(reply),
            _ if says(&["size of the object has exceeded", "object size limit", "too many values"]) => {
                Self::TooLarge(reply)
            }
            (_, "Directory_QuotaExceeded") => Self::Quota(reply),
            _ if says(&["quota"]) => Self::Quota(reply),
            (_, "CannotUpdateLockedServicePrincipalProperty") => Self::Locked(reply),
            _ if says(&["property lock"]) => Self::Locked(reply),
            (_, code) if code.contains("ServiceManagementReference") => Self::ServiceManagementReference(reply),
            _ if says(&["servicemanagementreference"]) => Self::ServiceManagementReference(reply),
            (_, code) if code.starts_with("KeyCredentials") => Self::InvalidKey(reply),
            (404, _) | (_, "Request_ResourceNotFound") => Self::NotFound(reply),
            (409, _) => Self::Concurrency(reply),
            (_, code) if is_about_rights(code) => Self::Denied(reply),
            (403, _) if says(RIGHTS) => Self::Denied(reply),
            _ => Self::Invalid(reply),
        }
    }

    /// The directory has no licence for what was asked.
    pub fn is_about_a_licence(&self) -> bool {
        self.reply().is_some_and(|reply| {
            reply.code.contains("NonPremiumTenant") || reply.message.to_ascii_lowercase().contains("premium license")
        })
    }

    fn reply(&self) -> Option<&Reply> {
        match self {
            Self::SignedOut(reply)
            | Self::Denied(reply)
            | Self::NotFound(reply)
            | Self::Concurrency(reply)
            | Self::EndDate(reply)
            | Self::Policy(reply)
            | Self::NotUpdatable(reply)
            | Self::TooLarge(reply)
            | Self::Quota(reply)
            | Self::Locked(reply)
            | Self::ServiceManagementReference(reply)
            | Self::InvalidKey(reply)
            | Self::Invalid(reply)
            | Self::Throttled { reply, .. }
            | Self::Failed { reply, .. } => Some(reply),
            Self::Unreachable | Self::NoAnswer | Self::Unreadable { .. } => None,
        }
    }

    /// The status, where Graph answered.
    pub fn status(&self) -> Option<u16> {
        self.reply().map(|reply| reply.status)
    }

    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Unreadable { request_id, .. } => request_id.as_deref(),
            other => other.reply()?.request_id.as_deref(),
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after, .. } | Self::Failed { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The same read may succeed a little later.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Throttled { .. } | Self::Failed { .. } | Self::Concurrency(_) | Self::Unreachable | Self::NoAnswer
        )
    }

    /// Graph turned a write away before doing it, for a reason that passes.
    pub fn write_turned_away(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Concurrency(_))
    }

    /// After this, a write may have happened or not; only a read can tell.
    pub fn write_may_have_happened(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::NoAnswer | Self::Unreadable { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, code: &str, message: &str) -> GraphError {
        let body = serde_json::json!({"error": {"code": code, "message": message, "innerError": {"date": "2025-02-20T10:52:24", "request-id": "r-1", "client-request-id": "c"}}});
        GraphError::from_reply(Reply::read(status, None, body.to_string().as_bytes()), None)
    }

    #[test]
    fn a_body_that_is_not_graphs_still_is_a_refusal() {
        let error = GraphError::from_reply(Reply::read(502, Some("r-2".into()), b"<html>Bad gateway</html>"), None);
        assert!(error.write_may_have_happened());
        assert_eq!((error.status(), error.request_id()), (Some(502), Some("r-2")));
    }

    #[test]
    fn only_an_answer_that_says_no_rules_a_write_out() {
        for certain in [
            error(403, "x", ""),
            error(429, "x", ""),
            error(400, "x", ""),
            error(409, "x", ""),
            GraphError::Unreachable,
        ] {
            assert!(!certain.write_may_have_happened(), "{certain}");
        }
        for uncertain in [error(500, "x", ""), error(504, "x", ""), GraphError::NoAnswer] {
            assert!(uncertain.write_may_have_happened(), "{uncertain}");
        }
    }
}
