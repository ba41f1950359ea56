//! The inventory as a grid.

pub use views::data::inventory::*;

use super::problem::Problem;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait InventoryPort: Send + Sync {
    /// One page of what is in the viewer's scope: everything for admins and auditors, what they own for others. `None`
    /// where the directory is not read in the background.
    async fn inventory(&self, query: &GridQuery) -> Result<Option<Grid>, Problem>;
}
