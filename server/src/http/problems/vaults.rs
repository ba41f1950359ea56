//! What people are told of what they ask of a key vault.

use crate::keyvault::NotAVault;
use crate::operations::vaults::OpenVaultError;
use crate::operations::vaults::certificates::VaultCertificatesError;
use crate::operations::vaults::import::ImportError;
use crate::operations::vaults::prove::VaultProofError;
use app::contract::problem::Problem;
use domain::client_assertion::UnfitKey;

impl From<OpenVaultError> for Problem {
    fn from(error: OpenVaultError) -> Self {
        match error {
            OpenVaultError::NoKeyVault(error) => error.into(),
            OpenVaultError::NotAVault(error) => error.into(),
            OpenVaultError::NotACertificate => Self::new(
                422,
                "not-a-vault-certificate",
                "That is not a certificate's name and version",
                "A name has letters, digits and hyphens; a version has 32 hexadecimal digits.",
            )
            .advice("Choose one from the vault's list."),
            OpenVaultError::Token(error) => error.into(),
        }
    }
}

impl From<NotAVault> for Problem {
    fn from(error: NotAVault) -> Self {
        Self::new(422, "not-a-vault", "That is not a vault of this cloud", format!("{error}."))
            .advice("Write the vault's name, or copy its URI from its overview in the Azure portal.")
    }
}

impl From<VaultCertificatesError> for Problem {
    fn from(error: VaultCertificatesError) -> Self {
        match error {
            VaultCertificatesError::Open(error) => error.into(),
            VaultCertificatesError::Vault(error) => error.into(),
            VaultCertificatesError::Token(error) => error.into(),
            VaultCertificatesError::Look(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Open(error) => error.into(),
            ImportError::Vault(error) => error.into(),
            ImportError::Keep(error) => error.into(),
        }
    }
}

impl From<VaultProofError> for Problem {
    fn from(error: VaultProofError) -> Self {
        match error {
            VaultProofError::Open(error) => error.into(),
            VaultProofError::Vault(error) => error.into(),
            VaultProofError::Certificate(error) => {
                Self::new(502, "vault-unreadable", "The vault's certificate could not be read", format!("{error}."))
                    .advice("Look at the certificate in the Azure portal.")
            }
            VaultProofError::Key(error) => unfit(&error),
            VaultProofError::Prove(error) => error.into(),
        }
    }
}

fn unfit(error: &UnfitKey) -> Problem {
    let (code, detail) = match error {
        UnfitKey::NotRsa { key } => {
            ("not-rsa", format!("The certificate has a key of the kind {key}; client assertions need RSA."))
        }
        UnfitKey::TooShort { .. } => ("rsa-too-short", format!("{error}.").replacen("the", "The", 1)),
    };
    Problem::new(422, code, "Entra takes no assertion signed with this key", detail)
        .advice("Make a certificate with an RSA key in the vault.")
}
