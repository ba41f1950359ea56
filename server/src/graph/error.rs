//! What Graph refuses, and what to tell the person.

use app::contract::problem::Problem;
use serde::Deserialize;
use std::time::Duration;

/// An answer that is a refusal: Graph's error envelope (`{"error":{"code":…,"message":…}}`), as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// Such as `Authorization_RequestDenied`; empty where the body was not Graph's.
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    error: Body,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default, rename = "innerError", alias = "innererror")]
    inner: Option<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    #[serde(rename = "request-id")]
    request_id: Option<String>,
}

impl Reply {
    pub(super) fn read(status: u16, request_id: Option<String>, body: &[u8]) -> Self {
        match serde_json::from_slice::<Envelope>(body) {
            Ok(Envelope { error }) => {
                let request_id = request_id.or(error.inner.and_then(|inner| inner.request_id));
                Self { status, code: error.code, message: error.message, request_id }
            }
            Err(_) => Self {
                status,
                code: String::new(),
                message: format!("HTTP status {status} without a reason."),
                request_id,
            },
        }
    }
}

/// Why Graph did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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

impl GraphError {
    pub(super) fn from_transport(error: &reqwest::Error) -> Self {
        tracing::debug!(?error, "no answer from Graph");
        if error.is_connect() || error.is_builder() { Self::Unreachable } else { Self::NoAnswer }
    }

    pub(super) fn from_reply(reply: Reply, retry_after: Option<Duration>) -> Self {
        let not_updatable =
            reply.code == "KeyNotUpdatable" || reply.message.starts_with("Update to existing credential");
        match (reply.status, reply.code.as_str()) {
            (401, _) | (_, "InvalidAuthenticationToken" | "Authentication_ExpiredToken") => Self::SignedOut(reply),
            (404, _) => Self::NotFound(reply),
            (409, _) | (_, "Directory_ConcurrencyViolation") => Self::Concurrency(reply),
            (429, _) => Self::Throttled { reply, retry_after },
            (_, "KeyCredentialsInvalidEndDate") => Self::EndDate(reply),
            (_, code) if code.ends_with("AsPerAppPolicy") => Self::Policy(reply),
            (403, _) => Self::Denied(reply),
            (400, _) if not_updatable => Self::NotUpdatable(reply),
            (500.., _) => Self::Failed { reply, retry_after },
            _ => Self::Invalid(reply),
        }
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
    pub(super) fn may_pass(&self) -> bool {
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

    /// In a person's words. `object` is what was asked for, such as `this app`.
    pub fn problem(&self, object: &str) -> Problem {
        let mut problem = self.words(object);
        problem.request_id = self.request_id().map(str::to_owned);
        problem
    }

    fn words(&self, object: &str) -> Problem {
        let said = |reply: &Reply| format!("Graph says: “{}”", reply.message);
        match self {
            Self::SignedOut(_) => Problem::signed_out(),
            Self::Denied(reply) => {
                Problem::new(403, "entra-denied", format!("Entra did not let you see or change {object}"), said(reply)).advice(
                    "You must be an owner of the app, or hold a role such as Application Administrator. Ask an owner to do it, or to add you as an owner.",
                )
            }
            Self::NotFound(_) => Problem::new(
                404,
                "app-not-found",
                format!("Entra does not know {object}"),
                "There is no app registration with this object id in this directory: it was deleted, or the id is an application (client) id.",
            )
            .advice("Look for the app by its name in the list of apps."),
            Self::Concurrency(reply) => {
                Problem::new(409, "concurrent-write", format!("Somebody else was writing to {object} at the same time"), said(reply))
                    .advice("Wait a minute, then make a new preview.")
            }
            Self::Throttled { reply, retry_after } => {
                let pause = retry_after.map_or_else(|| "a minute".into(), |pause| format!("{} seconds", pause.as_secs()));
                Problem::new(429, "throttled", "Microsoft Graph has had too many requests", said(reply))
                    .advice(format!("Wait {pause}, then try again."))
            }
            Self::EndDate(reply) => Problem::new(422, "end-date-refused", "Entra did not accept an end date", said(reply)).advice(
                "The new entry has the certificate's own dates, so look at the entries that are on the app already: Entra is known to say this about one that has ended. Remove it in the Entra admin center, then make a new preview.",
            ),
            Self::Policy(reply) => {
                Problem::new(403, "policy-refused", "A policy of your organisation forbids this certificate", said(reply)).advice(
                    "Use a certificate that the policy allows (often: one with a shorter life), or ask who looks after app management policies for an exemption.",
                )
            }
            Self::NotUpdatable(reply) => {
                Problem::new(409, "credential-altered", "Entra would have had to change a stored credential", said(reply))
                    .advice("Nothing was changed. The app has moved on since the preview: make a new one.")
            }
            Self::Invalid(reply) => {
                let detail = if reply.code.is_empty() { said(reply) } else { format!("{} ({})", said(reply), reply.code) };
                Problem::new(422, "graph-refused", "Microsoft Graph did not accept the request", detail)
                    .advice("Give the request id to who runs this portal.")
            }
            Self::Failed { reply, .. } => {
                Problem::new(502, "graph-failed", "Microsoft Graph failed", format!("It answered with status {}. {}", reply.status, said(reply)))
                    .advice("Try again in a few minutes.")
            }
            Self::Unreachable => {
                Problem::new(502, "graph-unreachable", "Microsoft Graph could not be reached", "No connection could be made; nothing was sent.")
                    .advice("Try again in a few minutes.")
            }
            Self::NoAnswer => {
                Problem::new(502, "graph-silent", "Microsoft Graph did not answer", "The connection was cut or the answer took too long.")
                    .advice("Try again in a few minutes.")
            }
            Self::Unreadable { why, .. } => {
                Problem::new(502, "graph-unreadable", "Microsoft Graph's answer could not be read", format!("{why}."))
                    .advice("Give this to who runs the portal.")
            }
        }
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
    fn known_refusals_are_told_apart() {
        let cases = [
            (401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.", "signed-out"),
            (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", "entra-denied"),
            (404, "Request_ResourceNotFound", "Resource 'x' does not exist.", "app-not-found"),
            (409, "Directory_ConcurrencyViolation", "Error due to concurrent requests.", "concurrent-write"),
            (429, "TooManyRequests", "Too many requests", "throttled"),
            (400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.", "end-date-refused"),
            (
                400,
                "CredentialInvalidLifetimeAsPerAppPolicy",
                "Credential lifetime exceeds the max value.",
                "policy-refused",
            ),
            (
                400,
                "Request_BadRequest",
                "Update to existing credential with KeyId 'x' is not allowed.",
                "credential-altered",
            ),
            (400, "KeyNotUpdatable", "No.", "credential-altered"),
            (400, "Request_BadRequest", "Something else.", "graph-refused"),
            (503, "serviceNotAvailable", "Later.", "graph-failed"),
        ];
        for (status, code, message, expected) in cases {
            let problem = error(status, code, message).problem("this app");
            assert_eq!(problem.code, expected, "{code}");
            assert_eq!(problem.request_id.as_deref(), Some("r-1"));
            assert!(problem.advice.is_some(), "{code}");
        }
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
