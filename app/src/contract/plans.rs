//! Previews: what would be sent, before anything is.

pub use views::data::plans::*;

use super::problem::Problem;
use uuid::Uuid;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait PlansPort: Send + Sync {
    /// Reads every app, works out what would be sent, keeps it, answers its id.
    async fn draft_plan(&self, request: &PlanRequest) -> Result<Uuid, Problem>;
    /// `page`: of its apps, from 1.
    async fn plan(&self, id: Uuid, page: u32) -> Result<PlanView, Problem>;
}
