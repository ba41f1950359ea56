//! Microsoft Graph's refusals.

use crate::graph::{GraphError, Reply};
use app::contract::problem::Problem;
use app::route::Route;

/// `object`: what was asked for, such as `this app`.
pub fn of(error: &GraphError, object: &str) -> Problem {
    let mut problem = words(error, object);
    problem.request_id = error.request_id().map(str::to_owned);
    problem
}

fn words(error: &GraphError, object: &str) -> Problem {
    let said = |reply: &Reply| format!("Graph says: “{}”", reply.message);
    match error {
        GraphError::SignedOut(reply) => Problem::new(
            401,
            "graph-signed-out",
            "Microsoft Graph does not accept your sign-in",
            format!("It was renewed where it could be, and Graph still does not take it. {}", said(reply)),
        )
        .advice("Sign in again; nothing was changed. If it happens again, give the request-id to your administrator."),
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
        .advice("Look for the app by its name in the list of apps.")
        .link("Open the list of apps", Route::Apps),
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
                "Use a certificate that the policy allows (often: one with a shorter life; a lifetime must be less than the policy's, so that 366 days allow 365), or ask who looks after app management policies for an exemption.",
            )
        }
        GraphError::NotUpdatable(reply) => {
            Problem::new(409, "credential-altered", "Entra would have had to change a stored credential", said(reply))
                .advice("Nothing was changed. The app has moved on since the preview: make a new one.")
        }
        GraphError::TooLarge(reply) => {
            Problem::new(422, "app-too-large", "The app has too many entries", said(reply)).advice(
                "Nothing was changed. It is not a matter of your rights: remove certificates and secrets that have ended, then make a new preview.",
            )
        }
        GraphError::Quota(reply) => Problem::new(422, "quota-exceeded", "A quota of the directory is used up", said(reply))
            .advice("Nothing was changed. Delete what is no longer needed (deleted objects count for 30 days), or ask an administrator."),
        GraphError::Locked(reply) => {
            Problem::new(422, "property-locked", "The app's instance property lock forbids this", said(reply)).advice(
                "Nothing was changed. The lock keeps a service principal's credentials from being changed: add the certificate to the app registration itself, or have its owner change the lock (App registrations, Authentication, App instance property lock).",
            )
        }
        GraphError::ServiceManagementReference(reply) => {
            Problem::new(422, "service-reference-missing", "The app lacks a service management reference", said(reply)).advice(
                "Nothing was changed. Your directory wants one on every app: set serviceManagementReference in the app's manifest (Branding & properties), then make a new preview.",
            )
        }
        GraphError::InvalidKey(reply) => {
            Problem::new(422, "entry-refused", "Entra did not accept an entry of the list", format!("{} ({})", said(reply), reply.code)).advice(
                "Nothing was changed. An entry may have gone since the preview, and cannot be named without its key: read the app again and make a new preview.",
            )
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
            (401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.", "graph-signed-out"),
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

    /// Refusals as people have reported them: the inputs are field cases.
    #[test]
    fn refusals_of_the_field_have_words_and_a_cure_of_their_own() {
        const FIELD: [(&str, &str, &str, &str); 6] = [
            (
                include_str!("../../../../app/domain/tests/field/117-patch-size-exceeded/input.json"),
                "app-too-large",
                "The app has too many entries",
                "not a matter of your rights",
            ),
            (
                include_str!("../../../../app/domain/tests/field/118-patch-key-value-null/input.json"),
                "entry-refused",
                "Entra did not accept an entry of the list",
                "read the app again",
            ),
            (
                include_str!("../../../../app/domain/tests/field/120-patch-locked-property/input.json"),
                "property-locked",
                "The app's instance property lock forbids this",
                "App instance property lock",
            ),
            (
                include_str!("../../../../app/domain/tests/field/121-patch-lifetime-policy/input.json"),
                "policy-refused",
                "A policy of your organisation forbids this certificate",
                "366 days allow 365",
            ),
            (
                include_str!("../../../../app/domain/tests/field/122-patch-key-id-update/input.json"),
                "credential-altered",
                "Entra would have had to change a stored credential",
                "make a new one",
            ),
            (
                include_str!("../../../../app/domain/tests/field/124-patch-end-date/input.json"),
                "end-date-refused",
                "Entra did not accept an end date",
                "one that has ended",
            ),
        ];
        for (input, code, title, advice) in FIELD {
            let input: serde_json::Value = serde_json::from_str(input).unwrap_or_default();
            let fault = &input["fault"];
            let status = fault["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
            let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
            let problem = of(&error(status, &text("code"), &text("message")), "this app");
            assert_eq!((problem.code.as_str(), problem.title.as_str()), (code, title));
            assert!(problem.advice.is_some_and(|words| words.contains(advice)), "{code}");
            assert!(problem.detail.contains(&text("message")), "{code}");
        }
        let concurrency = include_str!("../../../../app/domain/tests/field/119-patch-concurrency-409/input.json");
        assert!(concurrency.contains("Directory_ConcurrencyViolation"));
        assert!(error(409, "Directory_ConcurrencyViolation", "x").write_turned_away(), "it is tried again by itself");
    }

    #[test]
    fn a_403_is_about_rights_only_where_it_says_so() {
        for (code, message, expected) in [
            ("Authorization_RequestDenied", "Insufficient privileges to complete the operation.", "entra-denied"),
            ("", "Insufficient privileges to complete the operation.", "entra-denied"),
            ("accessDenied", "No.", "entra-denied"),
            ("Directory_ResourceSizeExceeded", "The size of the object has exceeded its limit.", "app-too-large"),
            (
                "Directory_QuotaExceeded",
                "The directory object quota limit for the Principal has been exceeded.",
                "quota-exceeded",
            ),
            (
                "Request_BadRequest",
                "ServiceManagementReference field is required for Update, but is missing in the request.",
                "service-reference-missing",
            ),
            ("CredentialInvalidLifetimeAsPerAppPolicy", "x", "policy-refused"),
            ("SomethingNew", "Later.", "graph-refused"),
        ] {
            assert_eq!(of(&error(403, code, message), "this app").code, expected, "{code}");
        }
    }
}
