//! The only way to a write: current entries and one change make the exact collection to send, and the means to check,
//! before and after, that nothing else happens.

use crate::diff::{self, Diff, DiffKind, DiffRow};
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials, NewKeyCredential, WireError, pretty};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A digest of a collection's state: equal when no property of any entry differs, whatever the order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    pub(crate) fn of(credentials: &KeyCredentials) -> Self {
        let mut entries: Vec<String> = credentials
            .iter()
            .map(|entry| {
                let present: serde_json::Map<_, _> = entry
                    .raw()
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(n, v)| (n.clone(), v.clone()))
                    .collect();
                Value::Object(present).to_string()
            })
            .collect();
        entries.sort_unstable();
        let mut digest = Sha256::new();
        for entry in entries {
            digest.update(entry.len().to_be_bytes());
            digest.update(entry);
        }
        Self(hex::encode(digest.finalize()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Adds the certificate; every other entry stays.
    Append(NewKeyCredential),
    /// Adds the certificate; every other `Verify` entry goes. `Sign` and `Encrypt` entries stay, and so does the entry
    /// that the app's `tokenEncryptionKeyId` names.
    Replace(NewKeyCredential),
}

impl Change {
    fn new_entry(&self) -> &NewKeyCredential {
        match self {
            Self::Append(new) | Self::Replace(new) => new,
        }
    }
}

/// Why no plan is made: the write could not be lossless.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(
        "The entry “{name}” has no keyId and Graph did not return its key, so it cannot be sent back. Writing would lose it."
    )]
    CannotKeep { name: String },
    #[error("The keyId {0} is already used by another entry of this app")]
    KeyIdTaken(KeyId),
    #[error("Two entries of this app have the same keyId {0}, so neither can be named for sure")]
    AmbiguousKeyId(KeyId),
}

/// A decided change to one app's `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergePlan {
    base: Fingerprint,
    /// The state that the plan was made from, as Graph sent it.
    before: Value,
    /// What is sent: kept entries as they were, then the new one. `None`: nothing needs to be sent.
    entries: Option<Vec<Value>>,
    key_id: KeyId,
    diff: Diff,
    cautions: Vec<String>,
}

impl MergePlan {
    /// `token_encryption_key_id`: the app's property of that name, whose entry is never removed.
    pub fn new(
        current: &KeyCredentials,
        change: &Change,
        token_encryption_key_id: Option<KeyId>,
    ) -> Result<Self, PlanError> {
        let new = change.new_entry();
        refuse_what_cannot_be_kept(current)?;
        let there = current.find_certificate(new.certificate());
        if there.is_none() && current.find(new.key_id()).is_some() {
            return Err(PlanError::KeyIdTaken(new.key_id()));
        }
        let mut cautions = vec![];
        let mut entries = vec![];
        let mut rows = vec![];
        for entry in current {
            let kind = if there == Some(entry) {
                DiffKind::AlreadyThere
            } else if matches!(change, Change::Append(_)) || entry.usage() != Some("Verify") {
                DiffKind::Kept
            } else if entry.key_id().is_some() && entry.key_id() == token_encryption_key_id {
                cautions.push(format!(
                    "“{}” stays: the app's tokens are encrypted with it (tokenEncryptionKeyId).",
                    name_of(entry)
                ));
                DiffKind::Kept
            } else {
                DiffKind::Removed
            };
            if kind != DiffKind::Removed {
                entries.push(entry.echo());
            }
            rows.push(DiffRow::existing(kind, entry));
        }
        let key_id = if let Some(entry) = there {
            if entry.end().is_some_and(|end| end < new.certificate().facts().not_after) {
                cautions.push(
                    "The entry that is there ends before its certificate does; an entry's dates cannot be changed in place."
                        .into(),
                );
            }
            entry.key_id().unwrap_or(new.key_id())
        } else {
            entries.push(new.graph());
            rows.push(DiffRow::new(new));
            new.key_id()
        };
        let diff = Diff { rows };
        let removed = diff.count(DiffKind::Removed);
        if removed > 0 {
            cautions.push(if removed == 1 {
                "1 certificate is removed. Whatever still signs in with it is refused by Entra from then on.".into()
            } else {
                format!("{removed} certificates are removed. Whatever still signs in with them is refused by Entra from then on.")
            });
        }
        let entries = (!diff.is_empty()).then_some(entries);
        Ok(Self { base: current.fingerprint(), before: current.to_json(), entries, key_id, diff, cautions })
    }

