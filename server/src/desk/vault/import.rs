//! Takes the public part of a vault's certificate, as if it had been uploaded.

use super::{Opened, check, open};
use crate::desk::{DeskState, keep_certificate};
use crate::person::Person;
use app::desk::Problem;
use domain::thumbprint::Sha256Thumbprint;

pub(in crate::desk) async fn handle(
    state: &DeskState,
    person: &Person,
    vault: &str,
    name: &str,
    version: &str,
) -> Result<Sha256Thumbprint, Problem> {
    check(name, version)?;
    let Opened { key_vault, address, token } = open(state, person, vault).await?;
    let bundle = key_vault.certificate(&token, &address, name, version).await?;
    keep_certificate::handle(state, person, &bundle.der).await
}
