//! What must be so at the end of every history.

use super::app::{App, Author, Born};
use super::world::{Machine, World, removed_by};
use domain::ids::KeyId;
use domain::push::{Ending, Healed, UnverifiedReason};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use std::sync::atomic::{AtomicUsize, Ordering};

pub static HEALED: AtomicUsize = AtomicUsize::new(0);
pub static ENDED: [AtomicUsize; 6] = [const { AtomicUsize::new(0) }; 6];
/// Entries that one of our writes wiped and no read could show.
pub static UNSEEN: AtomicUsize = AtomicUsize::new(0);
pub static NAMED: AtomicUsize = AtomicUsize::new(0);
impl World {
    fn machine(&self, number: usize) -> &Machine {
        self.machines.iter().find(|machine| machine.number == number).expect("a push")
    }

    /// Entries that are gone by a write of a push that was not to remove them: which, by whom, and who could have put them
    /// back. These knew of the write, worked on the app when or after it took the entry away, and had been shown the
    /// entry when the write could do so.
    fn taken_away(&self) -> Vec<(KeyId, Born, usize, Vec<&Machine>)> {
        let mut all = vec![];
        for (key_id, born, by, at) in self.app.missing() {
            let Author::Push(number) = by else { continue };
            if removed_by(&self.machine(number).plan).contains(&key_id) {
                continue;
            }
            let watched = self.machines.iter().filter(|machine| {
                let seen =
                    if machine.number == number { Some(&machine.seen) } else { machine.seen_beside.get(&number) };
                // What it is to remove itself it does not miss.
                seen.is_some_and(|seen| seen.contains(&born))
                    && machine.ended_at >= at
                    && !removed_by(&machine.plan).contains(&key_id)
            });
            all.push((key_id, born, number, watched.collect()));
        }
        all
    }

    /// Entries that no client could see: gone by a push's write, and shown to nobody who knew of it.
    pub fn unseen(&self) -> Vec<KeyId> {
        let gone = self.taken_away().into_iter().filter(|(.., watched)| watched.is_empty());
        gone.map(|(key_id, ..)| key_id).collect()
    }

    pub fn judge(&self) -> Result<(), TestCaseError> {
        let machine_of = |number: usize| self.machine(number);
        let targets = |machine: &Machine| removed_by(&machine.plan);
        // No write is made in knowledge of an entry and without it, whether that is put right afterwards or not.
        for machine in &self.machines {
            prop_assert!(machine.wiped.is_empty(), "push {} left out {:?}", machine.number, machine.wiped);
        }
        // Nothing that nobody asked to remove is missing.
        for (key_id, born, number, watched) in self.taken_away() {
            for machine in watched {
                let (other, ending) = (machine.number, machine.ending.as_ref().expect("ended"));
                let good = matches!(ending, Ending::Verified | Ending::AlreadyThere);
                prop_assert!(
                    machine.lost.contains(&key_id) && !good,
                    "push {number} took away {key_id}, which push {other} had seen; it ended {ending:?}, lost {:?}",
                    machine.lost
                );
                let busy = matches!(ending, Ending::Unverified { why: UnverifiedReason::Lost });
                prop_assert!(
                    !busy || !machine.keys_seen.contains(&born),
                    "push {other} had {key_id}'s key and did not put it back"
                );
                NAMED.fetch_add(1, Ordering::Relaxed);
            }
        }
        UNSEEN.fetch_add(self.unseen().len(), Ordering::Relaxed);
        for machine in &self.machines {
            let ending = machine.ending.as_ref().expect("ended");
            if *ending != Ending::Verified {
                continue;
            }
            // What was reported is so, unless somebody changed it later.
            for (key_id, _) in machine.plan.key_ids() {
                let there = self.app.now().find(key_id).is_some();
                let asked = self.app.removers(key_id).any(|by| match by {
                    Author::Others => true,
                    Author::Push(other) => targets(machine_of(other)).contains(&key_id),
                });
                prop_assert!(
                    there || asked || self.app.has_certificate_of(&machine.plan, key_id),
                    "{key_id} was verified and is not there"
                );
            }
            for key_id in targets(machine) {
                prop_assert!(
                    self.app.now().find(key_id).is_none() || self.app.removers(key_id).next().is_some(),
                    "{key_id} was verified as removed and never was"
                );
            }
        }
        // What we put there was asked for, or is named as put back.
        for (key_id, by) in self.app.authors() {
            let Author::Push(number) = by else { continue };
            let machine = machine_of(number);
            let put_back = machine
                .healed
                .iter()
                .any(|healed| matches!(healed, Healed::PutBack { entry } if entry.key_id == Some(key_id)));
            prop_assert!(
                put_back
                    || machine.plan.key_ids().iter().any(|(own, _)| *own == key_id)
                    || App::is_wanted(&machine.plan, key_id),
                "push {number} made {key_id}, which nobody asked for"
            );
        }
        // Nothing is there twice.
        prop_assert!(self.app.nothing_twice(), "{:?}", self.app.now());
        Ok(())
    }
}
