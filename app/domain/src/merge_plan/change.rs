//! What a person wants of an app's certificates.

use super::draft::{MergeDraft, find_entry};
use super::{PlanError, Rule};
use crate::credentials::KeyUsage;
use crate::diff::DiffKind;
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials, NewKeyCredential};
use crate::snapshot::Snapshot;
use crate::thumbprint::Thumbprint;
use std::collections::BTreeSet;

/// One operation on one app. A rotation is an `Append`, and a `Retire` once everything uses the new certificate; a copy
/// from another app is an `Append` of [`NewKeyCredential::copy_of`] its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Adds the certificates; every other entry stays.
    Append(Vec<NewKeyCredential>),
    /// Adds the certificates; every other `Verify` entry goes. `Sign` and `Encrypt` entries stay, and so does the entry
    /// that the app's `tokenEncryptionKeyId` names.
    Replace(Vec<NewKeyCredential>),
    /// These entries go.
    Retire(BTreeSet<KeyId>),
    /// Each `Verify` entry with this certificate goes: one old certificate of many apps.
    RetireCertificate(Thumbprint),
    /// Back to an earlier state.
    Restore {
        /// That state.
        to: Snapshot,
        /// Also removes what was not there then, and sends the entries in the order of then. Otherwise only what is
        /// missing is added.
        exactly: bool,
    },
}

impl Change {
    pub(super) fn draft<'a>(
        &self,
        current: &'a KeyCredentials,
        token_encryption_key_id: Option<KeyId>,
    ) -> Result<MergeDraft<'a>, PlanError> {
        match self {
            Self::Append(new) => append(current, new, Rule::Additions),
            Self::Replace(new) => replace(current, new, token_encryption_key_id),
            Self::Retire(key_ids) => retire(current, key_ids, token_encryption_key_id),
            Self::RetireCertificate(thumbprint) => retire_certificate(current, *thumbprint, token_encryption_key_id),
            Self::Restore { to, exactly: false } => super::restore::missing(current, to),
            Self::Restore { to, exactly: true } => super::restore::exactly(current, to, token_encryption_key_id),
        }
    }
}

fn append<'a>(current: &'a KeyCredentials, new: &[NewKeyCredential], rule: Rule) -> Result<MergeDraft<'a>, PlanError> {
    let mut draft = MergeDraft::keeping(current, rule);
    for entry in new {
        draft.want(entry.entry())?;
    }
    Ok(draft)
}

fn replace<'a>(
    current: &'a KeyCredentials,
    new: &[NewKeyCredential],
    token_encryption_key_id: Option<KeyId>,
) -> Result<MergeDraft<'a>, PlanError> {
    if new.is_empty() {
        return Err(PlanError::ReplaceByNothing);
    }
    let mut draft = append(current, new, Rule::Replacement)?;
    for (at, entry) in current.iter().enumerate() {
        if draft.fate(at) != DiffKind::Kept || !entry.is_for_sign_in() {
            continue;
        }
        if entry.key_id().is_some() && entry.key_id() == token_encryption_key_id {
            draft.caution(format!(
                "“{}” stays: the app's tokens are encrypted with it (tokenEncryptionKeyId).",
                entry.name()
            ));
        } else {
            draft.remove(at);
        }
    }
    Ok(draft)
}

fn retire<'a>(
    current: &'a KeyCredentials,
    key_ids: &BTreeSet<KeyId>,
    token_encryption_key_id: Option<KeyId>,
) -> Result<MergeDraft<'a>, PlanError> {
    let mut draft = MergeDraft::keeping(current, Rule::Removals);
    for key_id in key_ids {
        let Some(at) = current.iter().position(|entry| entry.key_id() == Some(*key_id)) else {
            draft.caution(format!("The entry with keyId {key_id} is not there any more."));
            continue;
        };
        draft.retire(at, token_encryption_key_id)?;
    }
    Ok(draft)
}

fn retire_certificate(
    current: &KeyCredentials,
    thumbprint: Thumbprint,
    token_encryption_key_id: Option<KeyId>,
) -> Result<MergeDraft<'_>, PlanError> {
    let mut draft = MergeDraft::keeping(current, Rule::Removals);
    for (at, entry) in current.iter().enumerate() {
        if entry.thumbprint() != Some(thumbprint) {
            continue;
        }
        if entry.is_for_sign_in() {
            draft.retire(at, token_encryption_key_id)?;
        } else {
            draft.caution(format!(
                "“{}” has the same certificate for {} and stays.",
                entry.name(),
                entry.usage().map_or("another use", KeyUsage::as_str)
            ));
        }
    }
    Ok(draft)
}

impl MergeDraft<'_> {
    fn retire(&mut self, at: usize, token_encryption_key_id: Option<KeyId>) -> Result<(), PlanError> {
        let Some(entry) = self.current().iter().nth(at) else { return Ok(()) };
        if let Some(key_id) = entry.key_id()
            && token_encryption_key_id == Some(key_id)
        {
            return Err(PlanError::EncryptsTokens { key_id, name: entry.name() });
        }
        if !entry.is_for_sign_in() {
            let caution = format!(
                "“{}” is not for the app's own sign-in but for {}.",
                entry.name(),
                entry.usage().map_or("a use that is not known", KeyUsage::as_str)
            );
            self.caution(caution);
        }
        self.remove(at);
        Ok(())
    }
}

/// A snapshot's entry among those that are there: by `keyId`, or by all else where it had none.
pub(super) fn counterpart(current: &KeyCredentials, entry: &KeyCredential) -> Result<Option<usize>, PlanError> {
    let Some(at) = find_entry(current, entry) else { return Ok(None) };
    match (entry.key_id(), current.iter().nth(at)) {
        (Some(key_id), Some(found)) if !found.same_as(entry) => Err(PlanError::KeyIdTaken(key_id)),
        _ => Ok(Some(at)),
    }
}
