//! Writes without an answer: each may have been carried out, or may still be, and only once.

use super::sightings::Sightings;
use super::{Memory, Phase, Push};
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A PATCH without an answer, as whoever writes to the app later has to know it: stored before it is sent, and until it
/// is known what came of it or it cannot be carried out any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnansweredWrite {
    /// Counted by the push that sent it, from 1.
    number: u32,
    /// By `keyId`: the entries that it leaves in the app. Every other one goes, if it is carried out.
    keeps: BTreeSet<KeyId>,
    /// The same of entries without one: [`KeyCredential::content`].
    keeps_nameless: BTreeSet<String>,
    /// Nobody else has sent these, and no read had shown them before: where one is there, the write was carried out.
    proof: BTreeSet<KeyId>,
}

impl UnansweredWrite {
    pub(super) fn new(number: u32, body: &KeyCredentials, proof: BTreeSet<KeyId>) -> Self {
        let keeps = body.iter().filter_map(KeyCredential::key_id).collect();
        let nameless = body.iter().filter(|entry| entry.key_id().is_none());
        Self { number, keeps, keeps_nameless: nameless.map(KeyCredential::content).collect(), proof }
    }

    /// It leaves these as well.
    pub(super) fn with(mut self, more: impl Iterator<Item = KeyId>) -> Self {
        self.keeps.extend(more);
        self
    }

    /// Counted by the push that sent it, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// It is there afterwards.
    pub(super) fn keeps(&self, entry: &KeyCredential) -> bool {
        match entry.key_id() {
            Some(key_id) => self.keeps.contains(&key_id),
            None => self.keeps_nameless.contains(&entry.content()),
        }
    }

    /// By `keyId`, what of this state goes if it is carried out.
    pub fn takes(&self, state: &KeyCredentials) -> Vec<KeyId> {
        state.iter().filter(|entry| !self.keeps(entry)).filter_map(KeyCredential::key_id).collect()
    }

    fn is_proven_by(&self, state: &KeyCredentials) -> bool {
        self.proof.iter().any(|key_id| state.find(*key_id).is_some())
    }

    /// Somebody else may have added these as well.
    fn proves_no_more(&mut self, added: &[KeyId]) {
        self.proof.retain(|key_id| !added.contains(key_id));
    }
}

/// Which write, for [`Push::lapse`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteId {
    /// Of this push: [`UnansweredWrite::number`].
    Own(u32),
    /// Of an earlier push to the app: as [`Push::beware`] was told.
    Earlier(u32),
}

/// One that may still come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Awaited {
    pub(super) id: WriteId,
    pub(super) write: UnansweredWrite,
    /// Reads in a row that prove that it came.
    proofs: u32,
}

impl Awaited {
    pub(super) fn is_earlier(&self) -> bool {
        matches!(self.id, WriteId::Earlier(_))
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AwaitedWrites {
    awaited: Vec<Awaited>,
    /// Of earlier pushes, which have come or cannot any more: an old read may still show the app as it was before them.
    over: Vec<UnansweredWrite>,
}

impl AwaitedWrites {
    pub(super) fn is_empty(&self) -> bool {
        self.awaited.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Awaited> {
        self.awaited.iter()
    }

    pub(super) fn has_earlier(&self) -> bool {
        self.awaited.iter().any(Awaited::is_earlier)
    }

    pub(super) fn own(&self) -> impl Iterator<Item = &UnansweredWrite> {
        self.awaited.iter().filter(|awaited| !awaited.is_earlier()).map(|awaited| &awaited.write)
    }

    /// No write that is over took this entry away.
    pub(super) fn were_without_harm_to(&self, entry: &KeyCredential) -> bool {
        self.over.iter().all(|write| write.keeps(entry))
    }

    /// A write of an earlier push does not leave this entry there, whether it may still come or is over.
    pub(super) fn earlier_may_take(&self, entry: &KeyCredential) -> bool {
        let awaited = self.awaited.iter().filter(|awaited| awaited.is_earlier()).map(|awaited| &awaited.write);
        awaited.chain(&self.over).any(|write| !write.keeps(entry))
    }

    /// After a crash. Those of others may have come meanwhile, and are told anew where that is not known.
    pub(super) fn forget_earlier(&mut self, sightings: &mut Sightings) {
        self.end(sightings, Awaited::is_earlier);
    }

    pub(super) fn add(&mut self, id: WriteId, write: UnansweredWrite) {
        self.awaited.push(Awaited { id, write, proofs: 0 });
    }

    /// Another write adds these, whatever comes of it.
    pub(super) fn added_again(&mut self, added: &[KeyId]) {
        for awaited in &mut self.awaited {
            awaited.write.proves_no_more(added);
        }
    }

    /// A read showed this: those that enough reads in a row have proven will not come any more.
    pub(super) fn count(&mut self, state: &KeyCredentials, needed: u32, sightings: &mut Sightings) {
        for awaited in &mut self.awaited {
            awaited.proofs = if awaited.write.is_proven_by(state) { awaited.proofs + 1 } else { 0 };
        }
        self.end(sightings, |awaited| awaited.proofs >= needed);
    }

    /// Answers whether there was one.
    fn end(&mut self, sightings: &mut Sightings, which: impl Fn(&Awaited) -> bool) -> bool {
        let mut any = false;
        for awaited in self.awaited.extract_if(.., |awaited| which(awaited)) {
            any = true;
            sightings.came(&awaited);
            if awaited.is_earlier() {
                self.over.push(awaited.write);
            }
        }
        any
    }
}

impl Push {
    /// A write of an earlier push to the app that nobody knows the end of. Nothing is written while it may still come; what
    /// it took away is put back. `number`: the caller's own, one for each. Tell it before [`Push::remember`] of the states
    /// that were seen after it was sent, and after those from before: only what was there after it can have gone by it. What it was told is kept before anything is read ([`Push::read_journal`]):
    /// after a crash the other push may have ended, and nobody tell it again.
    pub fn beware(&mut self, number: u32, write: UnansweredWrite) {
        self.memory.unanswered.add(WriteId::Earlier(number), write);
        let earlier = self.memory.unanswered.iter().filter(|awaited| awaited.is_earlier()).count();
        let told = &mut self.memory.report.earlier_writes;
        *told = (*told).max(u32::try_from(earlier).unwrap_or(u32::MAX));
        self.unkept = true;
    }

    /// That may still be carried out: while there is one, the push goes on reading. The caller says when that time is over:
    /// [`Push::lapse`].
    pub fn awaits(&self) -> impl Iterator<Item = WriteId> {
        self.memory.unanswered.iter().map(|awaited| awaited.id)
    }

    /// The next read had better come with keys: an entry may have to be put back, and its key is not known.
    pub fn wants_keys(&self) -> bool {
        self.memory.sightings.want_keys(&self.memory.unanswered)
    }

    /// From now on this write will not be carried out, if it has not been. Reads so far do not tell which.
    pub fn lapse(&mut self, id: WriteId) {
        let Memory { unanswered, sightings, .. } = &mut self.memory;
        if unanswered.end(sightings, |awaited| awaited.id == id) && !matches!(self.phase, Phase::Done(_)) {
            (self.good, self.bad, self.idle, self.against, self.unchanged) = (0, 0, 0, 0, 0);
            self.memory.sightings.look_anew();
            self.memory.wanted_shown.look_anew();
            self.memory.lapsed |= matches!(id, WriteId::Own(_));
            self.unkept = true;
        }
    }
}
