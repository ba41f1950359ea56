//! One app's push, from the re-read to the proof, as a state machine: it says what to do next and is told what came of
//! it. It does no I/O and knows no clock, so that every interleaving of writers can be tried on it.
//!
//! What it rests on: Graph has no condition on a write (no ETag), a PATCH replaces the whole collection, and a read may
//! come from a replica that lags. So:
//! - Each write follows a read. Where that read is not the previewed state, the plan is merged again if that is safe.
//! - An entry that any read showed is not left out of a write before [`Policy::consecutive_reads`] reads in a row have
//!   missed it: one read may be an old one.
//! - After a write, the same number of reads in a row must show it, and as many each entry of others that the write may
//!   have wiped: of two reads that do not agree, nobody knows which one is old.
//! - What a read showed beside a write of ours, that the write did not have, and that is gone afterwards, may be gone
//!   because of it: it is put back, and the report says so.
//! - A write without an answer may be carried out later, and over whatever has come since. Nobody writes to the app until
//!   an earlier push's has come or cannot any more, and no push ends before its own ([`unanswered`]).
//!
//! No client can see an entry that came after our last read, was wiped by our write, and was in no later read.

mod decide;
mod report;
mod sightings;
mod terms;
mod unanswered;
mod wanted_shown;
mod watch;

use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::merge_plan::MergePlan;
use crate::snapshot::KnownKeys;
pub use report::{Discrepancy, EntryName, Foreign, ForeignChange, Healed, Report};
use serde::{Deserialize, Serialize};
use sightings::Sightings;
use std::collections::BTreeSet;
pub use terms::{Ask, Ending, Policy, UnverifiedReason, WriteAnswer};
use unanswered::AwaitedWrites;
pub use unanswered::{UnansweredWrite, WriteId};
use wanted_shown::WantedShown;

/// What must outlive a crash: handed to [`Push::resume`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Journal(Memory);

impl Journal {
    /// The state that the last write is based on, with every key that is known.
    pub fn before(&self) -> &KeyCredentials {
        self.0.bases.last().unwrap_or(&self.0.newest)
    }

    /// What is to be stored for later pushes to the app before the write that this was kept for is sent.
    pub fn write(&self) -> Option<&UnansweredWrite> {
        self.0.unanswered.own().last()
    }
}

/// All that the reads and writes so far have told.
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Memory {
    keys: KnownKeys,
    sightings: Sightings,
    /// As the last read had it, keys filled in.
    newest: KeyCredentials,
    encryption_key: Option<KeyId>,
    /// States that writes were based on, oldest first.
    bases: Vec<KeyCredentials>,
    /// A write was sent, whatever came of it.
    sent: bool,
    /// A write was accepted, or seen.
    written: bool,
    /// The last write has an answer that says yes.
    accepted: bool,
    /// Writes without an answer that may still come.
    #[serde(default)]
    unanswered: AwaitedWrites,
    /// A write without an answer was not seen while it could come.
    #[serde(default)]
    lapsed: bool,
    /// Of what the plan is to leave there: what an earlier push's write may be the end of.
    #[serde(default)]
    wanted_shown: WantedShown,
    /// As an earlier version counted them.
    #[serde(default, skip_serializing)]
    outstanding: u32,
    /// Writes that were sent, whatever came of them.
    #[serde(default)]
    numbered: u32,
    /// What they added.
    #[serde(default)]
    tried: BTreeSet<KeyId>,
    /// What the last write did to the state that it was based on.
    effects: Effects,
    /// Every entry that was ever seen in this app.
    seen: BTreeSet<KeyId>,
    /// The last write was turned away.
    turned_away: bool,
    writes: u32,
    heals: u32,
    /// What writes that were turned away would have put right, and perhaps did.
    attempted: Vec<Healed>,
    report: Report,
}

/// By `keyId`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Effects {
    added: Vec<KeyId>,
    removed: Vec<KeyId>,
}

/// A write that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Due {
    merge: MergePlan,
    heals: Vec<Healed>,
    heal: bool,
}

impl Memory {
    /// A write may be carried out, or have been, that a read knows nothing of.
    fn suspects(&self) -> bool {
        self.sent || self.report.earlier_writes > 0
    }

