//! What somebody is told whose sign-in is not taken to read the directory with.

use crate::operations::sessions::lend::LendError;
use app::contract::problem::Problem;

impl From<LendError> for Problem {
    fn from(error: LendError) -> Self {
        match error {
            LendError::NotAsked => Self::new(
                409,
                "not-lent",
                "No sign-in is needed",
                "This portal does not read the directory with sign-ins that people lend.",
            )
            .advice("Whoever runs the portal says how it reads: [inventory] read, in its configuration."),
            LendError::NotAllowed => Self::new(
                403,
                "lender-sees-too-little",
                "Your sign-in shows too little",
                "The whole directory is read, and the portal shows that to administrators and auditors alone.",
            )
            .advice("Ask one of them to lend theirs."),
            LendError::Token(error) => error.into(),
            LendError::Store(error) => error.into(),
        }
    }
}
