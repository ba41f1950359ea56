//! Teams: who looks after apps beside their owners in Entra.

pub use views::data::teams::*;

use super::problem::Problem;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait TeamsPort: Send + Sync {
    /// Those that the viewer may see.
    async fn teams(&self) -> Result<Teams, Problem>;

    /// What a table would give to teams, and take back. For administrators.
    async fn preview_given_apps(&self, csv: &str) -> Result<GivenPreview, Problem>;

    /// Keeps it, unless something else was given since. `seen`: of the preview. For administrators.
    async fn give_apps(&self, csv: &str, seen: &str) -> Result<(), Problem>;
}
