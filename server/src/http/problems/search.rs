//! What people are told of searches, and of what the doctor asks.

use super::graph;
use crate::index::LookError;
use crate::operations::search::doctor_evidence::EvidenceError;
use crate::operations::search::find_holders::{FindHoldersError, LONGEST};
use app::contract::problem::Problem;

impl From<LookError> for Problem {
    fn from(error: LookError) -> Self {
        match error {
            LookError::List(error) => graph::of(&error, "the list of apps"),
            LookError::Own(error) => graph::of(&error, "your apps"),
            LookError::Store(error) => error.into(),
        }
    }
}

impl From<FindHoldersError> for Problem {
    fn from(error: FindHoldersError) -> Self {
        match error {
            FindHoldersError::TooLong { bytes } => Self::new(
                422,
                "search-too-long",
                "That is too long to search for",
                format!("It has {bytes} bytes; a search takes at most {LONGEST}."),
            )
            .advice(
                "For a whole certificate, upload it, or drop it on the doctor's page. For an error text, use the doctor.",
            ),
            FindHoldersError::Token(error) => error.into(),
            FindHoldersError::Look(error) => error.into(),
        }
    }
}

impl From<EvidenceError> for Problem {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::Certificate(error) => error.into(),
            EvidenceError::Token(error) => error.into(),
            EvidenceError::App(error) => graph::of(&error, "this app"),
            EvidenceError::ServicePrincipal(error) => graph::of(&error, "this service principal"),
            EvidenceError::Look(error) => error.into(),
            EvidenceError::Store(error) => error.into(),
        }
    }
}
