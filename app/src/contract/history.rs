//! Kept states of an app.

pub use views::data::history::*;

use super::paging::Page;
use super::problem::Problem;
use domain::ids::ObjectId;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait HistoryPort: Send + Sync {
    /// The newest first. `page` from 1.
    async fn states(&self, app: ObjectId, page: u32) -> Result<Page<StateRow>, Problem>;
    /// `newer`: absent for the app as it is now (it is read, and kept if it is new).
    async fn compare_states(&self, app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem>;
}
