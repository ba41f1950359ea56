//! Pushes, their receipts, and what they left to be retired.

pub use views::data::pushes::*;

use super::paging::Page;
use super::problem::Problem;
use domain::ids::ObjectId;
use domain::rollout::{Pace, Steer};
use uuid::Uuid;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait PushesPort: Send + Sync {
    /// Begins a push, once per plan, and answers the receipt's id: at once, or when a small one has ended. `typed`: what
    /// the person typed where [`PlanView::confirm`] asks for it.
    async fn push(&self, plan: Uuid, typed: &str, pace: Pace) -> Result<Uuid, Problem>;
    /// The same past the rules that ask for approval, by an administrator: `reason` is kept, and told to whoever was passed
    /// over.
    async fn push_past_rules(&self, plan: Uuid, typed: &str, pace: Pace, reason: &str) -> Result<Uuid, Problem>;
    /// For who made the push, and who sees the whole audit.
    async fn receipt(&self, id: Uuid, query: &ReceiptQuery) -> Result<Receipt, Problem>;
    /// What the push did to one app, for who may read that app, and who may see the whole push.
    async fn receipt_of_app(&self, id: Uuid, app: ObjectId) -> Result<AppReceipt, Problem>;
    /// For who made the push, and who sees the whole audit.
    async fn progress(&self, receipt: Uuid) -> Result<Progress, Problem>;
    /// Pauses, resumes or cancels, where the push is in a state for it.
    async fn steer(&self, receipt: Uuid, steer: Steer) -> Result<(), Problem>;
    /// Due ones first. `page` from 1.
    async fn retirements(&self, page: u32) -> Result<Page<Retirement>, Problem>;
}
