//! A vault's certificates, and which apps have them: the newest version, or still an older one.

use crate::keyvault::Item;
use crate::operations::vaults::{Opened, open};
use crate::operations::{DeskState, parallel};
use crate::person::Person;
use app::contract::problem::Problem;
use app::contract::search::Holding;
use app::contract::vaults::VaultCertificate;
use domain::suitability::validity;
use domain::thumbprint::Thumbprint;
use std::sync::Arc;

pub(crate) async fn handle(
    state: &Arc<DeskState>,
    person: &Person,
    vault: &str,
) -> Result<Vec<VaultCertificate>, Problem> {
    let Opened { key_vault, address, token } = open(state, person, vault).await?;
    let newest = key_vault.certificates(&token, &address).await?;
    let reads = newest
        .iter()
        .map(|item| {
            let (key_vault, token, address, name) =
                (key_vault.clone(), token.clone(), address.clone(), item.name.clone());
            async move { key_vault.versions(&token, &address, &name).await }
        })
        .collect();
    let reads = parallel::run(state.settings.parallel_apps, reads).await;
    let mut certificates = Vec::with_capacity(newest.len());
    for (item, read) in newest.into_iter().zip(reads) {
        let mut versions = match read {
            Some(read) => read?,
            None => vec![],
        };
        versions.sort_by_key(|version| std::cmp::Reverse(version.created));
        certificates.push((item, versions));
    }

    let now = state.clock.now();
    let searched = state
        .look(
            person,
            |index| -> Vec<(Vec<Holding>, Vec<Holding>)> {
                let holders = |thumbprint: Option<Thumbprint>| {
                    thumbprint.map_or_else(Vec::new, |thumbprint| index.holders(thumbprint, now))
                };
                let both = |(item, versions): &(Item, Vec<Item>)| {
                    let older = versions.iter().filter(|version| version.thumbprint != item.thumbprint);
                    (holders(item.thumbprint), older.flat_map(|version| holders(version.thumbprint)).collect())
                };
                certificates.iter().map(both).collect()
            },
            |_| true,
        )
        .await?;
    Ok(certificates
        .into_iter()
        .zip(searched.value)
        .map(|((item, versions), (holders, older_holders))| VaultCertificate {
            version: versions
                .iter()
                .find(|version| version.thumbprint == item.thumbprint)
                .or(versions.first())
                .and_then(|version| version.version.clone()),
            name: item.name,
            thumbprint: item.thumbprint,
            enabled: item.enabled,
            start: item.start,
            end: item.end,
            validity: validity(item.start, item.end, now),
            holders,
            older_holders,
        })
        .collect())
}
