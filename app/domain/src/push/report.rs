//! What a push did and saw, for the receipt.

use super::sightings::Fate;
use super::{Due, Push, WriteAnswer};
use crate::diff::Diff;
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::merge_plan::{MergePlan, find_entry};
use serde::{Deserialize, Serialize};

/// An entry, as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryName {
    /// `keyId`
    pub key_id: Option<KeyId>,
    /// [`KeyCredential::name`]
    pub name: String,
}

impl EntryName {
    fn of(entry: &KeyCredential) -> Self {
        Self { key_id: entry.key_id(), name: entry.name() }
    }
}

/// What was put right after others had written at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "healed")]
pub enum Healed {
    /// Ours had gone.
    #[error("“{}” had been overwritten by somebody else's write and was written again", .entry.name)]
    WrittenAgain {
        /// Which.
        entry: EntryName,
    },
    /// What was to go had come back.
    #[error("“{}” had been brought back by somebody else's write and was removed again", .entry.name)]
    RemovedAgain {
        /// Which.
        entry: EntryName,
    },
    /// Another's had gone.
    #[error("“{}”, somebody else's, had gone beside a push's write, perhaps because of it, and was put back", .entry.name)]
    PutBack {
        /// Which.
        entry: EntryName,
    },
}

impl Healed {
    fn entry(&self) -> &EntryName {
        match self {
            Self::WrittenAgain { entry } | Self::RemovedAgain { entry } | Self::PutBack { entry } => entry,
        }
    }

    /// The state is as this left it.
    fn shows_in(&self, state: &KeyCredentials) -> bool {
        let there = self.entry().key_id.is_some_and(|key_id| state.find(key_id).is_some());
        there != matches!(self, Self::RemovedAgain { .. })
    }

    pub(super) fn written_again(entry: &KeyCredential) -> Self {
        Self::WrittenAgain { entry: EntryName::of(entry) }
    }

    pub(super) fn removed_again(entry: &KeyCredential) -> Self {
        Self::RemovedAgain { entry: EntryName::of(entry) }
    }

    pub(super) fn put_back(entry: &KeyCredential) -> Self {
        Self::PutBack { entry: EntryName::of(entry) }
    }
}

/// What somebody else did to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Foreign {
    /// It came.
    Added,
    /// It went.
    Removed,
}

/// Somebody else's own change between the preview and the last read. It is no error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("Somebody else {} “{}”", match .what { Foreign::Added => "added", Foreign::Removed => "removed" }, .entry.name)]
pub struct ForeignChange {
    /// What was done.
    pub what: Foreign,
    /// To which.
    pub entry: EntryName,
}

/// One way in which the last read is not what was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Discrepancy {
    /// What was to come is not there.
    #[error("The new entry (keyId {key_id}) is not there")]
    NotAdded {
        /// `keyId`
        key_id: KeyId,
    },
    /// What was to go is there.
    #[error("“{}” (keyId {key_id}) was to go and is still there", .name.as_deref().unwrap_or("without a name"))]
    NotRemoved {
        /// `keyId`
        key_id: KeyId,
        /// [`KeyCredential::name`]
        name: Option<String>,
    },
}

/// What a push of one app did and saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// That succeeded.
    pub reads: u32,
    /// Reads up to the one that began the last run of good ones; 0 where there was none.
    pub reads_until_seen: u32,
    /// Sent and not turned away or refused, heals included.
    pub writes: u32,
    /// Writes that were answered with 409 or 429.
    pub turned_away: u32,
    /// Writes of earlier pushes to the app without an answer, that this one reckoned with.
    #[serde(default)]
    pub earlier_writes: u32,
    /// What was sent is not the previewed body, for the app had changed since.
    pub merged_again: bool,
    /// What writes of this push put right.
    pub healed: Vec<Healed>,
    /// Sent with a write that was turned away, and not in the last read: it may have come through. Complete only at the end.
    pub attempted: Vec<Healed>,
    /// Complete only at the end.
    pub foreign: Vec<ForeignChange>,
    /// Entries of others that are gone, perhaps because of this push, and that were not put back.
    pub lost: Vec<EntryName>,
    /// There by the last read, and perhaps not in truth: reads do not agree. Complete only at the end.
    pub at_risk: Vec<EntryName>,
    /// What the last read does not show as planned.
    pub differs: Vec<Discrepancy>,
    /// What the first write did to the state that it was based on; of a push that wrote nothing, the preview's.
    pub diff: Diff,
    /// The state that the first write was based on.
    pub before: Option<KeyCredentials>,
    /// The state of the last read.
    pub after: Option<KeyCredentials>,
}

