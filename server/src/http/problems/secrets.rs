//! What people are told of client secrets.

use super::graph;
use super::inventory::bad_reason;
use crate::graph::GraphError;
use crate::operations::secrets::read::ReadSecretError;
use crate::operations::secrets::remove::RemoveSecretError;
use app::contract::problem::Problem;
use app::route::Route;
use domain::secret_removal::RemovalRisk;

impl From<ReadSecretError> for Problem {
    fn from(error: ReadSecretError) -> Self {
        match error {
            ReadSecretError::Token(error) => error.into(),
            ReadSecretError::App(error) => graph::of(&error, "this app"),
            ReadSecretError::Owners(error) => graph::of(&error, "this app's owners"),
            ReadSecretError::NoSuchSecret => Self::new(
                404,
                "secret-not-found",
                "The app has no such secret",
                "Nor was one with this key id removed from it here: it was removed elsewhere, or never was there.",
            )
            .advice("Open the app's page: it shows the secrets that there are."),
            ReadSecretError::Store(error) => error.into(),
        }
    }
}

impl From<RemoveSecretError> for Problem {
    fn from(error: RemoveSecretError) -> Self {
        match error {
            RemoveSecretError::Read(error) => error.into(),
            RemoveSecretError::Gone => Self::new(
                409,
                "secret-gone",
                "The secret is not there any more",
                "The app was read again before anything was sent, and has no secret with this key id. Nothing was sent.",
            )
            .advice("Somebody else may have removed it. Load the page again."),
            RemoveSecretError::NeedsApproval { rules } => {
                let rules = rules.iter().map(|rule| format!("“{rule}”")).collect::<Vec<_>>().join(", ");
                Self::new(
                    403,
                    "needs-approval",
                    "This removal needs approval",
                    format!("The rules of this portal ask for it where entries are removed from this app: {rules}. Nothing was sent."),
                )
                .advice("Ask for it on the secret's page: who approves sees what goes, and somebody whom Entra lets write carries it out.")
                .link("See the rules, and who approves", Route::Rules)
            }
            RemoveSecretError::NotConfirmed { words } => Self::new(
                422,
                "removal-not-confirmed",
                "A secret would be removed for good",
                format!("“{words}” was not typed. Nothing was sent."),
            )
            .advice(format!("Look at which secret it is, type “{words}”, and send it again.")),
            RemoveSecretError::NeedsReason(risk) => {
                let why = match risk {
                    RemovalRisk::Unknown(_) => "Whether it is still used is not known.",
                    _ => "It was used lately, or not watched for 30 days yet.",
                };
                Self::new(
                    422,
                    "reason-missing",
                    "The secret may still be used",
                    format!("{why} It goes only with a reason, which is kept. Nothing was sent."),
                )
                .advice("Make sure that nothing signs in with it, and say how you know.")
            }
            RemoveSecretError::Reason(error) => bad_reason(error),
            RemoveSecretError::Token(error) => error.into(),
            RemoveSecretError::Refused(error) => refused(&error),
            RemoveSecretError::App(error) => graph::of(&error, "this app"),
            RemoveSecretError::CutOff => Self::new(
                500,
                "removal-cut-off",
                "The removal was cut off",
                "The portal does not know what came of it.",
            )
            .advice("Load the page again: it shows whether the secret is there."),
            RemoveSecretError::Store(error) => error.into(),
        }
    }
}

/// What Graph says of one that is not there is a 400 of no code of its own.
fn refused(error: &GraphError) -> Problem {
    let mut problem = graph::of(error, "this app");
    if let GraphError::Invalid(reply) = error {
        problem.title = "Entra did not remove the secret".into();
        problem.detail = format!("Graph says: “{}”", reply.message);
        problem.advice =
            Some("Nothing was changed. Load the page again: somebody else may have removed it in the meantime.".into());
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Reply;

    #[test]
    fn what_graph_refuses_is_named() {
        let reply = |status, code: &str, message: &str| Reply {
            status,
            code: code.into(),
            message: message.into(),
            request_id: Some("r-1".into()),
        };
        let not_there = reply(400, "Request_BadRequest", "No password credential found with keyId '1'.");
        for (reply, code, words) in [
            (not_there, "graph-refused", "No password credential found"),
            (reply(404, "Request_ResourceNotFound", "Resource 'x' does not exist."), "app-not-found", "object id"),
            (reply(403, "Authorization_RequestDenied", "Insufficient privileges."), "entra-denied", "Insufficient"),
        ] {
            let problem = Problem::from(RemoveSecretError::Refused(GraphError::from_reply(reply, None)));
            assert_eq!((problem.code.as_str(), problem.request_id.as_deref()), (code, Some("r-1")));
            assert!(problem.detail.contains(words) && problem.advice.is_some(), "{problem:?}");
        }
    }
}
