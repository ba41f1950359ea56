//! What people are told of proofs.

use super::graph;
use crate::operations::proofs::prove::ProveError;
use crate::operations::proofs::target::ProofTargetError;
use crate::operations::proofs::{AssertionError, capitalized};
use app::contract::problem::Problem;

impl From<ProofTargetError> for Problem {
    fn from(error: ProofTargetError) -> Self {
        match error {
            ProofTargetError::Token(error) => error.into(),
            ProofTargetError::App(error) => graph::of(&error, "this app"),
            ProofTargetError::NoSuchApp(app) => Self::new(
                404,
                "app-not-found",
                "This directory has no such app",
                format!(
                    "It has neither an app registration nor a service principal with the application (client) id {app}."
                ),
            )
            .advice("Check the id. If the app is of another directory, sign in there."),
            ProofTargetError::Store(error) => error.into(),
        }
    }
}

impl From<ProveError> for Problem {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Assertion(error) => error.into(),
            ProveError::TooMany { seconds } => Self::new(
                429,
                "too-many-proofs",
                "Too many proofs in a short time",
                "Entra slows down clients that send it many assertions, so that the portal does not send more for now.",
            )
            .advice(format!("Wait {seconds} seconds, then try again.")),
            ProveError::Token(error) => error.into(),
            ProveError::Relay(error) => {
                let detail = format!("{}.", capitalized(&error.to_string()));
                Self::new(502, "entra-unreachable", "Microsoft Entra did not answer", detail)
                    .advice("Try again in a moment. This says nothing about the certificate.")
            }
            ProveError::Store(error) => error.into(),
        }
    }
}

impl From<AssertionError> for Problem {
    fn from(error: AssertionError) -> Self {
        let detail = format!("{}. Nothing was sent.", capitalized(&error.to_string()));
        match error {
            AssertionError::OtherApp { .. } => {
                Self::new(422, "assertion-of-another-app", "The assertion is not of this app", detail)
                    .advice("Choose the app that the assertion was made for, or make one for this app.")
            }
            AssertionError::OtherAudience { .. } => Self::new(
                422,
                "assertion-for-elsewhere",
                "The assertion is not for this directory's token endpoint",
                detail,
            )
            .advice("Make one with that aud. One that is meant for another place is not sent there from here."),
            _ => Self::new(422, "not-an-assertion", "That is not a client assertion", detail)
                .advice("Copy the whole value of client_assertion, with all three parts."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_that_is_not_sent_is_told_in_full() {
        let problem = Problem::from(AssertionError::NotThreeParts);
        assert_eq!(problem.detail, "A compact JWS has three parts with dots between them. Nothing was sent.");
        assert_eq!(problem.code, "not-an-assertion");
        let elsewhere = AssertionError::OtherAudience { found: None, endpoint: "https://login.example".into() };
        let problem = Problem::from(elsewhere);
        assert_eq!(
            problem.detail,
            "Its aud is missing, and it would have to be https://login.example. Nothing was sent."
        );
    }
}
