//! What a change does to each entry of `keyCredentials`.

pub mod states;

use crate::credentials::KeyUsage;
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What happens to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiffKind {
    /// It is in both states.
    Kept,
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// Kept, and it is the certificate that was to be added.
    AlreadyThere,
}

/// One entry, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffRow {
    /// What happens to it.
    pub kind: DiffKind,
    /// `keyId`
    pub key_id: Option<KeyId>,
    /// `displayName`
    pub display_name: Option<String>,
    /// [`KeyCredential::thumbprint`]
    pub thumbprint: Option<Thumbprint>,
    /// `usage`
    pub usage: Option<KeyUsage>,
    /// `startDateTime`
    #[serde(with = "time::serde::rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`
    #[serde(with = "time::serde::rfc3339::option")]
    pub end: Option<OffsetDateTime>,
}

impl DiffRow {
    pub(crate) fn existing(kind: DiffKind, entry: &KeyCredential) -> Self {
        Self {
            kind,
            key_id: entry.key_id(),
            display_name: entry.display_name().map(str::to_owned),
            thumbprint: entry.thumbprint(),
            usage: entry.usage().cloned(),
            start: entry.start(),
            end: entry.end(),
        }
    }

    /// [`KeyCredential::is_for_sign_in`]
    pub fn is_for_sign_in(&self) -> bool {
        self.usage == Some(KeyUsage::Verify)
    }
}

/// Every entry of before and after, once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diff {
    /// Those of before in their order, then what comes.
    pub rows: Vec<DiffRow>,
}

impl Diff {
    /// How many entries this happens to.
    pub fn count(&self, kind: DiffKind) -> usize {
        self.rows.iter().filter(|row| row.kind == kind).count()
    }

    /// Nothing added, nothing removed.
    pub fn is_empty(&self) -> bool {
        self.count(DiffKind::Added) + self.count(DiffKind::Removed) == 0
    }
}

/// From one observed state to another. An altered entry shows as removed and added.
pub fn between(before: &KeyCredentials, after: &KeyCredentials) -> Diff {
    let mut unmatched: Vec<&KeyCredential> = after.iter().collect();
    let mut rows = vec![];
    for entry in before {
        let same = unmatched.iter().position(|other| other.same_as(entry));
        let kind = match same {
            Some(at) => {
                unmatched.remove(at);
                DiffKind::Kept
            }
            None => DiffKind::Removed,
        };
        rows.push(DiffRow::existing(kind, entry));
    }
    rows.extend(unmatched.into_iter().map(|entry| DiffRow::existing(DiffKind::Added, entry)));
    Diff { rows }
}