    /// In a journal of an earlier version.
    fn number_the_unanswered(&mut self) {
        for base in self.bases.iter().rev().take(std::mem::take(&mut self.outstanding) as usize) {
            let removed = |entry: &&KeyCredential| entry.key_id().is_some_and(|id| self.effects.removed.contains(&id));
            let body: KeyCredentials = base.iter().filter(|entry| !removed(entry)).cloned().collect();
            self.numbered += 1;
            let added = self.effects.added.iter().copied();
            let write = UnansweredWrite::new(self.numbered, &body, BTreeSet::new()).with(added);
            self.unanswered.add(WriteId::Own(self.numbered), write);
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    /// Nothing of ours is there, as far as is known.
    Deciding,
    Writing(Box<Due>),
    /// Reading back.
    Watching,
    Done(Box<Ending>),
}

/// The state machine: ask [`Push::next`], do it, tell what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    plan: MergePlan,
    policy: Policy,
    phase: Phase,
    memory: Memory,
    /// Something of the last write was seen.
    arrived: bool,
    /// Reads in a row that show all that is planned.
    good: u32,
    /// Reads in a row that do not.
    bad: u32,
    /// The time for the last write is over.
    overtime: bool,
    /// Reads in a row by which nothing is to do.
    idle: u32,
    /// Reads in a row that stand against the plan.
    against: u32,
    /// The state on which a write was refused.
    refused: Option<KeyCredentials>,
    /// Reads in a row that show it.
    unchanged: u32,
    /// It was told of a write, or a read showed an entry or its key, that no journal has yet.
    unkept: bool,
}

impl Push {
    /// A push of which nothing was sent yet.
    pub fn new(plan: MergePlan, policy: Policy) -> Self {
        let mut push = Self {
            plan,
            policy: Policy { consecutive_reads: policy.consecutive_reads.max(1), ..policy },
            phase: Phase::Deciding,
            memory: Memory::default(),
            arrived: false,
            good: 0,
            bad: 0,
            overtime: false,
            idle: 0,
            against: 0,
            refused: None,
            unchanged: 0,
            unkept: false,
        };
        push.memory.keys.learn(push.plan.wanted());
        let before = push.plan.before().clone();
        push.memory.keys.learn(&before);
        push.see(&before, true);
        push.unkept = false;
        push
    }

    /// After a crash. `journal`: the last one that was kept; its write may have been sent.
    pub fn resume(plan: MergePlan, policy: Policy, journal: Option<Journal>) -> Self {
        let mut push = Self::new(plan, policy);
        if let Some(Journal(memory)) = journal {
            push.phase = if memory.sent { Phase::Watching } else { Phase::Deciding };
            push.memory = memory;
            push.memory.unanswered.forget_earlier(&mut push.memory.sightings);
            push.memory.number_the_unanswered();
        }
        push
    }

    /// Keys from elsewhere, so that more can be put back.
    pub fn know(&mut self, keys: &KnownKeys) {
        self.memory.keys.extend(keys);
        self.memory.sightings.fill(&self.memory.keys);
    }

    /// A state in which the app was seen not long ago, for instance at the end of another push to it: a re-read that lacks
    /// some of it may come from a replica that lags. Oldest first. After [`Push::resume`] from a journal, only states that
    /// were seen after the journal was kept: what they have and the app has not may have gone by the write that was cut
    /// off, and is put back.
    pub fn remember(&mut self, state: &KeyCredentials) {
        self.memory.keys.learn(state);
        self.see(state, false);
    }

    /// What to do now.
    pub fn next(&self) -> Ask {
        match &self.phase {
            Phase::Deciding | Phase::Watching => Ask::Read,
            Phase::Writing(due) => Ask::Write(due.merge.body()),
            Phase::Done(ending) => Ask::Done((**ending).clone()),
        }
    }

    /// What must be kept before the write that is due is sent. `None`: none is due.
    pub fn write_journal(&mut self) -> Option<Journal> {
        let Phase::Writing(due) = &self.phase else { return None };
        self.unkept = false;
        let mut after = self.clone();
        after.record(due, WriteAnswer::Unanswered);
        Some(Journal(after.memory))
    }

    /// What must be kept before the next step, where it was told of an earlier push's write, or a read showed an entry or a
    /// key that was not known before. `None`: nothing new. Ask at the start, and after each call of [`Push::read`], also where a write is due or it ended by this read: a crash can
    /// come before either is kept, and the next read be an old one.
    pub fn read_journal(&mut self) -> Option<Journal> {
        std::mem::take(&mut self.unkept).then(|| Journal(self.memory.clone()))
    }

