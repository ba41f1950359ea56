//! Certificates of a Key Vault.

pub use views::data::vaults::*;

use super::problem::Problem;
use domain::thumbprint::Sha256Thumbprint;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait VaultsPort: Send + Sync {
    /// `vault`: a vault's name or URL. With the person's own rights there.
    async fn vault_certificates(&self, vault: &str) -> Result<Vec<VaultCertificate>, Problem>;
    /// Takes the public part of a vault's certificate into the portal, as an upload.
    async fn import_from_vault(&self, vault: &str, name: &str, version: &str) -> Result<Sha256Thumbprint, Problem>;
}
