//! The audit log.

pub use views::data::audit::*;

use super::paging::Page;
use super::problem::Problem;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait AuditPort: Send + Sync {
    /// The newest first. Who does not see the whole audit gets their own rows.
    async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditRow>, Problem>;
}
