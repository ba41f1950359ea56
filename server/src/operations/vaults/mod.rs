//! Key Vault in the person's name: what it has, taking a certificate's public part, and having it sign.

mod certificates;
mod import;
mod prove;

pub(crate) use certificates::handle as certificates;
pub(crate) use import::handle as import;
pub(crate) use prove::handle as prove;

use crate::keyvault::{KeyVault, NoKeyVault, VaultAddress};
use crate::operations::DeskState;
use crate::person::Person;
use app::contract::problem::Problem;

/// A vault, and the person's token for it.
struct Opened<'a> {
    key_vault: &'a KeyVault,
    address: VaultAddress,
    token: String,
}

async fn open<'a>(state: &'a DeskState, person: &Person, vault: &str) -> Result<Opened<'a>, Problem> {
    let key_vault = state.key_vault.as_ref().ok_or(NoKeyVault)?;
    let address = key_vault.address(vault).map_err(|error| {
        Problem::new(422, "not-a-vault", "That is not a vault of this cloud", format!("{error}."))
            .advice("Write the vault's name, or copy its URI from its overview in the Azure portal.")
    })?;
    let token = person.tokens.token_for(key_vault.resource()).await?;
    Ok(Opened { key_vault, address, token })
}

/// A certificate's name, and its version or nothing for the newest.
fn check(name: &str, version: &str) -> Result<(), Problem> {
    let is_name = (1..=127).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_version = version.is_empty() || (version.len() == 32 && version.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_name && is_version {
        return Ok(());
    }
    Err(Problem::new(
        422,
        "not-a-vault-certificate",
        "That is not a certificate's name and version",
        "A name has letters, digits and hyphens; a version has 32 hexadecimal digits.",
    )
    .advice("Choose one from the vault's list."))
}
