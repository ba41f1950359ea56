//! Whether a state is the one that a plan was made from, or the one that it leads to.

use super::MergePlan;
use crate::diff::{self, Diff, DiffKind};
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use serde::{Deserialize, Serialize};

impl MergePlan {
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
                    // An odd identifier without its key tells nothing.
                    if matches!((entry.thumbprint(), row.thumbprint), (Some(seen), Some(planned)) if seen != planned) {
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
        found.extend(lost_keyless.map(|entry| Discrepancy::MissingWithoutKeyId { name: entry.name() }));
        if found.is_empty() { Verification::AsPlanned } else { Verification::Differs(found) }
    }

    fn keeps(&self, entry: &KeyCredential) -> bool {
        self.diff
            .rows
            .iter()
            .any(|row| row.kind != DiffKind::Removed && row.key_id.is_none() && row.thumbprint == entry.thumbprint())
    }
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
