//! The inventory as a grid.

pub use views::data::inventory::*;
pub use views::data::items::*;

use super::problem::Problem;
use domain::credentials::Subject;
use domain::inventory::Item;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait InventoryPort: Send + Sync {
    /// One page of what is in the viewer's scope: everything for admins and auditors, what they own for others. `None`
    /// where the directory is not read in the background.
    async fn inventory(&self, query: &GridQuery) -> Result<Option<Grid>, Problem>;
    /// One object of the viewer's scope, with what it needs and what changed of it elsewhere.
    async fn object(&self, subject: Subject) -> Result<ObjectView, Problem>;
    /// Assigns it, puts it aside or brings it back, for everybody.
    async fn decide_item(&self, item: Item, ask: &ItemAsk) -> Result<(), Problem>;
    /// Says what these changes of the object were.
    async fn acknowledge_changes(&self, subject: Subject, numbers: &[i64], reason: &str) -> Result<(), Problem>;
}
