//! Somebody lends the portal their sign-in, so that it can read the directory in the background, or takes it back.

use crate::entropy::Entropy;
use crate::inventory::SCHEDULE;
use crate::operations::Context;
use crate::person::{Person, TokenError};
use crate::store::{LentRead, StoreError};
use app::contract::sessions::{Lender, Lending};
use domain::audit::{AuditAction, AuditOutcome};

#[derive(Debug, thiserror::Error)]
pub(crate) enum LendError {
    #[error("the portal does not read with sign-ins that people lend")]
    NotAsked,
    #[error("somebody who does not see the whole directory would lend their sign-in")]
    NotAllowed,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who lends now. `None` where nobody is asked to, or the person may not.
pub(crate) async fn read(context: &Context, person: &Person) -> Result<Option<Lending>, StoreError> {
    if may(context, person).is_err() {
        return Ok(None);
    }
    let store = &context.tenant.store;
    let lent = store.lent_reads(context.now()).await?;
    let viewer = person.viewer.object_id;
    let lender = |one: LentRead| Lender { is_viewer: one.person == viewer, name: one.name, since: one.lent_at };
    Ok(Some(Lending { lenders: lent.into_iter().map(lender).collect() }))
}

/// Of the session that asks, until it ends. What is to be read is read at once.
pub(crate) async fn handle(context: &Context, person: &Person, entropy: &dyn Entropy) -> Result<(), LendError> {
    may(context, person)?;
    let id = entropy.uuid();
    let (session, tokens) = person.sessions.lend(id).await?;
    let lent = LentRead {
        id,
        session,
        person: person.viewer.object_id,
        name: person.viewer.name.clone(),
        lent_at: context.now(),
        tokens,
    };
    let entry = person.audit(context.now(), AuditAction::SignInLent, AuditOutcome::Recorded);
    let store = &context.tenant.store;
    if !store.lend_read(&lent, Some(&entry)).await? {
        // It ended meanwhile.
        return Err(TokenError::signed_out().into());
    }
    Ok(store.hasten_schedule(SCHEDULE, context.now()).await?)
}

/// From every session of this person. Where they lend nothing, that is none the less so.
pub(crate) async fn take_back(context: &Context, person: &Person) -> Result<(), StoreError> {
    let entry = person.audit(context.now(), AuditAction::SignInTakenBack, AuditOutcome::Recorded);
    context.tenant.store.take_back_lent_reads(person.viewer.object_id, &entry).await.map(|_| ())
}

fn may(context: &Context, person: &Person) -> Result<(), LendError> {
    if !context.reads_lent {
        return Err(LendError::NotAsked);
    }
    // What others see is less than the directory, and what is not seen would be taken for gone.
    if person.viewer.sees_whole_audit() { Ok(()) } else { Err(LendError::NotAllowed) }
}
