//! The search over every app's credentials, and what the doctor asks of the directory.

pub use views::data::search::*;

use super::problem::Problem;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait SearchPort: Send + Sync {
    /// Searches every app and its credentials: a thumbprint in any spelling, a keyId, a name, a client id, an object id.
    async fn find_holders(&self, words: &str) -> Result<Holders, Problem>;
    /// What the directory and the portal know about what was pasted.
    async fn doctor_evidence(&self, request: &EvidenceRequest) -> Result<EvidenceView, Problem>;
}
