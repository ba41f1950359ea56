//! What a vault refuses.

use super::VaultAddress;
use crate::microsoft_error;

/// Why a vault did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("vault {vault}: {kind:?}")]
pub struct VaultRefusal {
    /// Its name.
    pub(crate) vault: String,
    pub(crate) kind: VaultRefusalKind,
    pub(crate) request_id: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VaultRefusalKind {
    Unreachable,
    NoAnswer,
    Unreadable,
    ForeignLink,
    OtherDirectory(String),
    TokenNotTaken(Option<String>),
    Answered { status: u16, code: String, inner: String, message: String },
}

/// This cloud has no Key Vault that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no Key Vault is configured for this cloud")]
pub struct NoKeyVault;

impl VaultRefusal {
    fn new(vault: &VaultAddress, kind: VaultRefusalKind, request_id: Option<String>) -> Self {
        Self { vault: vault.name().to_owned(), kind, request_id }
    }

    pub(super) fn transport(vault: &VaultAddress, error: &reqwest::Error) -> Self {
        tracing::debug!(connect = error.is_connect(), timeout = error.is_timeout(), %vault, "no answer from a vault");
        Self::new(
            vault,
            if error.is_connect() { VaultRefusalKind::Unreachable } else { VaultRefusalKind::NoAnswer },
            None,
        )
    }

    pub(super) fn unreadable(vault: &VaultAddress, request_id: Option<String>) -> Self {
        Self::new(vault, VaultRefusalKind::Unreadable, request_id)
    }

    pub(super) fn foreign_link(vault: &VaultAddress) -> Self {
        Self::new(vault, VaultRefusalKind::ForeignLink, None)
    }

    pub(super) fn other_directory(vault: &VaultAddress, tenant: &str, request_id: Option<String>) -> Self {
        Self::new(vault, VaultRefusalKind::OtherDirectory(tenant.chars().take(80).collect()), request_id)
    }

    pub(super) fn token_not_taken(vault: &VaultAddress, resource: Option<&str>, request_id: Option<String>) -> Self {
        let resource = resource.map(|text| text.chars().take(120).collect());
        Self::new(vault, VaultRefusalKind::TokenNotTaken(resource), request_id)
    }

    pub(crate) fn answered(vault: &VaultAddress, status: u16, body: &[u8], request_id: Option<String>) -> Self {
        let error = microsoft_error::read(body).unwrap_or_default();
        let inner = error.inner.unwrap_or_default().code;
        let kind = VaultRefusalKind::Answered { status, code: error.code, inner, message: error.message };
        Self::new(vault, kind, request_id)
    }
}
