//! Azure's built-in roles, as far as they are assigned here.
//!
//! Ids and words: Microsoft's page of built-in roles (learn.microsoft.com/azure/role-based-access-control/built-in-roles);
//! the shape of a definition is that of azure-cli's recordings (`test_create_for_rbac_password_with_assignment.yaml`).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use crate::keyvault::rbac::VaultRole;

/// A built-in role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AzureRole {
    /// Everything, assigning roles included.
    Owner,
    /// Everything but assigning roles.
    Contributor,
    /// Sees everything.
    Reader,
    /// Assigns roles, and sees everything.
    UserAccessAdministrator,
    /// Assigns roles.
    RbacAdministrator,
    /// For a vault's certificates, keys and secrets.
    Vault(VaultRole),
}

impl AzureRole {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        [Self::Owner, Self::Contributor, Self::Reader, Self::UserAccessAdministrator, Self::RbacAdministrator]
            .into_iter()
            .chain(VaultRole::ALL.map(Self::Vault))
    }

    pub(super) const fn id(self) -> Uuid {
        match self {
            Self::Owner => uuid!("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
            Self::Contributor => uuid!("b24988ac-6180-42a0-ab88-20f7382dd24c"),
            Self::Reader => uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7"),
            Self::UserAccessAdministrator => uuid!("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"),
            Self::RbacAdministrator => uuid!("f58310d9-a9f6-439a-9e8d-f62e7b41a168"),
            Self::Vault(VaultRole::Administrator) => uuid!("00482a5a-887f-4fb3-b363-3b7fe8e74483"),
            Self::Vault(VaultRole::CertificatesOfficer) => uuid!("a4417e6f-fecd-4de8-b567-7b0420556985"),
            Self::Vault(VaultRole::CertificateUser) => uuid!("db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"),
            Self::Vault(VaultRole::CryptoOfficer) => uuid!("14b46e9e-c2b7-41b4-b07b-48a6ebf60603"),
            Self::Vault(VaultRole::CryptoUser) => uuid!("12338af0-0e69-4776-bea7-57ae8d297424"),
            Self::Vault(VaultRole::Reader) => uuid!("21090545-7ca7-4776-b22c-e363652d74d2"),
        }
    }

    /// `roleName`
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Contributor => "Contributor",
            Self::Reader => "Reader",
            Self::UserAccessAdministrator => "User Access Administrator",
            Self::RbacAdministrator => "Role Based Access Control Administrator",
            Self::Vault(role) => role.display_name(),
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::all().find(|role| role.name().eq_ignore_ascii_case(name))
    }

    pub(super) const fn assigns_roles(self) -> bool {
        matches!(self, Self::Owner | Self::UserAccessAdministrator | Self::RbacAdministrator)
    }

    fn actions(self) -> (&'static [&'static str], &'static [&'static str]) {
        const ASSIGNING: &[&str] = &[
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ];
        match self {
            Self::Owner => (&["*"], &[]),
            Self::Contributor => (&["*"], ASSIGNING),
            Self::Reader => (&["*/read"], &[]),
            Self::UserAccessAdministrator => (&["*/read", "Microsoft.Authorization/*"], &[]),
            Self::RbacAdministrator => (
                &[
                    "Microsoft.Authorization/roleAssignments/write",
                    "Microsoft.Authorization/roleAssignments/delete",
                    "*/read",
                ],
                &[],
            ),
            Self::Vault(_) => (&["Microsoft.Authorization/*/read", "Microsoft.KeyVault/*/read"], &[]),
        }
    }

    /// As Resource Manager shows it below a scope.
    pub(super) fn shown(self, subscription: Uuid) -> Value {
        let (id, (actions, not_actions)) = (self.id(), self.actions());
        json!({
            "properties": {
                "roleName": self.name(), "type": "BuiltInRole", "description": null, "assignableScopes": ["/"],
                "permissions": [{"actions": actions, "notActions": not_actions, "dataActions": [], "notDataActions": []}],
                "createdBy": null, "updatedBy": null,
            },
            "id": self.resource_id(subscription),
            "type": "Microsoft.Authorization/roleDefinitions", "name": id,
        })
    }

    pub(super) fn resource_id(self, subscription: Uuid) -> String {
        format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{}", self.id())
    }
}
