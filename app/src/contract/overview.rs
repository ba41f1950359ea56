//! What the home page says at a glance.

pub use views::data::overview::*;

use super::problem::Problem;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait OverviewPort: Send + Sync {
    /// The viewer's own recent uploads and pushes.
    async fn overview(&self) -> Result<Overview, Problem>;

    /// What needs the viewer: of what they own, or of everything, where they see everything. `None` where the directory is
    /// not read in the background.
    async fn needs(&self) -> Result<Option<Needs>, Problem>;
}
