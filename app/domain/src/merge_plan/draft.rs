//! A plan in the making: what becomes of each entry that is there, and what comes new.

use super::{MergePlan, PlanError, Rule};
use crate::dates::day;
use crate::diff::{Diff, DiffKind, DiffRow};
use crate::key_credential::{KeyCredential, KeyCredentials};

pub(super) struct MergeDraft<'a> {
    current: &'a KeyCredentials,
    /// One for each entry of `current`.
    fates: Vec<DiffKind>,
    add: Vec<KeyCredential>,
    /// What the change wants to be there, whether it is added or there already.
    wanted: Vec<KeyCredential>,
    /// The entries as they are to be sent, where their order is not "what stays, then what comes".
    order: Option<KeyCredentials>,
    rule: Rule,
    cautions: Vec<String>,
}

impl<'a> MergeDraft<'a> {
    pub(super) fn keeping(current: &'a KeyCredentials, rule: Rule) -> Self {
        Self {
            current,
            fates: vec![DiffKind::Kept; current.len()],
            add: vec![],
            wanted: vec![],
            order: None,
            rule,
            cautions: vec![],
        }
    }

    pub(super) fn current(&self) -> &'a KeyCredentials {
        self.current
    }

    pub(super) fn fate(&self, at: usize) -> DiffKind {
        self.fates.get(at).copied().unwrap_or(DiffKind::Kept)
    }

    pub(super) fn remove(&mut self, at: usize) {
        if let Some(fate) = self.fates.get_mut(at) {
            *fate = DiffKind::Removed;
        }
    }

    pub(super) fn caution(&mut self, caution: String) {
        self.cautions.push(caution);
    }

    pub(super) fn order(&mut self, entries: KeyCredentials) {
        self.order = Some(entries);
    }

    /// Adds the entry, unless it or its certificate for the same use is there.
    pub(super) fn want(&mut self, entry: KeyCredential) -> Result<(), PlanError> {
        let twice = |other: &KeyCredential| {
            (other.key_id().is_some() && other.key_id() == entry.key_id())
                || (self.rule != Rule::ExactRestore && is_registered_by(other, &entry))
        };
        if self.wanted.iter().any(twice) {
            return Err(PlanError::TwiceInChange { name: entry.name() });
        }
        match home(self.current, &entry, self.rule)? {
            Some(at) => {
                let there = self.current.iter().nth(at);
                if there.and_then(KeyCredential::end).is_some_and(|end| entry.end().is_some_and(|own| end < own)) {
                    self.caution(
                        "The entry that is there ends before its certificate does; an entry's dates cannot be changed in place."
                            .into(),
                    );
                }
                if let Some(fate) = self.fates.get_mut(at) {
                    *fate = DiffKind::AlreadyThere;
                }
            }
            None => self.add.push(entry.clone()),
        }
        self.wanted.push(entry);
        Ok(())
    }

    /// Adds an entry of then, beside whatever registers its certificate now.
    pub(super) fn restore(&mut self, entry: KeyCredential) {
        self.add.push(entry.clone());
        self.wanted.push(entry);
    }

    /// Adds an entry that is known to be missing, under its own `keyId`. The plan does not ask for it.
    pub(super) fn put_back(&mut self, entry: KeyCredential) {
        self.add.push(entry);
    }

    /// No `Verify` entry is left, though there is one now.
    pub(super) fn leaves_no_certificate(&self) -> bool {
        let (goes, stays) = self.verify_entries();
        !goes.is_empty() && stays.is_empty()
    }

    fn verify_entries(&self) -> (Vec<&KeyCredential>, Vec<&KeyCredential>) {
        let verify = |entry: &&KeyCredential| entry.is_for_sign_in();
        let fates = || self.current.iter().zip(&self.fates);
        let goes = fates().filter(|(_, fate)| **fate == DiffKind::Removed).map(|(entry, _)| entry);
        let stays = fates().filter(|(_, fate)| **fate != DiffKind::Removed).map(|(entry, _)| entry);
        (goes.filter(verify).collect(), stays.chain(&self.add).filter(verify).collect())
    }

    fn removal_cautions(&self) -> Vec<String> {
        let mut cautions = vec![];
        let (goes, stays) = self.verify_entries();
        if !goes.is_empty() && stays.is_empty() {
            cautions.push(
                "No certificate is left for the app's sign-in. Add another one first, unless the app needs none."
                    .into(),
            );
            return cautions;
        }
        let last = stays.iter().filter_map(|entry| entry.end()).max();
        let longest = goes.iter().filter_map(|entry| Some((entry.end()?, entry))).max_by_key(|(end, _)| *end);
        if let (Some(last), Some((end, entry))) = (last, longest)
            && end > last
        {
            cautions.push(format!(
                "“{}” is removed, though it ends on {}, later than every certificate that stays (the last ends on {}). Look whether it is the right one.",
                entry.name(),
                day(end),
                day(last)
            ));
        }
        cautions
    }

    pub(super) fn finish(self) -> MergePlan {
        let mut cautions = self.removal_cautions();
        cautions.splice(0..0, self.cautions);
        let fates = || self.current.iter().zip(&self.fates);
        let mut rows: Vec<DiffRow> = fates().map(|(entry, fate)| DiffRow::existing(*fate, entry)).collect();
        rows.extend(self.add.iter().map(|entry| DiffRow::existing(DiffKind::Added, entry)));
        let diff = Diff { rows };
        let entries = (!diff.is_empty()).then(|| {
            self.order.unwrap_or_else(|| {
                let stays = fates().filter(|(_, fate)| **fate != DiffKind::Removed).map(|(entry, _)| entry.echo());
                stays.chain(self.add.iter().cloned()).collect()
            })
        });
        MergePlan {
            base: self.current.fingerprint(),
            before: self.current.clone(),
            entries,
            wanted: self.wanted.into_iter().collect(),
            rule: self.rule,
            diff,
            cautions,
            as_approved: false,
        }
    }
}

/// Where the entry stands: by its `keyId`, else by its certificate for the same use, unless it is to be exactly this one.
fn home(current: &KeyCredentials, entry: &KeyCredential, rule: Rule) -> Result<Option<usize>, PlanError> {
    if let Some(key_id) = entry.key_id()
        && let Some((at, found)) = current.iter().enumerate().find(|(_, found)| found.key_id() == Some(key_id))
    {
        let other = found.usage() != entry.usage() || found.same_certificate(entry) == Some(false);
        return if other { Err(PlanError::KeyIdTaken(key_id)) } else { Ok(Some(at)) };
    }
    Ok((rule != Rule::ExactRestore).then(|| current.iter().position(|found| is_registered_by(found, entry))).flatten())
}

/// Whether `found` registers the entry's certificate for the same use.
pub(super) fn is_registered_by(found: &KeyCredential, entry: &KeyCredential) -> bool {
    found.usage() == entry.usage() && found.same_certificate(entry) == Some(true)
}

/// By `keyId`; an entry without one by everything else, for it may have been given one since.
pub(crate) fn find_entry(current: &KeyCredentials, entry: &KeyCredential) -> Option<usize> {
    if let Some(key_id) = entry.key_id() {
        return current.iter().position(|found| found.key_id() == Some(key_id));
    }
    let content = entry.content();
    current.iter().position(|found| found.content() == content)
}
