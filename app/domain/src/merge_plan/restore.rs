//! Back to an earlier state: what is missing is added under its old `keyId`; exactly, or as far as it is safe.

use super::change::counterpart;
use super::draft::{MergeDraft, is_registered_by};
use super::{PlanError, Rule};
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::snapshot::{Snapshot, restorable};

/// Adds what is missing now. Nothing that is there is touched.
pub(super) fn missing<'a>(current: &'a KeyCredentials, to: &Snapshot) -> Result<MergeDraft<'a>, PlanError> {
    let mut draft = MergeDraft::keeping(current, Rule::Restore);
    for entry in to.state() {
        if counterpart(current, entry)?.is_some() {
            continue;
        }
        if let Some(there) = current.iter().find(|found| is_registered_by(found, entry)) {
            let key_id = there.key_id().map_or_else(|| "no keyId".into(), |id| format!("keyId {id}"));
            draft.caution(format!("“{}” is there under {key_id}, and is not added again.", entry.name()));
        } else if restorable(entry) {
            draft.want(entry.clone())?;
        } else {
            draft.caution(format!("“{}” cannot be brought back: its key is not known.", entry.name()));
        }
    }
    Ok(draft)
}

/// The state of then, entry by entry and in its order.
pub(super) fn exactly<'a>(
    current: &'a KeyCredentials,
    to: &Snapshot,
    token_encryption_key_id: Option<KeyId>,
) -> Result<MergeDraft<'a>, PlanError> {
    let mut draft = MergeDraft::keeping(current, Rule::ExactRestore);
    let mut stays = vec![false; current.len()];
    let mut order = vec![];
    let mut lost = vec![];
    for entry in to.state() {
        match counterpart(current, entry)? {
            Some(at) => {
                stays[at] = true;
                order.extend(current.iter().nth(at).map(KeyCredential::echo));
            }
            None if restorable(entry) => {
                draft.restore(entry.clone());
                order.push(entry.clone());
            }
            None => lost.push(entry.name()),
        }
    }
    if !lost.is_empty() {
        return Err(PlanError::CannotRestore { names: lost });
    }
    for (at, entry) in current.iter().enumerate().filter(|(at, _)| !stays[*at]) {
        if let Some(key_id) = entry.key_id()
            && token_encryption_key_id == Some(key_id)
        {
            return Err(PlanError::EncryptsTokens { key_id, name: entry.name() });
        }
        draft.remove(at);
    }
    draft.order(order.into_iter().collect());
    let as_then = to.state().iter().map(KeyCredential::key_id);
    let now = current.iter().map(KeyCredential::key_id);
    if stays.iter().all(|stays| *stays) && to.state().len() == current.len() && !as_then.eq(now) {
        draft.caution("Only the order of the entries differs, which says nothing: nothing is sent.".into());
    }
    Ok(draft)
}
