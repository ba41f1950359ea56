//! Before a write: whether, and what.

use super::report::Healed;
use super::sightings::Fate;
use super::unanswered::{UnansweredWrite, WriteId};
use super::{Due, Effects, Ending, Phase, Push, UnverifiedReason, WriteAnswer};
use crate::diff::DiffKind;
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::merge_plan::{Conflict, ConflictReason, MergePlan, find_entry};

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
        let (needed, suspects) = (self.policy.consecutive_reads, self.memory.suspects());
        self.memory.sightings.settle(needed, suspects, &self.memory.unanswered);
    }

    /// The newest state may be an old one: it lacks what is believed to be there.
    pub(super) fn unsettled(&self) -> bool {
        let memory = &self.memory;
        memory.sightings.unsettled(self.policy.consecutive_reads) || memory.sightings.is_older(&memory.newest)
    }

    pub(super) fn decide(&mut self) {
        let state = self.memory.newest.clone();
        self.phase = Phase::Deciding;
        let against = std::mem::take(&mut self.against) + 1;
        // A write that was turned away or had no answer may have come through.
        if self.memory.sent && self.holds(&state) {
            self.phase = Phase::Watching;
            (self.good, self.bad) = (0, 0);
            return self.watch();
        }
        // Whatever is written now, an earlier push's write may still undo.
        if self.unsettled() || self.memory.unanswered.has_earlier() {
            // By this read something may be to do.
            self.idle = 0;
            return;
        }
        let owed: Vec<KeyCredential> =
            self.memory.sightings.with(Fate::Owed).map(|known| known.entry.clone()).collect();
        let merge = match self.plan.rebase(&state, self.memory.encryption_key) {
            Ok(merge) => merge,
            Err(conflict) => return self.end_conflict(conflict, against),
        };
        let only_heals = merge.is_noop();
        if only_heals && owed.is_empty() {
            self.idle += 1;
            let as_previewed = self.plan.is_based_on(&state) && !self.memory.suspects();
            if as_previewed || self.idle >= self.policy.consecutive_reads {
                let lost = self.memory.sightings.with(Fate::Lost).next().is_some();
                self.end(if lost { Ending::Unverified { why: UnverifiedReason::Lost } } else { Ending::AlreadyThere });
            }
            return;
        }
        self.idle = 0;
        // The same write would be refused again.
        if self.unchanged > 0 {
            if self.unchanged >= self.policy.consecutive_reads {
                let nothing_came = !self.memory.written && !self.memory.lapsed;
                self.end(if nothing_came {
                    Ending::Refused
                } else {
                    Ending::Unverified { why: UnverifiedReason::Refused }
                });
            }
            return;
        }
        if self.memory.writes >= self.policy.max_writes {
            let why = if self.refused.is_some() { UnverifiedReason::Refused } else { UnverifiedReason::Unanswered };
            return self.end(Ending::Unverified { why });
        }
        if owed.is_empty() {
            self.phase = Phase::Writing(Box::new(Due { merge, heals: vec![], heal: false }));
            return;
        }
        // What an earlier push owes the app was not approved with this.
        if self.plan.is_as_approved() && !self.memory.sent {
            return self.end_conflict(self.plan.conflict(ConflictReason::NotAsApproved, &state), against);
        }
        match self.plan.merge_again(&state, self.memory.encryption_key, &owed) {
            Ok(merge) => {
                let heals = owed.iter().map(Healed::put_back).collect();
                self.phase = Phase::Writing(Box::new(Due { merge, heals, heal: only_heals }));
            }
            Err(conflict) => self.end_conflict(conflict, against),
        }
    }

    /// `against`: reads in a row that stand against the plan.
    fn end_conflict(&mut self, conflict: Conflict, against: u32) {
        // An old read may show the app as it was before an earlier push's write.
        if self.memory.report.earlier_writes > 0 && against < self.policy.consecutive_reads {
            self.against = against;
            return;
        }
        self.end(if self.memory.sent {
            Ending::Unverified { why: UnverifiedReason::Conflict { conflict } }
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
        // Also of one that is refused: it was stored under its number, and its time is not the next one's.
        memory.numbered += 1;
        if answer == WriteAnswer::Refused {
            memory.writes += u32::from(!due.heal);
            return;
        }
        memory.sent = true;
        let unanswered = answer == WriteAnswer::Unanswered;
        let effects = Effects::of(&due.merge);
        // Of two that add the same, nobody knows which one was seen.
        memory.unanswered.added_again(&effects.added);
        // The reads so far may all be old: what a restore is to add can be there already.
        let fresh = !self.plan.brings_back();
        let is_new = |key_id: &KeyId| fresh && !memory.seen.contains(key_id) && !memory.tried.contains(key_id);
        let proof = effects.added.iter().copied().filter(is_new).collect();
        memory.tried.extend(&effects.added);
        memory.sightings.sent(due.merge.sent(), answer);
        if answer == WriteAnswer::Accepted {
            memory.wanted_shown.stand();
        }
        if answer == WriteAnswer::TurnedAway {
            memory.attempted.extend(due.heals.iter().cloned());
            return;
        }
        if unanswered {
            let write = UnansweredWrite::new(memory.numbered, due.merge.sent(), proof);
            memory.unanswered.add(WriteId::Own(memory.numbered), write);
        }
        memory.bases.push(memory.newest.clone());
        memory.accepted = !unanswered;
        memory.written |= !unanswered;
        memory.effects = effects;
        if !due.heal {
            memory.writes += 1;
        }
    }
}

impl Effects {
    fn of(merge: &MergePlan) -> Self {
        let rows = |kind| merge.diff().rows.iter().filter(move |row| row.kind == kind).filter_map(|row| row.key_id);
        Self { added: rows(DiffKind::Added).collect(), removed: rows(DiffKind::Removed).collect() }
    }

    /// One of the entries that the write added is there, or one that it removed is not.
    pub(super) fn shown_by(&self, state: &KeyCredentials) -> bool {
        self.added.iter().any(|key_id| state.find(*key_id).is_some())
            || self.removed.iter().any(|key_id| state.find(*key_id).is_none())
    }
}
