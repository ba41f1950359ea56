//! A vault's certificates, and which apps have them: the newest version, or still an older one.

use crate::index::LookError;
use crate::keyvault::{Item, VaultRefusal};
use crate::operations::vaults::{OpenVaultError, Opened, open};
use crate::operations::{Context, parallel};
use crate::person::{Person, TokenError};
use app::contract::search::Holding;
use app::contract::vaults::VaultCertificate;
use domain::suitability::validity;
use domain::thumbprint::Thumbprint;

/// Why a vault's certificates are not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultCertificatesError {
    #[error(transparent)]
    Open(#[from] OpenVaultError),
    #[error(transparent)]
    Vault(#[from] VaultRefusal),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Look(#[from] LookError),
}

/// `parallel_apps`: requests under way at the same time.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    parallel_apps: usize,
    vault: &str,
) -> Result<Vec<VaultCertificate>, VaultCertificatesError> {
    let opened = open(context, person, vault).await?;
    let certificates = read(opened, parallel_apps).await?;
    let now = context.now();
    let token = person.tokens.graph_token().await?;
    let searched = context
        .tenant
        .directory
        .look(
            &token,
            person.viewer.object_id,
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

/// Each with its versions, the newest first.
async fn read(opened: Opened<'_>, parallel_apps: usize) -> Result<Vec<(Item, Vec<Item>)>, VaultRefusal> {
    let Opened { key_vault, address, token } = opened;
    let newest = key_vault.certificates(&token, &address).await?;
    let reads = newest
        .iter()
        .map(|item| {
            let (key_vault, token, address, name) =
                (key_vault.clone(), token.clone(), address.clone(), item.name.clone());
            async move { key_vault.versions(&token, &address, &name).await }
        })
        .collect();
    let reads = parallel::run(parallel_apps, reads).await;
    let mut certificates = Vec::with_capacity(newest.len());
    for (item, read) in newest.into_iter().zip(reads) {
        let mut versions = read.transpose()?.unwrap_or_default();
        versions.sort_by_key(|version| std::cmp::Reverse(version.created));
        certificates.push((item, versions));
    }
    Ok(certificates)
}
