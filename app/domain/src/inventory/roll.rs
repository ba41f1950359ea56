//! What changed of an object's credentials between two reads of the whole directory, and was not done by the portal.
//!
//! A [`Roll`] is what the last such read showed. Only these reads are compared: a page that is looked at in between may be
//! answered by a replica that is behind.

use super::entries::{Entries, Reading};
use super::object::{HeldCertificate, HeldSecret, InventoryObject};
use super::trust::Trust;
use crate::credentials::CredentialKind;
use crate::ids::KeyId;
use crate::spelling::spelled;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use time::serde::rfc3339;
use time::{Duration, OffsetDateTime};

/// For so long after a write of the portal's own a read may still be an old one: what such a write touched is not judged.
pub const SETTLING: Duration = Duration::minutes(10);

spelled! {
    /// What became of a credential.
    pub enum ChangeKind ("kind of change") {
        /// It was not there before.
        Appeared = "appeared",
        /// It says something else than before.
        Changed = "changed",
        /// It is not there any more.
        Gone = "gone",
    }
}

spelled! {
    /// What a push, or the removal of a secret, did to an entry.
    pub enum OwnWriteKind ("kind of own write") {
        /// It put it there.
        Added = "added",
        /// It took it away.
        Removed = "removed",
    }
}

/// What is compared of a credential, and shown of it when it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollEntry {
    /// `keyId`; of a federated credential its `name`, which is unique in the app.
    pub id: String,
    /// `displayName`
    pub name: Option<String>,
    /// `endDateTime`
    #[serde(with = "rfc3339::option")]
    pub end: Option<OffsetDateTime>,
    /// Thumbprint and use; hint; or issuer, subject and audiences.
    pub facts: String,
}

/// The credentials of an object, as a read of the whole directory showed them. A kind that was never read in full is `None`:
/// of what it has nobody can say that it is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    certificates: Option<Vec<RollEntry>>,
    secrets: Option<Vec<RollEntry>>,
    trusts: Option<Vec<RollEntry>>,
}

/// A change that no push of the portal made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is.
    pub credential: CredentialKind,
    /// [`RollEntry::id`]
    pub id: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// As it was. `None`: it had not been there, or no read of the whole directory had shown it yet.
    pub before: Option<RollEntry>,
    /// As it is. `None`: it is gone.
    pub after: Option<RollEntry>,
}

/// A write of a push, as far as one entry goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnWrite {
    /// Of the entry.
    pub key_id: KeyId,
    /// What was done to it.
    pub kind: OwnWriteKind,
    /// When it was sent.
    pub at: OffsetDateTime,
    /// The push has ended, and had seen its work in enough reads.
    pub verified: bool,
}

/// When the two reads were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// Of the roll.
    pub since: OffsetDateTime,
    /// Of the object.
    pub at: OffsetDateTime,
}

/// One kind's list, as it was read now.
struct ReadList {
    credential: CredentialKind,
    /// Each `id` once.
    entries: Vec<RollEntry>,
    whole: bool,
}

impl Roll {
    /// Of an object that was not there at the last read of the whole directory.
    pub fn of_nothing() -> Self {
        Self { certificates: Some(vec![]), secrets: Some(vec![]), trusts: Some(vec![]) }
    }

    /// The roll after this read, and what changed since the one before without the portal. A managed identity has none:
    /// Azure renews its certificates.
    ///
    /// What could not be read is not gone: it stays in the roll as it was. `own`: the portal's writes to this object since
    /// [`SETTLING`] before `between.since`.
    #[must_use]
    pub fn after(self, object: &InventoryObject, between: Between, own: &[OwnWrite]) -> (Self, Vec<Change>) {
        if object.managed_identity {
            return (Self::default(), vec![]);
        }
        let mut changes = vec![];
        let certificates = certificates(&object.certificates);
        let secrets = secrets(&object.secrets);
        // The portal adds none: what a push added is a certificate.
        let taken: Vec<OwnWrite> = own.iter().copied().filter(|write| write.kind == OwnWriteKind::Removed).collect();
        let next = Self {
            certificates: compare(self.certificates, certificates, between, own, &mut changes),
            secrets: compare(self.secrets, secrets, between, &taken, &mut changes),
            trusts: match &object.trusts {
                Reading::Read(list) => compare(self.trusts, trusts(list), between, &[], &mut changes),
                Reading::NotRead | Reading::Failed(_) => self.trusts,
            },
        };
        (next, changes)
    }
}

