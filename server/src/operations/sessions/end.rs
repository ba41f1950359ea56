//! A person ends sessions of their own in other browsers. Their tokens go with them; those of pushes under way where the person
//! wants it.

use crate::operations::Context;
use crate::operations::pushes::PushContext;
use crate::person::Person;
use crate::rollout::{PauseReason, stored};
use crate::store::StoreError;
use app::contract::sessions::SessionDigest;
use domain::audit::{AuditAction, AuditOutcome};
use domain::rollout::Steer;

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

/// Pauses all pushes of this person: an app that is being written is ended first, and each goes on when its person says so, with
/// the sign-in that they have then.
pub(crate) async fn rest_pushes(pushes: &PushContext, person: &Person) -> Result<(), StoreError> {
    let (store, viewer) = (&pushes.context.tenant.store, &person.viewer);
    let why = stored::pause(PauseReason::ByPerson { who: viewer.name.clone() })?;
    for receipt in store.pause_runs_of(viewer.object_id, &why).await? {
        let mut entry = person.audit(pushes.context.now(), AuditAction::from(Steer::Pause), AuditOutcome::Paused);
        entry.row.receipt = Some(receipt);
        store.audit(entry).await?;
    }
    pushes.notifier.changed();
    Ok(())
}