    /// The state that the plan was made from.
    pub fn base(&self) -> &Fingerprint {
        &self.base
    }

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

    pub fn cautions(&self) -> &[String] {
        &self.cautions
    }

    /// Of the entry that holds the certificate afterwards.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The PATCH body: `{"keyCredentials": […]}`, the whole collection. Of a plan that changes nothing, the state as it is.
    pub fn body(&self) -> Value {
        match &self.entries {
            Some(entries) => json!({ "keyCredentials": entries }),
            None => json!({ "keyCredentials": self.before }),
        }
    }

    pub fn body_pretty(&self) -> String {
        pretty(&self.body())
    }

    /// Compares what is there now with what the plan was made from.
    pub fn check(&self, reread: &KeyCredentials) -> Result<(), ChangedSincePreview> {
        if reread.fingerprint() == self.base {
            return Ok(());
        }
        let diff = self.before().map(|before| diff::between(&before, reread)).unwrap_or_default();
        // A key that one read had and the other had not is no change.
        if diff.is_empty() && self.before().is_ok_and(|before| before.len() == reread.len()) {
            Ok(())
        } else {
            Err(ChangedSincePreview { diff })
        }
    }

    fn before(&self) -> Result<KeyCredentials, WireError> {
        KeyCredentials::from_json(&self.before)
    }

    /// Compares what is there after the write with what must be.
    pub fn verify(&self, after: &KeyCredentials) -> Verification {
        let Ok(before) = self.before() else {
            return Verification::Differs(vec![Discrepancy::Unreadable]);
        };
        if !self.is_noop() && diff::between(&before, after).is_empty() {
            return Verification::NotYetSeen;
        }
        let mut found = vec![];
        let mut accounted: Vec<&KeyCredential> = vec![];
        for row in &self.diff.rows {
            let Some(key_id) = row.key_id else { continue };
            let seen = after.find(key_id);
            match (row.kind, seen) {
                (DiffKind::Kept | DiffKind::AlreadyThere, None) => {
                    found.push(Discrepancy::Missing { key_id, name: row.display_name.clone() });
                }
                (DiffKind::Kept | DiffKind::AlreadyThere, Some(entry)) => {
                    accounted.push(entry);
                    if !before.find(key_id).is_some_and(|old| old.same_as(entry)) {
                        found.push(Discrepancy::Altered { key_id, name: row.display_name.clone() });
                    }
                }
                (DiffKind::Added, None) => found.push(Discrepancy::NotAdded { key_id }),
                (DiffKind::Added, Some(entry)) => {
                    accounted.push(entry);
                    if entry.thumbprint() != row.thumbprint {
                        found.push(Discrepancy::WrongCertificate { key_id });
                    }
                }
                (DiffKind::Removed, Some(entry)) => {
                    accounted.push(entry);
                    found.push(Discrepancy::NotRemoved { key_id, name: row.display_name.clone() });
                }
                (DiffKind::Removed, None) => {}
            }
        }
        let mut keyless: Vec<KeyCredential> = before.iter().filter(|entry| entry.key_id().is_none()).cloned().collect();
        for entry in after {
            if accounted.contains(&entry) {
                continue;
            }
            // An entry that had no keyId before may have been given one.
            match keyless.iter().position(|old| old.thumbprint().is_some() && old.thumbprint() == entry.thumbprint()) {
                Some(at) => _ = keyless.remove(at),
                None => found.push(Discrepancy::Unexpected {
                    key_id: entry.key_id(),
                    name: entry.display_name().map(str::to_owned),
                }),
            }
        }
        let lost_keyless = keyless.into_iter().filter(|entry| self.keeps(entry));
        found.extend(lost_keyless.map(|entry| Discrepancy::MissingWithoutKeyId { name: name_of(&entry) }));
        if found.is_empty() { Verification::AsPlanned } else { Verification::Differs(found) }
    }

