//! Proof by a real token request.

pub use views::data::proofs::*;

use super::problem::Problem;
use domain::client_assertion::AssertionAnswer;
use domain::ids::AppId;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait ProofsPort: Send + Sync {
    /// What it takes to sign an assertion for the app.
    async fn proof_target(&self, app: AppId) -> Result<ProofTarget, Problem>;
    /// Relays a client assertion to the token endpoint, once. It is neither kept nor logged.
    async fn prove(&self, app: AppId, assertion: &str) -> Result<AssertionAnswer, Problem>;
    /// Has Key Vault sign a client assertion for the app, with the person's own rights, and relays it.
    async fn prove_with_vault(
        &self,
        app: AppId,
        vault: &str,
        name: &str,
        version: &str,
    ) -> Result<AssertionAnswer, Problem>;
}
