//! Certificates of a Key Vault.

use super::problem::Problem;
use super::search::Holding;
use domain::suitability::Validity;
use domain::thumbprint::Thumbprint;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
#[cfg(feature = "ssr")]
use {super::certificates::certificate_url, super::support::desk, domain::thumbprint::Sha256Thumbprint};

/// A Key Vault that the person names, and its certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultCertificate {
    /// Of the certificate in the vault.
    pub name: String,
    /// The newest version's id.
    pub version: Option<String>,
    /// SHA-1 of that version.
    pub thumbprint: Option<Thumbprint>,
    /// The vault lets it be used.
    pub enabled: bool,
    /// `nbf`.
    pub start: Option<OffsetDateTime>,
    /// `exp`.
    pub end: Option<OffsetDateTime>,
    /// Whether it is in force.
    pub validity: Validity,
    /// Apps that hold this version.
    pub holders: Vec<Holding>,
    /// Apps that hold an older version of it.
    pub older_holders: Vec<Holding>,
}

/// The port of this resource. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
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
