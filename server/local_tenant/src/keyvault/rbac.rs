//! Azure's role assignments on vaults: built-in roles, their data actions, and the refusal.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::auth::Caller;
use super::error::VaultError;
use super::store::Vault;

/// A built-in role, as far as certificates, keys and secrets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VaultRole {
    /// Everything.
    Administrator,
    /// Certificates and their policies; no keys, no secrets.
    CertificatesOfficer,
    /// Reads certificates with their keys' public part, and their secrets, which hold the private key.
    CertificateUser,
    /// Makes keys, reads them, signs and verifies.
    CryptoOfficer,
    /// Reads keys, signs and verifies.
    CryptoUser,
    /// Sees everything but a secret's value.
    Reader,
}

impl VaultRole {
    pub(crate) const ALL: [Self; 6] = [
        Self::Administrator,
        Self::CertificatesOfficer,
        Self::CertificateUser,
        Self::CryptoOfficer,
        Self::CryptoUser,
        Self::Reader,
    ];

    /// As Azure names it.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::Administrator => "Key Vault Administrator",
            Self::CertificatesOfficer => "Key Vault Certificates Officer",
            Self::CertificateUser => "Key Vault Certificate User",
            Self::CryptoOfficer => "Key Vault Crypto Officer",
            Self::CryptoUser => "Key Vault Crypto User",
            Self::Reader => "Key Vault Reader",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| {
            let full = role.display_name();
            full.eq_ignore_ascii_case(name) || full.trim_start_matches("Key Vault ").eq_ignore_ascii_case(name)
        })
    }

    const fn allows(self, action: Action) -> bool {
        use Action::{CertificatesRead, KeysCreate, KeysRead, KeysSign, KeysVerify, SecretsGet};
        match self {
            Self::Administrator => true,
            Self::CertificatesOfficer => action.is_about_certificates(),
            Self::CertificateUser => matches!(action, CertificatesRead | KeysRead | SecretsGet),
            Self::CryptoOfficer => matches!(action, KeysCreate | KeysRead | KeysSign | KeysVerify),
            Self::CryptoUser => matches!(action, KeysRead | KeysSign | KeysVerify),
            Self::Reader => matches!(action, CertificatesRead | KeysRead),
        }
    }
}

/// The data actions, each with its name behind `Microsoft.KeyVault/vaults/`.
macro_rules! actions {
    ($($action:ident = $name:literal),+ $(,)?) => {
        /// A data action.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Action {
            $($action),+
        }

        impl Action {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$action),+];

            const fn name(self) -> &'static str {
                match self {
                    $(Self::$action => $name),+
                }
            }
        }
    };
}

actions! {
    CertificatesRead = "certificates/read",
    CertificatesCreate = "certificates/create/action",
    CertificatesImport = "certificates/import/action",
    CertificatesUpdate = "certificates/update/action",
    CertificatesDelete = "certificates/delete",
    CertificatesRecover = "certificates/recover/action",
    CertificatesPurge = "certificates/purge/action",
    CertificatesBackup = "certificates/backup/action",
    CertificatesRestore = "certificates/restore/action",
    KeysRead = "keys/read",
    KeysCreate = "keys/create/action",
    KeysSign = "keys/sign/action",
    KeysVerify = "keys/verify/action",
    SecretsGet = "secrets/getSecret/action",
}

impl Action {
    const fn is_about_certificates(self) -> bool {
        !matches!(self, Self::KeysRead | Self::KeysCreate | Self::KeysSign | Self::KeysVerify | Self::SecretsGet)
    }
}

/// `resource` is the path below the vault, such as `/keys/payroll`; empty for the vault itself.
pub(super) fn check(
    vault: &Vault,
    caller: &Caller,
    action: Action,
    resource: &str,
    tenant_id: Uuid,
) -> Result<(), VaultError> {
    if vault.roles.iter().any(|(who, role)| *who == caller.id && role.allows(action)) {
        return Ok(());
    }
    let name = &vault.name;
    let scope = format!("{}{}", vault.resource_id(), resource.to_ascii_lowercase());
    // To the letter of the recorded one, trailing blank and line ends included (facts, E4).
    Err(VaultError::forbidden(
        "ForbiddenByRbac",
        format!(
            "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid={};oid={};iss=https://sts.windows.net/{tenant_id}/\r\nAction: 'Microsoft.KeyVault/vaults/{}'\r\nResource: '{scope}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\nVault: {name};location={}\r\n",
            caller.client,
            caller.id,
            action.name(),
            super::REGION,
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_cover_what_azure_says() {
        use Action::{CertificatesRead, KeysCreate, KeysRead, KeysSign, KeysVerify, SecretsGet};
        let allowed =
            |role: VaultRole| Action::ALL.iter().copied().filter(|action| role.allows(*action)).collect::<Vec<_>>();
        assert_eq!(allowed(VaultRole::Administrator), Action::ALL);
        let officer = allowed(VaultRole::CertificatesOfficer);
        assert!(officer.iter().all(|action| action.name().starts_with("certificates/")), "{officer:?}");
        assert_eq!(officer.len(), 9);
        assert_eq!(allowed(VaultRole::CertificateUser), [CertificatesRead, KeysRead, SecretsGet]);
        assert_eq!(allowed(VaultRole::CryptoOfficer), [KeysRead, KeysCreate, KeysSign, KeysVerify]);
        assert_eq!(allowed(VaultRole::CryptoUser), [KeysRead, KeysSign, KeysVerify]);
        assert_eq!(allowed(VaultRole::Reader), [CertificatesRead, KeysRead]);
        assert_eq!(VaultRole::by_name("key vault crypto user"), Some(VaultRole::CryptoUser));
        assert_eq!(VaultRole::by_name("Crypto User"), Some(VaultRole::CryptoUser));
        assert_eq!(VaultRole::by_name("Owner"), None);
    }
}
