//! A certificate that somebody of this directory uploaded.

use crate::operations::Context;
use crate::person::Person;
use crate::store::{StoreError, StoredCertificate};
use app::contract::certificates::{CertificateSummary, CertificateView};
use domain::suitability::{assess, validity};
use domain::thumbprint::Sha256Thumbprint;
use time::OffsetDateTime;

/// Why a certificate is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindCertificateError {
    #[error("nobody uploaded a certificate with the SHA-256 thumbprint {}", .0.hex())]
    NotFound(Sha256Thumbprint),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    sha256: Sha256Thumbprint,
) -> Result<CertificateView, FindCertificateError> {
    let stored = find(context, person, sha256).await?;
    let now = context.now();
    let facts = stored.certificate.facts();
    Ok(CertificateView {
        assessment: assess(facts, now),
        validity: validity(Some(facts.not_before), Some(facts.not_after), now),
        container: stored.container,
        choice: stored.choice,
        der_base64: stored.certificate.der_base64(),
        pem: stored.certificate.pem(),
        uploaded_by: stored.uploaded_by,
        uploaded_at: stored.uploaded_at,
        facts: facts.clone(),
    })
}

/// That this person uploaded, or else the newest of the same.
pub(crate) async fn find(
    context: &Context,
    person: &Person,
    sha256: Sha256Thumbprint,
) -> Result<StoredCertificate, FindCertificateError> {
    let found = context.tenant.store.certificate(sha256, person.viewer.object_id).await?;
    found.ok_or(FindCertificateError::NotFound(sha256))
}

/// In a line.
pub(crate) fn summary(stored: &StoredCertificate, now: OffsetDateTime) -> CertificateSummary {
    let facts = stored.certificate.facts();
    CertificateSummary {
        sha256: facts.sha256,
        sha1: facts.sha1,
        subject: facts.subject.clone(),
        not_after: facts.not_after,
        validity: validity(Some(facts.not_before), Some(facts.not_after), now),
        uploaded_at: stored.uploaded_at,
    }
}
