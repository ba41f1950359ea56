//! The search, and what the doctor asks, as pages have them.

use super::RequestDesk;
use crate::operations::search;
use app::contract::ports::SearchPort;
use app::contract::problem::Problem;
use app::contract::search::{EvidenceRequest, EvidenceView, Holders};
use async_trait::async_trait;

#[async_trait]
impl SearchPort for RequestDesk {
    async fn find_holders(&self, words: &str) -> Result<Holders, Problem> {
        let (person, context) = self.entered()?;
        Ok(search::find_holders::handle(&context, person, words).await?)
    }

    async fn doctor_evidence(&self, request: &EvidenceRequest) -> Result<EvidenceView, Problem> {
        let (person, context) = self.entered()?;
        Ok(search::doctor_evidence::handle(&context, person, request).await?)
    }
}