/// The list's roll after this read.
fn compare(
    before: Option<Vec<RollEntry>>,
    read: ReadList,
    between: Between,
    own: &[OwnWrite],
    changes: &mut Vec<Change>,
) -> Option<Vec<RollEntry>> {
    let ReadList { credential, entries, whole } = read;
    let Some(before) = before else { return whole.then_some(entries) };
    let was = |id: &str| before.iter().find(|entry| entry.id == id);
    let is = |id: &str| entries.iter().find(|entry| entry.id == id);
    let settled = between.at - SETTLING;
    let last = |id: &str| own.iter().filter(|write| write.key_id.to_string() == id).max_by_key(|write| write.at);
    let unsettled = |id: &str| last(id).is_some_and(|write| write.at > settled);
    let by_us = |id: &str, kind| last(id).is_some_and(|write| write.kind == kind);
    let mut change = |id: &str, kind| {
        let (before, after) = (was(id).cloned(), is(id).cloned());
        changes.push(Change { credential, id: id.to_owned(), kind, before, after });
    };
    let mut next = vec![];
    for entry in &entries {
        match was(&entry.id) {
            None if unsettled(&entry.id) => continue,
            None if by_us(&entry.id, OwnWriteKind::Added) => {}
            None => change(&entry.id, ChangeKind::Appeared),
            Some(same) if same == entry => {}
            Some(_) => change(&entry.id, ChangeKind::Changed),
        }
        next.push(entry.clone());
    }
    for entry in before.iter().filter(|entry| is(&entry.id).is_none()) {
        if !whole || unsettled(&entry.id) {
            next.push(entry.clone());
        } else if !by_us(&entry.id, OwnWriteKind::Removed) {
            change(&entry.id, ChangeKind::Gone);
        }
    }
    // What a push had put there, and was gone before any read of the whole directory showed it. One of before the last
    // read was judged then, but for what had not settled.
    let mut said = HashSet::new();
    for write in own.iter().filter(|write| write.at <= settled && write.at > between.since - SETTLING) {
        let id = write.key_id.to_string();
        let there = was(&id).is_some() || is(&id).is_some();
        let stands = last(&id).is_some_and(|last| last.kind == OwnWriteKind::Added && last.verified);
        if whole && !there && stands && said.insert(id.clone()) {
            change(&id, ChangeKind::Gone);
        }
    }
    Some(next)
}

fn certificates(list: &Entries<HeldCertificate>) -> ReadList {
    let facts = |one: &HeldCertificate| {
        let thumbprint = one.thumbprint.map(|thumbprint| thumbprint.hex());
        let usage = one.usage.as_ref().map(ToString::to_string);
        let parts: Vec<String> = [thumbprint, usage].into_iter().flatten().collect();
        parts.join(", ")
    };
    let entry = |one: &HeldCertificate| {
        let id = one.key_id?.to_string();
        Some(RollEntry { id, name: one.name.clone(), end: one.end, facts: facts(one) })
    };
    ReadList::of(CredentialKind::Certificate, list, entry)
}

fn secrets(list: &Entries<HeldSecret>) -> ReadList {
    let entry = |one: &HeldSecret| {
        let (id, facts) = (one.key_id?.to_string(), one.hint.clone().unwrap_or_default());
        Some(RollEntry { id, name: one.name.clone(), end: one.end, facts })
    };
    ReadList::of(CredentialKind::Secret, list, entry)
}

fn trusts(list: &Entries<Trust>) -> ReadList {
    let entry = |one: &Trust| {
        let subject = one.subject.clone().unwrap_or_default();
        let facts = format!("{} {subject} {}", one.issuer, one.audiences.join(" "));
        Some(RollEntry { id: one.name.clone(), name: None, end: None, facts })
    };
    ReadList::of(CredentialKind::Federated, list, entry)
}

impl ReadList {
    /// Without those that cannot be recognised again.
    fn of<T>(credential: CredentialKind, list: &Entries<T>, entry: impl Fn(&T) -> Option<RollEntry>) -> Self {
        let mut seen = HashSet::new();
        let mut entries: Vec<RollEntry> = list.readable.iter().filter_map(entry).collect();
        entries.retain(|entry| seen.insert(entry.id.clone()));
        Self { credential, entries, whole: list.is_whole() }
    }
}

#[cfg(test)]
mod tests;
