//! Proofs, as pages have them.

use super::RequestDesk;
use crate::operations::{proofs, vaults};
use app::contract::ports::ProofsPort;
use app::contract::problem::Problem;
use app::contract::proofs::ProofTarget;
use async_trait::async_trait;
use domain::client_assertion::AssertionAnswer;
use domain::ids::AppId;

#[async_trait]
impl ProofsPort for RequestDesk {
    async fn proof_target(&self, app: AppId) -> Result<ProofTarget, Problem> {
        let (person, context) = self.entered()?;
        Ok(proofs::target::handle(&context, person, app).await?)
    }

    async fn prove(&self, app: AppId, assertion: &str) -> Result<AssertionAnswer, Problem> {
        let (person, context) = self.pushing()?;
        Ok(proofs::prove::handle(&self.parts.proofs(context), person, app, assertion).await?)
    }

    async fn prove_with_vault(
        &self,
        app: AppId,
        vault: &str,
        name: &str,
        version: &str,
    ) -> Result<AssertionAnswer, Problem> {
        let (person, context) = self.pushing()?;
        let (proofs, entropy) = (self.parts.proofs(context), self.parts.entropy());
        Ok(vaults::prove::handle(&proofs, entropy, person, app, (vault, name, version)).await?)
    }
}