    /// A read succeeded. The state may have come with or without keys.
    pub fn read(&mut self, state: &KeyCredentials, token_encryption_key_id: Option<KeyId>) {
        if matches!(self.phase, Phase::Done(_)) {
            return;
        }
        self.memory.report.reads += 1;
        self.memory.keys.learn(state);
        self.memory.newest = self.memory.keys.fill(state);
        self.memory.encryption_key = token_encryption_key_id;
        self.see(state, true);
        let state = self.memory.newest.clone();
        let needed = self.policy.consecutive_reads;
        self.memory.sightings.count(&state);
        self.memory.wanted_shown.count(&state);
        self.memory.unanswered.count(&state, needed, &mut self.memory.sightings);
        self.settle();
        let unchanged = self.refused.as_ref().is_some_and(|refused| refused.same_as(&state));
        self.unchanged = if unchanged { self.unchanged + 1 } else { 0 };
        if self.phase == Phase::Watching { self.watch() } else { self.decide() }
    }

    /// A read did not succeed: it says nothing.
    pub fn read_failed(&mut self) {
        self.good = 0;
        self.idle = 0;
        self.against = 0;
    }

    /// The write that is due was not sent, for the read that it rests on is too old by now: it is read again.
    pub fn look_again(&mut self) {
        if let Phase::Writing(due) = &self.phase {
            self.phase = if due.heal || self.memory.written { Phase::Watching } else { Phase::Deciding };
        }
    }

    /// What came of the write that was due.
    pub fn wrote(&mut self, answer: WriteAnswer) {
        let Phase::Writing(due) = &self.phase else { return };
        let due = due.clone();
        self.record(&due, answer);
        match answer {
            WriteAnswer::Accepted | WriteAnswer::Unanswered => {
                self.phase = Phase::Watching;
                (self.arrived, self.good, self.bad, self.refused) = (false, 0, 0, None);
                self.overtime = false;
            }
            // Before anything was written there is nothing to mend.
            WriteAnswer::TurnedAway if self.memory.written => self.phase = Phase::Watching,
            WriteAnswer::TurnedAway => self.phase = Phase::Deciding,
            // What it echoed may be gone since, perhaps by an earlier write that came through: the next reads tell.
            WriteAnswer::Refused if self.memory.sent => {
                self.phase = Phase::Watching;
                (self.bad, self.unchanged) = (0, 0);
                self.refused = Some(self.memory.newest.clone());
            }
            WriteAnswer::Refused => {
                self.phase = Phase::Deciding;
                self.end(Ending::Refused);
            }
        }
    }

    /// The time for this write is over: it ends, or puts back what is missing. Time begins anew with each write. A run
    /// of good reads is read to its end, but not for what comes new in it. While a write may still come, nothing ends.
    pub fn out_of_patience(&mut self) {
        match &self.phase {
            Phase::Done(_) => {}
            _ if !self.memory.unanswered.is_empty() => {}
            Phase::Watching if self.good > 0 => {
                self.overtime = true;
                self.end_well();
            }
            Phase::Watching if self.memory.turned_away => {
                self.end(Ending::Unverified { why: UnverifiedReason::TurnedAway });
            }
            Phase::Watching => self.mend(true),
            Phase::Deciding | Phase::Writing(_) => {
                let why = match (self.memory.written, self.memory.lapsed) {
                    (true, _) => UnverifiedReason::Differs,
                    (false, true) => UnverifiedReason::Unanswered,
                    (false, false) => UnverifiedReason::TurnedAway,
                };
                self.end(if self.memory.sent { Ending::Unverified { why } } else { Ending::GaveUp });
            }
        }
    }

    /// That a person saw in the preview.
    pub fn plan(&self) -> &MergePlan {
        &self.plan
    }

    /// What was done and seen so far.
    pub fn report(&self) -> &Report {
        &self.memory.report
    }

    fn see(&mut self, state: &KeyCredentials, in_this_push: bool) {
        let filled = self.memory.keys.fill(state);
        self.memory.seen.extend(filled.iter().filter_map(KeyCredential::key_id));
        let theirs: Vec<_> = filled.iter().filter(|entry| !self.is_ours(entry) && !self.is_target(entry)).collect();
        let (sent, unanswered) = (self.memory.sent, &self.memory.unanswered);
        self.unkept |= self.memory.sightings.see(theirs.into_iter(), in_this_push, sent, unanswered) && in_this_push;
        // What a write of ours that was accepted has, no earlier one took away.
        if !self.memory.accepted {
            let ours: Vec<_> = filled.iter().filter(|entry| self.is_ours(entry)).collect();
            self.unkept |= self.memory.wanted_shown.see(&ours, &self.memory.unanswered) && in_this_push;
        }
        self.memory.sightings.fill(&self.memory.keys);
    }

    /// The machine is over, and the report drawn up from the last read; unless a write may still come and undo what the
    /// report says: then the next read tells anew.
    fn end(&mut self, ending: Ending) {
        if !self.memory.unanswered.is_empty() {
            return;
        }
        self.conclude();
        self.phase = Phase::Done(Box::new(ending));
    }
}
