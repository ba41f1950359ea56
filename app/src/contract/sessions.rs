//! Where the person is signed in.

pub use views::data::sessions::*;

use super::problem::Problem;

/// The port of this resource: everybody's own sessions, and nobody else's.
#[async_trait::async_trait]
pub trait SessionsPort: Send + Sync {
    /// The newest first.
    async fn own_sessions(&self) -> Result<Vec<OwnSession>, Problem>;
    /// Ends one of the person's sessions. Nothing happens where it has ended already.
    async fn end_session(&self, digest: &SessionDigest) -> Result<(), Problem>;
    /// Ends all of the person's sessions but the one that asks. `pushes`: and pauses their pushes, which forget their sign-in.
    async fn end_other_sessions(&self, pushes: bool) -> Result<(), Problem>;
    /// Who lends the portal a sign-in to read the directory with. `None` where it reads in another way, or the viewer may not lend
    /// theirs.
    async fn lending(&self) -> Result<Option<Lending>, Problem>;
    /// Lends the sign-in that asks, until its session ends.
    async fn lend_reading(&self) -> Result<(), Problem>;
    /// Takes back all that the person lends.
    async fn end_lending(&self) -> Result<(), Problem>;
}
