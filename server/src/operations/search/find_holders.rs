//! Where a certificate is registered: the search over every app's credentials.

use crate::index::Query;
use crate::operations::DeskState;
use crate::person::Person;
use app::contract::problem::Problem;
use app::contract::search::Holders;
use std::sync::Arc;

/// Longer than every spelling of a thumbprint.
const LONGEST: usize = 1_000;

pub(crate) async fn handle(state: &Arc<DeskState>, person: &Person, words: &str) -> Result<Holders, Problem> {
    if words.len() > LONGEST {
        return Err(Problem::new(
            422,
            "search-too-long",
            "That is too long to search for",
            format!("It has {} bytes; a search takes at most {LONGEST}.", words.len()),
        )
        .advice(
            "For a whole certificate, upload it, or drop it on the doctor's page. For an error text, use the doctor.",
        ));
    }
    let query = Query::read(words);
    let now = state.clock.now();
    let searched = state
        .look(
            person,
            |index| index.search(&query, now),
            |answer| query.readings.is_empty() || !answer.holdings.is_empty(),
        )
        .await?;
    Ok(Holders {
        taken_for: searched.value.taken_for,
        holdings: searched.value.holdings,
        apps: searched.apps,
        indexed_at: searched.at,
    })
}