    fn keeps(&self, entry: &KeyCredential) -> bool {
        self.diff
            .rows
            .iter()
            .any(|row| row.kind != DiffKind::Removed && row.key_id.is_none() && row.thumbprint == entry.thumbprint())
    }
}

fn refuse_what_cannot_be_kept(current: &KeyCredentials) -> Result<(), PlanError> {
    let mut seen = std::collections::HashSet::new();
    for entry in current {
        match entry.key_id() {
            None if !entry.has_key() => return Err(PlanError::CannotKeep { name: name_of(entry) }),
            Some(key_id) if !seen.insert(key_id) => return Err(PlanError::AmbiguousKeyId(key_id)),
            _ => {}
        }
    }
    Ok(())
}

fn name_of(entry: &KeyCredential) -> String {
    entry
        .display_name()
        .map(str::to_owned)
        .or_else(|| entry.thumbprint().map(|thumbprint| thumbprint.hex()))
        .or_else(|| entry.key_id().map(|id| id.to_string()))
        .unwrap_or_else(|| "without a name".into())
}

/// The app is not as it was in the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("Since the preview {}", changes(.diff))]
pub struct ChangedSincePreview {
    /// From the previewed state to the one found now.
    pub diff: Diff,
}

fn changes(diff: &Diff) -> String {
    let names = |kind| {
        let names: Vec<String> = diff
            .rows
            .iter()
            .filter(|row| row.kind == kind)
            .map(|row| {
                format!(
                    "“{}”",
                    row.display_name
                        .clone()
                        .or_else(|| row.key_id.map(|id| id.to_string()))
                        .unwrap_or_else(|| "without a name".into())
                )
            })
            .collect();
        names.join(", ")
    };
    match (diff.count(DiffKind::Added), diff.count(DiffKind::Removed)) {
        (0, 0) => "the order or form of the entries changed".into(),
        (_, 0) => format!("somebody added {}", names(DiffKind::Added)),
        (0, _) => format!("somebody removed {}", names(DiffKind::Removed)),
        _ => format!("somebody added {} and removed {}", names(DiffKind::Added), names(DiffKind::Removed)),
    }
}

/// What a read after the write shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// The new entry is there, what should go is gone, and everything else is as it was.
    AsPlanned,
    /// As before the write: a replica that has not heard of it, or a write that did not happen.
    NotYetSeen,
    Differs(Vec<Discrepancy>),
}

/// One way in which the state after a write is not what was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Discrepancy {
    #[error("“{}” (keyId {key_id}) was to stay and is gone", .name.as_deref().unwrap_or("without a name"))]
    Missing { key_id: KeyId, name: Option<String> },
    #[error("“{name}”, which had no keyId, was to stay and is gone")]
    MissingWithoutKeyId { name: String },
    #[error("“{}” (keyId {key_id}) was to stay as it was and differs", .name.as_deref().unwrap_or("without a name"))]
    Altered { key_id: KeyId, name: Option<String> },
    #[error("The new entry (keyId {key_id}) is not there")]
    NotAdded { key_id: KeyId },
    #[error("The new entry (keyId {key_id}) holds another certificate")]
    WrongCertificate { key_id: KeyId },
    #[error("“{}” (keyId {key_id}) was to go and is still there", .name.as_deref().unwrap_or("without a name"))]
    NotRemoved { key_id: KeyId, name: Option<String> },
    #[error("“{}” was added by somebody else meanwhile", .name.as_deref().unwrap_or("An entry without a name"))]
    Unexpected { key_id: Option<KeyId>, name: Option<String> },
    #[error("The state before the write cannot be read any more")]
    Unreadable,
}
