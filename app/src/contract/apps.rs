//! App registrations: lists, and each on its own page.

pub use views::data::apps::*;

use super::paging::Page;
use super::problem::Problem;
use domain::ids::ObjectId;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait AppsPort: Send + Sync {
    /// One page, sorted by name.
    async fn apps(&self, query: &AppQuery) -> Result<Page<AppRow>, Problem>;
    /// Names for chosen apps that are not on the page in view.
    async fn app_names(&self, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, Problem>;
    /// Reads the app with its credentials and owners.
    async fn app(&self, id: ObjectId) -> Result<AppDetail, Problem>;
}
