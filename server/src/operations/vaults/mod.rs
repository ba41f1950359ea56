//! Key Vault in the person's name: what it has, taking a certificate's public part, and having it sign.

pub(crate) mod certificates;
pub(crate) mod import;
pub(crate) mod prove;

use crate::keyvault::{KeyVault, NoKeyVault, NotAVault, VaultAddress};
use crate::operations::Context;
use crate::person::{Person, TokenError};

/// A vault, and the person's token for it.
struct Opened<'a> {
    key_vault: &'a KeyVault,
    address: VaultAddress,
    token: String,
}

/// Why a vault is not asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenVaultError {
    #[error(transparent)]
    NoKeyVault(#[from] NoKeyVault),
    #[error(transparent)]
    NotAVault(#[from] NotAVault),
    /// Of the certificate that is asked for.
    #[error("that is not a certificate's name and version")]
    NotACertificate,
    #[error(transparent)]
    Token(#[from] TokenError),
}

async fn open<'a>(context: &'a Context, person: &Person, vault: &str) -> Result<Opened<'a>, OpenVaultError> {
    let key_vault = context.tenant.key_vault.as_ref().ok_or(NoKeyVault)?;
    let address = key_vault.address(vault)?;
    let token = person.tokens.token_for(key_vault.resource()).await?;
    Ok(Opened { key_vault, address, token })
}

/// A certificate's name, and its version or nothing for the newest.
fn check(name: &str, version: &str) -> Result<(), OpenVaultError> {
    let is_name = (1..=127).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_version = version.is_empty() || (version.len() == 32 && version.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_name && is_version { Ok(()) } else { Err(OpenVaultError::NotACertificate) }
}
