//! Writes the day's digests of what ends.

use super::job::Job;
use crate::notices::{PlanError, Planner};
use std::sync::Arc;

pub struct PlanNotices(pub(super) Arc<Planner>);

impl Job for PlanNotices {
    const NAME: &'static str = "plan-notices";
    type Payload = ();
    type Error = PlanError;

    async fn run(&self, (): ()) -> Result<(), PlanError> {
        let written = self.0.run().await?;
        if written > 0 {
            tracing::info!(written, "digests of what ends were written");
        }
        Ok(())
    }
}
