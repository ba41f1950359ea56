//! Before a write: whether, and what.

use super::report::Healed;
use super::sightings::Fate;
use super::{Due, Effects, Ending, Phase, Push, Why, WriteAnswer};
use crate::diff::DiffKind;
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::merge_plan::{Conflict, MergePlan, find_entry};
use std::collections::BTreeSet;

impl Push {
    pub(super) fn is_ours(&self, entry: &KeyCredential) -> bool {
        entry.key_id().is_some() && self.plan.wanted().iter().any(|own| own.key_id() == entry.key_id())
    }

    pub(super) fn is_target(&self, entry: &KeyCredential) -> bool {
        self.plan.targets().any(|target| match target.key_id() {
            Some(key_id) => entry.key_id() == Some(key_id),
            None => entry.content() == target.content(),
        })
    }

    /// All that is planned is so.
    pub(super) fn holds(&self, state: &KeyCredentials) -> bool {
        self.plan.wanted().iter().all(|wanted| self.plan.stands(state, wanted))
            && self.plan.targets().all(|target| find_entry(state, target).is_none())
    }

    pub(super) fn settle(&mut self) {
        let (needed, sent) = (self.policy.consecutive_reads, self.memory.sent);
        self.memory.sightings.settle(needed, sent);
    }

    pub(super) fn unsettled(&self) -> bool {
        self.memory.sightings.unsettled(self.policy.consecutive_reads)
    }

    pub(super) fn decide(&mut self) {
        let state = self.memory.newest.clone();
        self.phase = Phase::Deciding;
        // A write that was turned away or had no answer may have come through.
        if self.memory.sent && self.holds(&state) {
            self.phase = Phase::Watching;
            (self.good, self.bad) = (0, 0);
            return self.watch();
        }
        if self.unsettled() {
            return;
        }
        let merge = match self.plan.rebase(&state, self.memory.encryption_key) {
            Ok(merge) => merge,
            Err(conflict) => return self.end_conflict(conflict),
        };
        if merge.is_noop() {
            self.idle += 1;
            let as_previewed = self.plan.is_based_on(&state);
            if as_previewed || self.idle >= self.policy.consecutive_reads {
                self.end(Ending::AlreadyThere);
            }
            return;
        }
        self.idle = 0;
        // The same write would be refused again.
        if self.unchanged > 0 {
            if self.unchanged >= self.policy.consecutive_reads {
                let nothing_came = !self.memory.written && self.memory.outstanding == 0;
                self.end(if nothing_came { Ending::Refused } else { Ending::Unverified { why: Why::Refused } });
            }
            return;
        }
        if self.memory.writes >= self.policy.max_writes {
            let why = if self.refused.is_some() { Why::Refused } else { Why::Unanswered };
            return self.end(Ending::Unverified { why });
        }
        let owed: Vec<KeyCredential> =
            self.memory.sightings.with(Fate::Owed).map(|known| known.entry.clone()).collect();
        if owed.is_empty() {
            self.phase = Phase::Writing(Box::new(Due { merge, heals: vec![], heal: false }));
            return;
        }
        match self.plan.merge_again(&state, self.memory.encryption_key, &owed) {
            Ok(merge) => {
                let heals = owed.iter().map(Healed::put_back).collect();
                self.phase = Phase::Writing(Box::new(Due { merge, heals, heal: false }));
            }
            Err(conflict) => self.end_conflict(conflict),
        }
    }

    pub(super) fn end_conflict(&mut self, conflict: Conflict) {
        self.end(if self.memory.sent {
            Ending::Unverified { why: Why::Conflict { conflict } }
        } else {
            Ending::Conflict { conflict }
        });
    }

    /// The write was sent, or is about to be.
    pub(super) fn record(&mut self, due: &Due, answer: WriteAnswer) {
        let memory = &mut self.memory;
        memory.report.noted_write(due, answer, &self.plan, &memory.newest);
        if due.heal && answer != WriteAnswer::TurnedAway {
            memory.heals += 1;
        }
        memory.turned_away = answer == WriteAnswer::TurnedAway;
        if answer == WriteAnswer::Refused {
            memory.writes += u32::from(!due.heal);
            return;
        }
        memory.sent = true;
        let unanswered = answer == WriteAnswer::Unanswered;
        memory.sightings.sent(due.merge.sent(), answer);
        if answer == WriteAnswer::TurnedAway {
            memory.attempted.extend(due.heals.iter().cloned());
            // If it came through, it shows the same as the one before it.
            memory.effects.proof.clear();
            return;
        }
        memory.bases.push(memory.newest.clone());
        memory.accepted = !unanswered;
        memory.written |= !unanswered;
        memory.outstanding += u32::from(unanswered);
        memory.effects = Effects::of(&due.merge, &memory.seen);
        if !due.heal {
            memory.writes += 1;
        }
    }
}

impl Effects {
    fn of(merge: &MergePlan, seen: &BTreeSet<KeyId>) -> Self {
        let rows = |kind| merge.diff().rows.iter().filter(move |row| row.kind == kind).filter_map(|row| row.key_id);
        let added: Vec<KeyId> = rows(DiffKind::Added).collect();
        let proof = added.iter().copied().filter(|key_id| !seen.contains(key_id)).collect();
        Self { added, removed: rows(DiffKind::Removed).collect(), proof }
    }

    /// One of the entries that the write added is there, or one that it removed is not.
    pub(super) fn shown_by(&self, state: &KeyCredentials) -> bool {
        self.added.iter().any(|key_id| state.find(*key_id).is_some())
            || self.removed.iter().any(|key_id| state.find(*key_id).is_none())
    }

    /// Somebody else may have removed what the write removes, but nobody else adds what it adds. Of an entry that was
    /// there long ago and is restored, it takes more than one read: each may be as old.
    pub(super) fn proven_by(&self, state: &KeyCredentials) -> bool {
        self.proof.iter().any(|key_id| state.find(*key_id).is_some())
    }
}
