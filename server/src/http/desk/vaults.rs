//! Key vaults, as pages have them.

use super::RequestDesk;
use crate::operations::vaults;
use app::contract::ports::VaultsPort;
use app::contract::problem::Problem;
use app::contract::vaults::VaultCertificate;
use async_trait::async_trait;
use domain::thumbprint::Sha256Thumbprint;

#[async_trait]
impl VaultsPort for RequestDesk {
    async fn vault_certificates(&self, vault: &str) -> Result<Vec<VaultCertificate>, Problem> {
        let (person, context) = self.entered()?;
        Ok(vaults::certificates::handle(&context, person, self.parts.parallel_apps(), vault).await?)
    }

    async fn import_from_vault(&self, vault: &str, name: &str, version: &str) -> Result<Sha256Thumbprint, Problem> {
        let (person, context) = self.pushing()?;
        Ok(vaults::import::handle(&context, person, vault, name, version).await?)
    }
}
