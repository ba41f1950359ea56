//! The only way to a write: current entries and one change make the exact collection to send, and the means to check
//! before it that nothing else happens. What happened after it, [`crate::push`] finds out.

mod base;
mod change;
mod draft;
mod rebase;
mod restore;

use crate::diff::{Diff, DiffKind};
use crate::ids::KeyId;
use crate::key_credential::{Fingerprint, KeyCredential, KeyCredentials, pretty};
use crate::thumbprint::Thumbprint;
pub use change::Change;
pub(crate) use draft::find_entry;
use draft::is_registered_by;
pub use rebase::{Conflict, ConflictReason};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Why no plan is made: the write could not be lossless, or would do harm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// An entry can be sent back neither by its `keyId` nor whole.
    #[error(
        "The entry “{name}” has no keyId and Graph did not return its key, so it cannot be sent back. Writing would lose it."
    )]
    CannotKeep {
        /// [`KeyCredential::name`]
        name: String,
    },
    /// An entry with another content has the `keyId` that is to be added.
    #[error("The keyId {0} is already used by another entry of this app")]
    KeyIdTaken(KeyId),
    /// The app has a `keyId` twice.
    #[error("Two entries of this app have the same keyId {0}, so neither can be named for sure")]
    AmbiguousKeyId(KeyId),
    /// The change names a certificate or a `keyId` twice.
    #[error("“{name}” is in the change twice")]
    TwiceInChange {
        /// [`KeyCredential::name`]
        name: String,
    },
    /// All would go, and nothing would come.
    #[error("A replacement needs a certificate to put in the others' place")]
    ReplaceByNothing,
    /// An entry was to go that `tokenEncryptionKeyId` names.
    #[error(
        "“{name}” (keyId {key_id}) encrypts the app's tokens (tokenEncryptionKeyId). Without it, whoever reads them cannot."
    )]
    EncryptsTokens {
        /// `keyId`
        key_id: KeyId,
        /// [`KeyCredential::name`]
        name: String,
    },
    /// Entries of an earlier state cannot be written anew ([`crate::snapshot::restorable`]).
    #[error("{} cannot be brought back: the key is not known, or Graph does not take it", quoted(.names))]
    CannotRestore {
        /// [`KeyCredential::name`] of each.
        names: Vec<String>,
    },
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")
}

/// What a plan may do on a state other than the previewed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Rule {
    Additions,
    /// Of entries that were there once, under their `keyId` of then.
    Restore,
    /// Of named entries.
    Removals,
    /// Removes all others, so that its preview must be the last word on who they are.
    Replacement,
    ExactRestore,
}

/// A decided change to one app's `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergePlan {
    base: Fingerprint,
    /// The state that the plan was made from, as Graph sent it.
    before: KeyCredentials,
    /// What is sent: kept entries as they were, then the new ones. `None`: nothing needs to be sent.
    entries: Option<KeyCredentials>,
    /// What must be there afterwards, whole: added, or there already.
    wanted: KeyCredentials,
    rule: Rule,
    diff: Diff,
    cautions: Vec<String>,
    /// It was approved: it is never merged again with another state.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    as_approved: bool,
}

impl MergePlan {
    /// `token_encryption_key_id`: the app's property of that name, whose entry is never removed.
    pub fn new(
        current: &KeyCredentials,
        change: &Change,
        token_encryption_key_id: Option<KeyId>,
    ) -> Result<Self, PlanError> {
        refuse_what_cannot_be_kept(current)?;
        Ok(change.draft(current, token_encryption_key_id)?.finish())
    }

    /// The same, for exactly the state that it was made from: what was approved is what is sent, or nothing is. Of another
    /// state there is a [`Conflict`], also where the change could be merged with it.
    #[must_use]
    pub fn as_approved(self) -> Self {
        Self { as_approved: true, ..self }
    }

    /// Made by [`MergePlan::as_approved`].
    pub fn is_as_approved(&self) -> bool {
        self.as_approved
    }

    /// The state that the plan was made from.
    pub fn base(&self) -> &Fingerprint {
        &self.base
    }

    /// What happens to each entry.
    pub fn diff(&self) -> &Diff {
        &self.diff
    }

    /// All is as wanted already: nothing is sent.
    pub fn is_noop(&self) -> bool {
        self.entries.is_none()
    }

