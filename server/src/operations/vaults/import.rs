//! Takes the public part of a vault's certificate, as if it had been uploaded.

use crate::operations::DeskState;
use crate::operations::certificates;
use crate::operations::vaults::{Opened, check, open};
use crate::person::Person;
use app::contract::problem::Problem;
use domain::thumbprint::Sha256Thumbprint;

pub(crate) async fn handle(
    state: &DeskState,
    person: &Person,
    vault: &str,
    name: &str,
    version: &str,
) -> Result<Sha256Thumbprint, Problem> {
    check(name, version)?;
    let Opened { key_vault, address, token } = open(state, person, vault).await?;
    let bundle = key_vault.certificate(&token, &address, name, version).await?;
    certificates::keep::handle(state, person, &bundle.der).await
}
