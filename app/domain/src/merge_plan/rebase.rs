//! The same change on another state: what is merged again by itself, and what is left to a person.

use super::draft::{MergeDraft, find_entry};
use super::{MergePlan, PlanError, Rule, refuse_what_cannot_be_kept};
use crate::diff::{self, Diff};
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use serde::{Deserialize, Serialize};

/// Why a plan is not merged again with what is there now. Nothing is sent then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{reason}")]
pub struct Conflict {
    /// What stands against it.
    pub reason: ConflictReason,
    /// From the previewed state to the one found now: their side.
    pub since: Diff,
    /// What the plan would have done to the previewed state: ours.
    pub planned: Diff,
}

/// What stands against merging a plan with the state of now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum ConflictReason {
    /// All others would go, and not all of them were in the preview.
    #[error("The app changed since the preview, and a replacement of everything could remove what came new")]
    Replacement,
    /// It was approved for what was there then.
    #[error("The app is not what it was when this was approved")]
    NotAsApproved,
    /// What came since the preview would go.
    #[error("The app changed since the preview, and an exact restore could remove what came new")]
    ExactRestore,
    /// `tokenEncryptionKeyId` names, since the preview, an entry that was to go.
    #[error("“{name}” (keyId {key_id}), which was to go, now encrypts the app's tokens")]
    EncryptsTokens {
        /// `keyId`
        key_id: KeyId,
        /// [`KeyCredential::name`]
        name: String,
    },
    /// An entry that was to go has changed.
    #[error("“{name}”, which was to go, is not what it was in the preview")]
    Altered {
        /// [`KeyCredential::name`] in the preview.
        name: String,
    },
    /// [`PlanError::KeyIdTaken`]
    #[error("Another entry has the keyId {key_id} by now")]
    KeyIdTaken {
        /// `keyId`
        key_id: KeyId,
    },
    /// The last certificate would go, which the preview did not show.
    #[error("Since the preview others have gone, so that no certificate would be left for the app's sign-in")]
    NothingLeft,
    /// No plan can be made on this state.
    #[error("{what}")]
    CannotMerge {
        /// [`PlanError`], in words.
        what: String,
    },
}

impl MergePlan {
    /// The same change, merged with what is there now. Additions always go; removals where the entries that go are
    /// still what they were, or are gone already, and a certificate stays; nothing that removes "all the others".
    ///
    /// # Errors
    /// [`Conflict`] with both sides, where a person has to look.
    pub fn rebase(&self, current: &KeyCredentials, token_encryption_key_id: Option<KeyId>) -> Result<Self, Conflict> {
        let unchanged = self.is_based_on(current);
        if self.as_approved && !unchanged {
            return Err(self.conflict(ConflictReason::NotAsApproved, current));
        }
        match self.rule {
            Rule::Replacement if !unchanged => return Err(self.conflict(ConflictReason::Replacement, current)),
            Rule::ExactRestore if !unchanged => return Err(self.conflict(ConflictReason::ExactRestore, current)),
            _ => {}
        }
        let draft = self.merge_onto(current, token_encryption_key_id)?;
        if draft.leaves_no_certificate() && !self.leaves_no_certificate() {
            return Err(self.conflict(ConflictReason::NothingLeft, current));
        }
        // What was previewed is what is sent, down to the order.
        if unchanged { Ok(self.clone()) } else { Ok(draft.finish()) }
    }

    /// The same change once more, after one of its writes has been seen or accepted: whatever others added is kept, and
    /// `owed` is put back whole. Of what was approved nothing is written on another state: only what is owed is put back.
    pub(crate) fn merge_again(
        &self,
        current: &KeyCredentials,
        token_encryption_key_id: Option<KeyId>,
        owed: &[KeyCredential],
    ) -> Result<Self, Conflict> {
        let mut draft = if self.as_approved && !self.is_based_on(current) {
            refuse_what_cannot_be_kept(current).map_err(|error| self.refusal(&error, current))?;
            MergeDraft::keeping(current, self.rule)
        } else {
            self.merge_onto(current, token_encryption_key_id)?
        };
        for entry in owed.iter().filter(|entry| find_entry(current, entry).is_none()) {
            draft.put_back(entry.clone());
        }
        Ok(draft.finish())
    }

    fn merge_onto<'a>(
        &self,
        current: &'a KeyCredentials,
        token_encryption_key_id: Option<KeyId>,
    ) -> Result<MergeDraft<'a>, Conflict> {
        refuse_what_cannot_be_kept(current).map_err(|error| self.refusal(&error, current))?;
        let mut draft = MergeDraft::keeping(current, self.rule);
        for entry in self.wanted() {
            draft.want(entry.clone()).map_err(|error| self.refusal(&error, current))?;
        }
        for target in self.targets() {
            let Some((at, found)) =
                find_entry(current, target).and_then(|at| current.iter().nth(at).map(|found| (at, found)))
            else {
                continue;
            };
            let name = target.name();
            if !found.same_as(target) && target.key_id().is_some() {
                return Err(self.conflict(ConflictReason::Altered { name }, current));
            }
            if let Some(key_id) = found.key_id()
                && token_encryption_key_id == Some(key_id)
            {
                return Err(self.conflict(ConflictReason::EncryptsTokens { key_id, name }, current));
            }
            if draft.fate(at) == diff::DiffKind::Kept {
                draft.remove(at);
            }
        }
        Ok(draft)
    }

    fn leaves_no_certificate(&self) -> bool {
        let verify = |row: &&diff::DiffRow| row.is_for_sign_in();
        let rows = || self.diff.rows.iter().filter(verify);
        rows().any(|row| row.kind == diff::DiffKind::Removed) && !rows().any(|row| row.kind != diff::DiffKind::Removed)
    }

    fn refusal(&self, error: &PlanError, current: &KeyCredentials) -> Conflict {
        let reason = match error {
            PlanError::KeyIdTaken(key_id) => ConflictReason::KeyIdTaken { key_id: *key_id },
            other => ConflictReason::CannotMerge { what: other.to_string() },
        };
        self.conflict(reason, current)
    }

    pub(crate) fn conflict(&self, reason: ConflictReason, current: &KeyCredentials) -> Conflict {
        Conflict { reason, since: diff::between(&self.before, current), planned: self.diff.clone() }
    }
}
