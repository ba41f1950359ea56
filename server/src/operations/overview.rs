//! The home page: the person's own recent uploads and pushes, and what is due.

use crate::operations::DeskState;
use crate::operations::pushes::retirements;
use crate::person::Person;
use crate::store::StoredCertificate;
use app::contract::certificates::CertificateSummary;
use app::contract::overview::Overview;
use app::contract::problem::Problem;
use domain::suitability::validity;
use time::OffsetDateTime;

pub(crate) async fn handle(state: &DeskState, person: &Person) -> Result<Overview, Problem> {
    let (tenant, id) = (person.viewer.tenant_id, person.viewer.object_id);
    let now = state.clock.now();
    let certificates = state.store.recent_certificates(tenant, id).await?;
    Ok(Overview {
        certificates: certificates.iter().map(|stored| summary(stored, now)).collect(),
        receipts: state.store.recent_receipts(tenant, id).await?,
        due: state.store.retirements_due(tenant, retirements::whose(person), now).await?,
    })
}

fn summary(stored: &StoredCertificate, now: OffsetDateTime) -> CertificateSummary {
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
