//! What the portal asks of Graph in a person's name.

use serde::{Deserialize, Serialize};

/// A delegated permission of Graph on app registrations. Entra grants no more than the person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppPermission {
    #[serde(rename = "Application.Read.All")]
    Read,
    /// Without creating or deleting apps. Whether it covers `keyCredentials` is not written down anywhere.
    #[serde(rename = "Application.ReadUpdate.All")]
    ReadUpdate,
    #[serde(rename = "Application.ReadWrite.All")]
    ReadWrite,
}

impl AppPermission {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "Application.Read.All",
            Self::ReadUpdate => "Application.ReadUpdate.All",
            Self::ReadWrite => "Application.ReadWrite.All",
        }
    }
}

/// What is asked for when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// At each sign-in.
    pub read: AppPermission,
    /// When a push begins: its token has it, and the session's has not.
    pub write: AppPermission,
}

impl Default for Permissions {
    fn default() -> Self {
        Self { read: AppPermission::Read, write: AppPermission::ReadWrite }
    }
}
