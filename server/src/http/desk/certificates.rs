//! Uploaded certificates, as pages have them.

use super::RequestDesk;
use crate::operations::certificates;
use app::contract::certificates::CertificateView;
use app::contract::ports::CertificatesPort;
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::thumbprint::Sha256Thumbprint;

#[async_trait]
impl CertificatesPort for RequestDesk {
    async fn keep_certificate(&self, bytes: &[u8]) -> Result<Sha256Thumbprint, Problem> {
        let (person, context) = self.pushing()?;
        Ok(certificates::keep::handle(&context, person, bytes).await?)
    }

    async fn certificate(&self, sha256: Sha256Thumbprint) -> Result<CertificateView, Problem> {
        let (person, context) = self.entered()?;
        Ok(certificates::read::handle(&context, person, sha256).await?)
    }
}