    /// How many entries go.
    pub fn removals(&self) -> usize {
        self.diff.count(DiffKind::Removed)
    }

    /// Consequences worth a look, in whole sentences.
    pub fn cautions(&self) -> &[String] {
        &self.cautions
    }

    /// Of the entries that are added, with their certificates.
    pub fn key_ids(&self) -> Vec<(KeyId, Option<Thumbprint>)> {
        let added = self.diff.rows.iter().filter(|row| row.kind == DiffKind::Added);
        added.filter_map(|row| Some((row.key_id?, row.thumbprint))).collect()
    }

    /// Of the entry that holds this certificate for the app's sign-in afterwards.
    pub fn key_id_of(&self, thumbprint: Thumbprint) -> Option<KeyId> {
        let stays = self.diff.rows.iter().filter(|row| row.kind != DiffKind::Removed);
        let holds = stays.filter(|row| row.thumbprint == Some(thumbprint) && row.is_for_sign_in());
        // One that is added or was asked for goes before one that merely stays.
        holds.max_by_key(|row| row.kind != DiffKind::Kept).and_then(|row| row.key_id)
    }

    /// The PATCH body: `{"keyCredentials": […]}`, the whole collection. Of a plan that changes nothing, the state as it is.
    pub fn body(&self) -> Value {
        json!({ "keyCredentials": self.sent().to_json() })
    }

    /// The whole collection, as [`MergePlan::body`] has it.
    pub(crate) fn sent(&self) -> &KeyCredentials {
        self.entries.as_ref().unwrap_or(&self.before)
    }

    /// [`MergePlan::body`], indented.
    pub fn body_pretty(&self) -> String {
        pretty(&self.body())
    }

    /// The entries that are added, as the app manifest of the Entra admin center takes them: none is empty text, one an
    /// object, several a list.
    pub fn manifest_pretty(&self) -> String {
        let mut added: Vec<Value> = self.added().map(KeyCredential::manifest).collect();
        match added.len() {
            0 => String::new(),
            1 => pretty(&added.swap_remove(0)),
            _ => pretty(&Value::Array(added)),
        }
    }

    /// An append: whatever is there stays.
    pub(crate) fn adds_to_what_stays(&self) -> bool {
        matches!(self.rule, Rule::Additions | Rule::Restore) && self.removals() == 0
    }

    /// What is added was there before, and may be again without a write of this plan.
    pub(crate) fn brings_back(&self) -> bool {
        matches!(self.rule, Rule::Restore | Rule::ExactRestore)
    }

    /// What comes new, whole.
    pub(crate) fn added(&self) -> impl Iterator<Item = &KeyCredential> {
        let added = self.key_ids();
        self.wanted.iter().filter(move |entry| {
            find_entry(&self.before, entry).is_none() && added.iter().any(|(id, _)| entry.key_id() == Some(*id))
        })
    }

    /// Whether the state has what is wanted: the entry itself, or (unless exactly this one is asked for) its certificate
    /// for the same use.
    pub(crate) fn stands(&self, state: &KeyCredentials, wanted: &KeyCredential) -> bool {
        let itself = find_entry(state, wanted).and_then(|at| state.iter().nth(at));
        itself.is_some_and(|found| found.usage() == wanted.usage() && found.same_certificate(wanted) != Some(false))
            || (self.rule != Rule::ExactRestore && state.iter().any(|found| is_registered_by(found, wanted)))
    }

    /// The state that the plan was made from, entry by entry.
    pub fn before(&self) -> &KeyCredentials {
        &self.before
    }

    /// What must be there afterwards, whole.
    pub(crate) fn wanted(&self) -> &KeyCredentials {
        &self.wanted
    }

    /// What goes, as it was in the preview.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &KeyCredential> {
        let rows = self.before.iter().zip(&self.diff.rows);
        rows.filter(|(_, row)| row.kind == DiffKind::Removed).map(|(entry, _)| entry)
    }
}

pub(crate) fn refuse_what_cannot_be_kept(current: &KeyCredentials) -> Result<(), PlanError> {
    let mut seen = std::collections::HashSet::new();
    for entry in current {
        match entry.key_id() {
            None if !entry.has_key() => return Err(PlanError::CannotKeep { name: entry.name() }),
            Some(key_id) if !seen.insert(key_id) => return Err(PlanError::AmbiguousKeyId(key_id)),
            _ => {}
        }
    }
    Ok(())
}
