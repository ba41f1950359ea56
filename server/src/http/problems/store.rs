//! When the portal's own storage fails, and what it keeps of earlier failures.

use crate::plan_refusal::PlanRefusal;
use crate::store::{StoreError, Stored, StoredProblem, StoredReason};
use app::contract::problem::Problem;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "store failed");
        store_failed()
    }
}

/// The log has the reason.
pub(crate) fn store_failed() -> Problem {
    Problem::new(
        500,
        "store-failed",
        "The portal's own storage failed",
        "What you asked for could not be read or kept.",
    )
    .advice("Try again; if it happens again, tell who runs the portal.")
}

impl From<StoredProblem> for Problem {
    fn from(told: StoredProblem) -> Self {
        let StoredProblem { status, code, title, detail, advice, request_id } = told;
        Self { status, code, title, detail, advice, request_id, link: None, sign_in: None }
    }
}

impl From<Problem> for StoredProblem {
    fn from(problem: Problem) -> Self {
        // Where its advice leads to is for the moment of the refusal alone.
        let Problem { status, code, title, detail, advice, request_id, link: _, sign_in: _ } = problem;
        Self { status, code, title, detail, advice, request_id }
    }
}

/// Why a preview plans nothing for an app.
impl From<StoredReason> for Problem {
    fn from(reason: StoredReason) -> Self {
        match (PlanRefusal::read(&reason), reason) {
            (Some(refusal), _) => (&refusal).into(),
            (None, Stored::Told(problem)) => problem.into(),
            (None, Stored::Typed { typed }) => Self::new(
                500,
                "later-version",
                "A later version of the portal wrote this down",
                format!("This version cannot put it into words: {typed}"),
            ),
        }
    }
}
