//! Certificates that people uploaded.

pub use views::data::certificates::*;

use super::problem::Problem;
use domain::thumbprint::Sha256Thumbprint;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait CertificatesPort: Send + Sync {
    /// Reads a certificate by content, keeps it, and answers its SHA-256. Refuses a body that holds a private key.
    async fn keep_certificate(&self, bytes: &[u8]) -> Result<Sha256Thumbprint, Problem>;
    /// One that anybody of this tenant has uploaded.
    async fn certificate(&self, sha256: Sha256Thumbprint) -> Result<CertificateView, Problem>;
}
