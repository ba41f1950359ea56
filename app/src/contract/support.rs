//! What the server functions share.

use super::{Desk, problem::Problem};
use leptos::prelude::use_context;
use std::sync::Arc;

pub(super) fn desk() -> Result<Arc<dyn Desk>, Problem> {
    use_context::<Arc<dyn Desk>>().ok_or_else(|| {
        Problem::new(500, "no-desk", "Something failed on the server", "No desk was provided for this request.")
    })
}

pub(super) fn parse<T: std::str::FromStr>(what: &str, value: &str) -> Result<T, Problem> {
    value.parse().map_err(|_| {
        Problem::new(
            422,
            "bad-value",
            format!("That is not a valid {what}"),
            format!("“{value}” cannot be read as a {what}."),
        )
        .advice("Go back and choose again.")
    })
}

pub(super) fn parse_all<T: std::str::FromStr>(what: &str, values: &[String]) -> Result<Vec<T>, Problem> {
    values.iter().map(|value| parse(what, value)).collect()
}
