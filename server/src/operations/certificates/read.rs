//! A certificate that somebody of this directory uploaded.

use crate::operations::DeskState;
use crate::person::Person;
use crate::store::StoredCertificate;
use app::contract::certificates::CertificateView;
use app::contract::problem::Problem;
use domain::suitability::{assess, validity};
use domain::thumbprint::Sha256Thumbprint;

pub(crate) async fn handle(
    state: &DeskState,
    person: &Person,
    sha256: Sha256Thumbprint,
) -> Result<CertificateView, Problem> {
    let stored = find(state, person, sha256).await?;
    let now = state.clock.now();
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

pub(crate) async fn find(
    state: &DeskState,
    person: &Person,
    sha256: Sha256Thumbprint,
) -> Result<StoredCertificate, Problem> {
    let viewer = &person.viewer;
    state.store.of(viewer.tenant_id).certificate(sha256, viewer.object_id).await?.ok_or_else(|| {
        Problem::new(
            404,
            "certificate-not-found",
            "This certificate is not here",
            format!("Nobody uploaded a certificate with the SHA-256 thumbprint {}.", sha256.hex()),
        )
        .advice("Upload it first.")
    })
}
