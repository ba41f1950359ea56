//! Certificates that people uploaded.

use domain::certificate::CertificateFacts;
use domain::suitability::{Assessment, Validity};
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use domain::upload::Container;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A certificate that a person uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateView {
    /// What the certificate says.
    pub facts: CertificateFacts,
    /// Whether it is fit for signing assertions, and what to think of.
    pub assessment: Assessment,
    /// Whether it is in force.
    pub validity: Validity,
    /// What it came in.
    pub container: Container,
    /// Which certificate of a chain was taken, and why.
    pub choice: Option<String>,
    /// The whole certificate, as `key` takes it.
    pub der_base64: String,
    /// The same as PEM.
    pub pem: String,
    /// The person's name.
    pub uploaded_by: String,
    /// When it was kept.
    #[serde(with = "time::serde::rfc3339")]
    pub uploaded_at: OffsetDateTime,
}

/// An uploaded certificate in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    /// Its SHA-256 thumbprint, which also is its address.
    pub sha256: Sha256Thumbprint,
    /// Its SHA-1 thumbprint, as Entra shows it.
    pub sha1: Thumbprint,
    /// The subject's name.
    pub subject: String,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// Whether it is in force.
    pub validity: Validity,
    /// When it was kept.
    #[serde(with = "time::serde::rfc3339")]
    pub uploaded_at: OffsetDateTime,
}
