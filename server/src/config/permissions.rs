//! What the portal asks of Graph in a person's name.

domain::spelled! {
    /// A delegated permission of Graph on app registrations. Entra grants no more than the person may do.
    pub enum AppPermission ("permission on applications") {
        Read = "Application.Read.All",
        /// Without creating or deleting apps. Whether it covers `keyCredentials` is not written down anywhere.
        ReadUpdate = "Application.ReadUpdate.All",
        ReadWrite = "Application.ReadWrite.All",
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
