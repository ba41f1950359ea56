//! Who is signed in, and what they may do here.

#![deny(missing_docs)]

use domain::ids::{ObjectId, TenantId};
use serde::{Deserialize, Serialize};

/// What a person may do in this portal, from the `roles` claim. Entra decides on top of it whether a write happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PortalRole {
    /// `Thumbprint.Admin`
    Admin,
    /// `Thumbprint.User`
    User,
    /// `Thumbprint.Auditor`
    Auditor,
}

impl PortalRole {
    /// By its value in the `roles` claim.
    #[must_use]
    pub fn of_value(value: &str) -> Option<Self> {
        match value {
            "Thumbprint.Admin" => Some(Self::Admin),
            "Thumbprint.User" => Some(Self::User),
            "Thumbprint.Auditor" => Some(Self::Auditor),
            _ => None,
        }
    }

    /// Upload, preview and push.
    #[must_use]
    pub fn may_push(self) -> bool {
        matches!(self, Self::Admin | Self::User)
    }

    /// The whole directory, and everyone's audit rows.
    #[must_use]
    pub fn sees_everything(self) -> bool {
        matches!(self, Self::Admin | Self::Auditor)
    }
}

/// The signed-in person, as far as pages need to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// `name` of the ID token.
    pub name: String,
    /// `preferred_username` of the ID token.
    pub username: String,
    /// `oid` of the ID token.
    pub object_id: ObjectId,
    /// `tid` of the ID token.
    pub tenant_id: TenantId,
    /// From the `roles` claim; empty where nobody gave any.
    pub roles: Vec<PortalRole>,
    /// A directory role lets them change every app; absent where the sign-in does not tell their roles.
    #[serde(default)]
    pub changes_every_app: Option<bool>,
    /// Shown in the header: `Microsoft Entra`, `Azure Government`, `Local tenant` and so on.
    pub cloud: String,
}

impl Viewer {
    fn has(&self, role: PortalRole) -> bool {
        self.roles.contains(&role)
    }

    /// Any role lets a person in and read what Entra lets them read.
    pub fn may_enter(&self) -> bool {
        !self.roles.is_empty()
    }

    /// Upload, preview and push. Whether Graph accepts the write is Entra's decision.
    pub fn may_push(&self) -> bool {
        self.roles.iter().any(|role| role.may_push())
    }

    /// Runs the portal.
    pub fn is_admin(&self) -> bool {
        self.has(PortalRole::Admin)
    }

    /// Everyone's audit rows; other people see only their own.
    pub fn sees_whole_audit(&self) -> bool {
        self.roles.iter().any(|role| role.sees_everything())
    }
}
