//! The home page: the person's own recent uploads and pushes, and what is due.

use crate::operations::DeskState;
use crate::operations::pushes::retirements;
use crate::person::Person;
use crate::store::{RecentReceipt, StoredCertificate};
use app::contract::certificates::CertificateSummary;
use app::contract::overview::Overview;
use app::contract::problem::Problem;
use app::contract::pushes::{PushMode, ReceiptSummary};
use domain::suitability::validity;
use time::OffsetDateTime;

pub(crate) async fn handle(state: &DeskState, person: &Person) -> Result<Overview, Problem> {
    let (tenant, id) = (person.viewer.tenant_id, person.viewer.object_id);
    let now = state.clock.now();
    let store = state.store.of(tenant);
    let certificates = store.recent_certificates(id).await?;
    Ok(Overview {
        certificates: certificates.iter().map(|stored| summary(stored, now)).collect(),
        receipts: store.recent_receipts(id).await?.into_iter().map(receipt).collect(),
        due: store.retirements_due(retirements::whose(person), now).await?,
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

/// What was done stands for what was added, where nothing was.
fn receipt(recent: RecentReceipt) -> ReceiptSummary {
    let subjects: Vec<String> = recent.certificates.into_iter().map(|certificate| certificate.subject).collect();
    let subject = match recent.mode {
        _ if !subjects.is_empty() => subjects.join(", "),
        PushMode::Restore | PushMode::RestoreExactly => "Restored entries".into(),
        _ => "Removed entries".into(),
    };
    ReceiptSummary {
        id: recent.id,
        subject,
        who: recent.who,
        at: recent.started_at,
        state: recent.state,
        verified: recent.good,
        total: recent.total,
    }
}
