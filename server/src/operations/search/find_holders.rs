//! Where a certificate is registered: the search over every app's credentials.

use crate::index::{LookError, Query};
use crate::operations::Context;
use crate::person::{Person, TokenError};
use app::contract::search::Holders;

/// Longer than every spelling of a thumbprint.
pub(crate) const LONGEST: usize = 1_000;

/// Why nothing is looked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindHoldersError {
    #[error("the search has {bytes} bytes; it may have {LONGEST}")]
    TooLong { bytes: usize },
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Look(#[from] LookError),
}

pub(crate) async fn handle(context: &Context, person: &Person, words: &str) -> Result<Holders, FindHoldersError> {
    if words.len() > LONGEST {
        return Err(FindHoldersError::TooLong { bytes: words.len() });
    }
    let token = person.tokens.graph_token().await?;
    let (query, now) = (Query::read(words), context.now());
    let searched = context
        .tenant
        .directory
        .look(
            &token,
            person.viewer.object_id,
            |index| index.search(&query, now),
            |answer| query.readings.is_empty() || !answer.is_empty(),
        )
        .await?;
    Ok(Holders {
        taken_for: searched.value.taken_for,
        holdings: searched.value.holdings,
        bare: searched.value.bare,
        apps: searched.apps,
        indexed_at: searched.at,
    })
}
