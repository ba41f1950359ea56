//! What the portal has answered to the page.

use serde::de::DeserializeOwned;
use views::data::problem::Problem;

/// `status` 0: there was no answer.
pub fn read<T: DeserializeOwned>(status: u16, body: &str) -> Result<T, Problem> {
    let unreadable = || {
        Problem::new(
            502,
            "unreadable-answer",
            "The portal’s answer could not be read",
            format!("It has the status {status}."),
        )
        .advice("Try again. If it stays so, load the page again.")
    };
    match status {
        0 => Err(Problem::new(502, "no-answer", "The portal did not answer", "The connection may be down.")
            .advice("Try again in a moment.")),
        200..=299 => serde_json::from_str(body).map_err(|_| unreadable()),
        _ => Err(serde_json::from_str(body).unwrap_or_else(|_| unreadable())),
    }
}
