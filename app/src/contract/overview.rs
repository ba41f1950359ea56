//! What the home page says at a glance.

pub use views::data::overview::*;

use super::problem::Problem;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait OverviewPort: Send + Sync {
    /// The viewer's own recent uploads and pushes.
    async fn overview(&self) -> Result<Overview, Problem>;
}
