//! Teams: who looks after apps beside their owners in Entra.

pub use views::data::teams::*;

use super::problem::Problem;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait TeamsPort: Send + Sync {
    /// Those that the viewer may see.
    async fn teams(&self) -> Result<Teams, Problem>;
}
