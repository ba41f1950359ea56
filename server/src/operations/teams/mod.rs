//! Teams: who looks after which apps.

pub(crate) mod give;
pub(crate) mod list;
pub(crate) mod of_app;
pub(crate) mod preview_given;

use crate::operations::Context;
use crate::parsers::ParserError;
use crate::store::StoreError;
use domain::csv::{TableError, given_table, import_given};
use domain::teams::{GivenApp, TeamText};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// Why a table of what is given to teams is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GiveError {
    #[error("the table cannot be used: {0}")]
    Table(#[from] TableError),
    #[error("somebody else gave apps to teams since the preview")]
    Changed,
    #[error(transparent)]
    Parser(#[from] ParserError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Read by the names of the teams that there are.
async fn read(context: &Context, csv: &str) -> Result<BTreeSet<GivenApp>, GiveError> {
    let teams: Vec<TeamText> = context.requests.teams.iter().map(|team| team.name.clone()).collect();
    let csv = csv.to_owned();
    Ok(context.parsers.run(move || import_given(&csv, &teams)).await??)
}

/// Names what is given at a time: a preview was made of it, and is kept for nothing else.
fn digest(given: &BTreeSet<GivenApp>) -> String {
    hex::encode(Sha256::digest(given_table(given)))
}
