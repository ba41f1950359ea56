//! After a write: until it has been seen often enough, or something has to be put back.

use super::report::Healed;
use super::sightings::Fate;
use super::{Due, Ending, Phase, Push, UnverifiedReason};
use crate::key_credential::KeyCredential;
use crate::merge_plan::find_entry;

impl Push {
    pub(super) fn watch(&mut self) {
        let state = &self.memory.newest;
        let holds = self.holds(state);
        let shown = self.memory.effects.shown_by(state);
        if holds || shown {
            self.arrived = true;
            self.memory.written = true;
        }
        if holds && self.memory.sightings.nothing_owed(&self.memory.unanswered) {
            self.bad = 0;
            self.good += 1;
            if self.good == 1 {
                self.memory.report.reads_until_seen = self.memory.report.reads;
            }
            self.end_well();
        } else {
            self.good = 0;
            self.bad += 1;
            if self.bad >= self.policy.consecutive_reads {
                self.mend(false);
            }
        }
    }

    /// It is over if enough reads in a row show all that is planned, and all others' entries that it may have wiped.
    pub(super) fn end_well(&mut self) {
        let needed = self.policy.consecutive_reads;
        if self.good < needed {
            return;
        }
        let unsteady = self.memory.sightings.iter().any(|known| known.is_unsteady(needed, &self.memory.unanswered));
        if unsteady && !self.overtime {
            return;
        }
        let lost = self.memory.sightings.with(Fate::Lost).next().is_some();
        self.end(match () {
            () if lost => Ending::Unverified { why: UnverifiedReason::Lost },
            () if unsteady => Ending::Unverified { why: UnverifiedReason::Unsteady },
            () => Ending::Verified,
        });
    }

    /// Enough reads, or all the time there was, do not show what they must.
    pub(super) fn mend(&mut self, out_of_patience: bool) {
        if self.unsettled() {
            if out_of_patience {
                self.end(Ending::Unverified { why: UnverifiedReason::Differs });
            }
            return;
        }
        let state = self.memory.newest.clone();
        let holds = self.holds(&state);
        // A state from before a write: perhaps only an old read. Somebody who put exactly that back is not ruled out.
        let from_before = self.memory.bases.iter().any(|base| base.same_as(&state));
        if !holds && !self.arrived {
            if !self.memory.accepted && !self.memory.written {
                return if out_of_patience {
                    self.end(Ending::Unverified { why: UnverifiedReason::Unanswered });
                } else {
                    self.decide();
                };
            }
            if self.memory.accepted && from_before {
                if out_of_patience {
                    self.end(Ending::Unverified { why: UnverifiedReason::NotSeen });
                }
                return;
            }
        } else if !holds && from_before && !out_of_patience {
            return;
        }
        if self.memory.unanswered.has_earlier() {
            return;
        }
        if self.memory.heals >= self.policy.max_heals {
            return self.end(Ending::Unverified { why: UnverifiedReason::HealsUsedUp });
        }
        let owed: Vec<KeyCredential> =
            self.memory.sightings.with(Fate::Owed).map(|known| known.entry.clone()).collect();
        let merge = match self.plan.merge_again(&state, self.memory.encryption_key, &owed) {
            Ok(merge) => merge,
            Err(conflict) => return self.end(Ending::Unverified { why: UnverifiedReason::Conflict { conflict } }),
        };
        if merge.is_noop() {
            if out_of_patience {
                self.end(Ending::Unverified { why: UnverifiedReason::Differs });
            }
            return;
        }
        // Of what was approved nothing is written on another state.
        let again = !self.plan.is_as_approved() || self.plan.is_based_on(&state);
        let missing = self.plan.wanted().iter().filter(|wanted| again && !self.plan.stands(&state, wanted));
        let missing = missing.map(Healed::written_again);
        let back = self.plan.targets().filter(|target| again && find_entry(&state, target).is_some());
        let back = back.map(Healed::removed_again);
        let heals = missing.chain(back).chain(owed.iter().map(Healed::put_back)).collect();
        self.phase = Phase::Writing(Box::new(Due { merge, heals, heal: true }));
    }
}
