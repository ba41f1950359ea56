//! Certificates of a Key Vault.

use super::search::Holding;
use domain::suitability::Validity;
use domain::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

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
