//! A person ends sessions of their own in other browsers. Their tokens go with them.

use crate::operations::Context;
use crate::person::Person;
use crate::store::StoreError;
use app::contract::sessions::SessionDigest;
use domain::audit::{AuditAction, AuditOutcome};

/// `which`: all the others where there is none. One that has ended already is no error, and leaves no row.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    which: Option<&SessionDigest>,
) -> Result<(), StoreError> {
    let ended = match which {
        Some(digest) => u64::from(person.sessions.end(&digest.to_string()).await?),
        None => person.sessions.end_others().await?,
    };
    if ended == 0 {
        return Ok(());
    }
    let mut entry = person.audit(context.now(), AuditAction::SignedOutElsewhere, AuditOutcome::Recorded);
    entry.row.detail =
        if ended == 1 { "One session was ended.".into() } else { format!("{ended} sessions were ended.") };
    context.tenant.store.audit(entry).await
}
