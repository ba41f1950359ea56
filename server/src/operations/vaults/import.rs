//! Takes the public part of a vault's certificate, as if it had been uploaded.

use crate::keyvault::VaultRefusal;
use crate::operations::Context;
use crate::operations::certificates::keep::{self, KeepCertificateError};
use crate::operations::vaults::{OpenVaultError, Opened, check, open};
use crate::person::Person;
use domain::thumbprint::Sha256Thumbprint;

/// Why a vault's certificate is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error(transparent)]
    Open(#[from] OpenVaultError),
    #[error(transparent)]
    Vault(#[from] VaultRefusal),
    #[error(transparent)]
    Keep(#[from] KeepCertificateError),
}

pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    vault: &str,
    name: &str,
    version: &str,
) -> Result<Sha256Thumbprint, ImportError> {
    check(name, version)?;
    let Opened { key_vault, address, token } = open(context, person, vault).await?;
    let bundle = key_vault.certificate(&token, &address, name, version).await?;
    Ok(keep::handle(context, person, &bundle.der).await?)
}
