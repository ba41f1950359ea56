//! Microsoft Graph's refusals.

use crate::graph::{GraphError, Reply};
use app::contract::problem::Problem;

/// `object`: what was asked for, such as `this app`.
pub fn of(error: &GraphError, object: &str) -> Problem {
    let mut problem = words(error, object);
    problem.request_id = error.request_id().map(str::to_owned);
    problem
}

fn words(error: &GraphError, object: &str) -> Problem {
    let said = |reply: &Reply| format!("Graph says: “{}”", reply.message);
    match error {
        GraphError::SignedOut(_) => Problem::signed_out(),
        GraphError::Denied(reply) => {
            Problem::new(403, "entra-denied", format!("Entra did not let you see or change {object}"), said(reply)).advice(
                "You must be an owner of the app, or hold a role such as Application Administrator. Ask an owner to do it, or to add you as an owner.",
            )
        }
        GraphError::NotFound(_) => Problem::new(
            404,
            "app-not-found",
            format!("Entra does not know {object}"),
            "There is no app registration with this object id in this directory: it was deleted, or the id is an application (client) id.",
        )
        .advice("Look for the app by its name in the list of apps."),
        GraphError::Concurrency(reply) => {
            Problem::new(409, "concurrent-write", format!("Somebody else was writing to {object} at the same time"), said(reply))
                .advice("Wait a minute, then make a new preview.")
        }
        GraphError::Throttled { reply, retry_after } => {
            let pause = retry_after.map_or_else(|| "a minute".into(), |pause| format!("{} seconds", pause.as_secs()));
            Problem::new(429, "throttled", "Microsoft Graph has had too many requests", said(reply))
                .advice(format!("Wait {pause}, then try again."))
        }
        GraphError::EndDate(reply) => Problem::new(422, "end-date-refused", "Entra did not accept an end date", said(reply)).advice(
            "The new entry has the certificate's own dates, so look at the entries that are on the app already: Entra is known to say this about one that has ended. Remove it in the Entra admin center, then make a new preview.",
        ),
        GraphError::Policy(reply) => {
            Problem::new(403, "policy-refused", "A policy of your organisation forbids this certificate", said(reply)).advice(
                "Use a certificate that the policy allows (often: one with a shorter life), or ask who looks after app management policies for an exemption.",
            )
        }
        GraphError::NotUpdatable(reply) => {
            Problem::new(409, "credential-altered", "Entra would have had to change a stored credential", said(reply))
                .advice("Nothing was changed. The app has moved on since the preview: make a new one.")
        }
        GraphError::Invalid(reply) => {
            let detail = if reply.code.is_empty() { said(reply) } else { format!("{} ({})", said(reply), reply.code) };
            Problem::new(422, "graph-refused", "Microsoft Graph did not accept the request", detail)
                .advice("Give the request id to who runs this portal.")
        }
        GraphError::Failed { reply, .. } => {
            Problem::new(502, "graph-failed", "Microsoft Graph failed", format!("It answered with status {}. {}", reply.status, said(reply)))
                .advice("Try again in a few minutes.")
        }
        GraphError::Unreachable => {
            Problem::new(502, "graph-unreachable", "Microsoft Graph could not be reached", "No connection could be made; nothing was sent.")
                .advice("Try again in a few minutes.")
        }
        GraphError::NoAnswer => {
            Problem::new(502, "graph-silent", "Microsoft Graph did not answer", "The connection was cut or the answer took too long.")
                .advice("Try again in a few minutes.")
        }
        GraphError::Unreadable { why, .. } => {
            Problem::new(502, "graph-unreadable", "Microsoft Graph's answer could not be read", format!("{why}."))
                .advice("Give this to who runs the portal.")
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
            let problem = of(&error(status, code, message), "this app");
            assert_eq!(problem.code, expected, "{code}");
            assert_eq!(problem.request_id.as_deref(), Some("r-1"));
            assert!(problem.advice.is_some(), "{code}");
        }
    }
}
