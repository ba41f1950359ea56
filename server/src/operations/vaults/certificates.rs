//! A vault's certificates, and which apps have them: the newest version, or still an older one.

use crate::index::{Index, LookError};
use crate::keyvault::{Item, VaultRefusal};
use crate::operations::vaults::{OpenVaultError, Opened, open};
use crate::operations::{Context, parallel};
use crate::person::{Person, TokenError};
use app::contract::search::Holding;
use app::contract::vaults::VaultCertificate;
use domain::suitability::validity;
use domain::thumbprint::Thumbprint;
use time::OffsetDateTime;

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
    let holders = holders(context, person, &certificates).await?;
    let now = context.now();
    Ok(certificates.into_iter().zip(holders).map(|(one, holders)| row(one, holders, now)).collect())
}

/// Of one certificate: who has its newest version, and who an older one.
type Holders = (Vec<Holding>, Vec<Holding>);

async fn holders(
    context: &Context,
    person: &Person,
    certificates: &[(Item, Vec<Item>)],
) -> Result<Vec<Holders>, VaultCertificatesError> {
    let (now, token) = (context.now(), person.tokens.graph_token().await?);
    let all = |index: &Index| -> Vec<Holders> {
        let holders = |thumbprint: Option<Thumbprint>| {
            thumbprint.map_or_else(Vec::new, |thumbprint| index.holders(thumbprint, now))
        };
        let both = |(item, versions): &(Item, Vec<Item>)| {
            let older = versions.iter().filter(|version| version.thumbprint != item.thumbprint);
            (holders(item.thumbprint), older.flat_map(|version| holders(version.thumbprint)).collect())
        };
        certificates.iter().map(both).collect()
    };
    let searched = context.tenant.directory.look(&token, person.viewer.object_id, all, |_| true).await?;
    Ok(searched.value)
}

/// `versions`: the newest first.
fn row(
    (item, versions): (Item, Vec<Item>),
    (holders, older_holders): Holders,
    now: OffsetDateTime,
) -> VaultCertificate {
    let of_item = versions.iter().find(|version| version.thumbprint == item.thumbprint);
    VaultCertificate {
        version: of_item.or(versions.first()).and_then(|version| version.version.clone()),
        name: item.name,
        thumbprint: item.thumbprint,
        enabled: item.enabled,
        start: item.start,
        end: item.end,
        validity: validity(item.start, item.end, now),
        holders,
        older_holders,
    }
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
