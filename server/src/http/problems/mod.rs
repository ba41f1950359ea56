//! What people are told of what went wrong: the one place where a [`Problem`] is made of an error.

mod entra;
pub mod graph;
mod keyvault;

pub(crate) use entra::NotReadable;

use app::contract::problem::Problem;

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
