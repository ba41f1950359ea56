//! The home page: the person's own recent uploads and pushes, and what is due.

use crate::operations::Context;
use crate::operations::certificates::read::summary;
use crate::person::Person;
use crate::store::{RecentReceipt, StoreError};
use app::contract::overview::Overview;
use app::contract::pushes::ReceiptSummary;
use domain::rollout::PushMode;

pub(crate) async fn handle(context: &Context, person: &Person) -> Result<Overview, StoreError> {
    let id = person.viewer.object_id;
    let (store, now) = (&context.tenant.store, context.now());
    let certificates = store.recent_certificates(id).await?;
    Ok(Overview {
        certificates: certificates.iter().map(|stored| summary(stored, now)).collect(),
        receipts: store.recent_receipts(id).await?.into_iter().map(receipt).collect(),
        due: store.retirements_due(person.sees(), now).await?,
    })
}

/// What was done stands for what was added, where nothing was.
fn receipt(recent: RecentReceipt) -> ReceiptSummary {
    let subjects: Vec<String> = recent.certificates.into_iter().map(|certificate| certificate.subject).collect();
    let subject = match recent.mode {
        _ if !subjects.is_empty() => subjects.join(", "),
        PushMode::Restore => "Restored entries".into(),
        PushMode::RestoreExactly => "Undid later changes".into(),
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
