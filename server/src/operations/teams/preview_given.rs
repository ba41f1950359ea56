//! What a table would give to teams and take back. Nothing is kept.

use super::{GiveError, digest, read};
use crate::operations::Context;
use app::contract::teams::{GivenLine, GivenPreview};
use domain::csv::given_table;
use domain::teams::GivenApp;

pub(crate) async fn handle(context: &Context, csv: &str) -> Result<GivenPreview, GiveError> {
    let store = &context.tenant.store;
    let (before, after) = (store.given_apps().await?, read(context, csv).await?);
    let (added, removed): (Vec<&GivenApp>, Vec<&GivenApp>) =
        (after.difference(&before).collect(), before.difference(&after).collect());
    let ids: Vec<_> = added.iter().chain(&removed).map(|given| given.app).collect();
    let names = store.names_of_apps(&ids).await?;
    let line = |given: &&GivenApp| GivenLine {
        team: given.team.to_string(),
        app: given.app,
        name: names.get(&given.app).cloned(),
    };
    Ok(GivenPreview {
        unknown: context
            .inventory_every
            .is_some()
            .then(|| added.iter().filter(|given| !names.contains_key(&given.app)).count()),
        added: added.iter().map(line).collect(),
        removed: removed.iter().map(line).collect(),
        kept: before.intersection(&after).count(),
        seen: digest(&before),
        csv: given_table(&after),
    })
}