impl Report {
    pub(super) fn noted_write(&mut self, due: &Due, answer: WriteAnswer, plan: &MergePlan, newest: &KeyCredentials) {
        match answer {
            WriteAnswer::TurnedAway => self.turned_away += 1,
            WriteAnswer::Accepted | WriteAnswer::Unanswered => {
                self.writes += 1;
                self.healed.extend(due.heals.iter().cloned());
            }
            WriteAnswer::Refused => {}
        }
        if !due.heal {
            self.merged_again |= due.merge.sent() != plan.sent();
            if self.before.is_none() {
                self.before = Some(newest.clone());
                self.diff = due.merge.diff().clone();
            }
        }
    }
}

impl Push {
    /// Draws the report up from the last read.
    pub(super) fn conclude(&mut self) {
        let read = self.memory.report.reads > 0;
        let state = &self.memory.newest;
        let previewed = self.plan.before();
        let mut foreign = vec![];
        let mut differs = vec![];
        if read {
            let theirs = state.iter().filter(|entry| !self.is_ours(entry) && !self.is_target(entry));
            // An entry without a keyId may have been given one.
            let known = |entry: &KeyCredential| {
                find_entry(previewed, entry).is_some()
                    || previewed.iter().any(|old| old.key_id().is_none() && old.content() == entry.content())
            };
            foreign.extend(
                theirs
                    .filter(|entry| !known(entry))
                    .map(|entry| ForeignChange { what: Foreign::Added, entry: EntryName::of(entry) }),
            );
            for known in self.memory.sightings.iter().filter(|known| known.in_this_push) {
                if matches!(known.fate, Fate::Live | Fate::Gone) && find_entry(state, &known.entry).is_none() {
                    foreign.push(ForeignChange { what: Foreign::Removed, entry: EntryName::of(&known.entry) });
                }
            }
        }
        if read && self.memory.sent {
            for wanted in self.plan.wanted().iter().filter(|wanted| !self.plan.stands(state, wanted)) {
                differs.extend(wanted.key_id().map(|key_id| Discrepancy::NotAdded { key_id }));
            }
            for target in self.plan.targets().filter(|target| find_entry(state, target).is_some()) {
                let name = Some(target.name());
                differs.extend(target.key_id().map(|key_id| Discrepancy::NotRemoved { key_id, name }));
            }
        }
        let (suspects, unanswered) = (self.memory.suspects(), &self.memory.unanswered);
        let missing = self.memory.sightings.missing_by_us(unanswered).filter(|_| suspects);
        let mut lost: Vec<_> = missing.map(|known| EntryName::of(&known.entry)).collect();
        let needed = self.policy.consecutive_reads;
        let at_risk = self.memory.sightings.iter();
        let at_risk = at_risk.filter(|known| suspects && known.is_unsteady(needed, unanswered));
        let mut at_risk: Vec<_> = at_risk.map(|known| EntryName::of(&known.entry)).collect();
        // What the plan was to leave there is nobody's loss unless it was there meanwhile.
        for wanted in self.plan.wanted().iter().filter(|wanted| self.memory.wanted_shown.is_in_doubt(wanted, needed)) {
            if find_entry(state, wanted).is_some() {
                at_risk.push(EntryName::of(wanted));
            } else if !self.plan.stands(state, wanted) {
                lost.push(EntryName::of(wanted));
            }
        }
        let report = &mut self.memory.report;
        report.attempted.clear();
        for attempted in &self.memory.attempted {
            let came_through = attempted.shows_in(&self.memory.newest);
            let place = if came_through { &mut report.healed } else { &mut report.attempted };
            if !place.contains(attempted) {
                place.push(attempted.clone());
            }
        }
        let healed = &report.healed;
        report.attempted.retain(|attempted| !healed.contains(attempted));
        (report.foreign, report.differs, report.lost, report.at_risk) = (foreign, differs, lost, at_risk);
        report.after = read.then(|| self.memory.newest.clone());
        if report.before.is_none() {
            report.diff = self.plan.diff().clone();
        }
    }
}
