//! Certificates of a Key Vault.

pub use views::data::vaults::*;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait VaultsPort: Send + Sync {
    /// `vault`: a vault's name or URL. With the person's own rights there.
    async fn vault_certificates(&self, vault: &str) -> Result<Vec<VaultCertificate>, Problem>;
    /// Takes the public part of a vault's certificate into the portal, as an upload.
    async fn import_from_vault(&self, vault: &str, name: &str, version: &str) -> Result<Sha256Thumbprint, Problem>;
}

/// `GET /api/vault-certificates`: `vault` is a vault's name or URL.
#[server(input = GetUrl, prefix = "/api", endpoint = "vault-certificates")]
pub async fn vault_certificates(vault: String) -> Result<Vec<VaultCertificate>, Problem> {
    desk()?.vault_certificates(&vault).await
}

/// `POST /api/import-from-vault`: keeps the public part, and goes on to its page. `version` may be empty for the newest.
#[server(prefix = "/api", endpoint = "import-from-vault")]
pub async fn import_from_vault(vault: String, name: String, #[server(default)] version: String) -> Result<(), Problem> {
    let sha256 = desk()?.import_from_vault(&vault, &name, &version).await?;
    leptos_axum::redirect(&certificate_url(sha256, ""));
    Ok(())
}
