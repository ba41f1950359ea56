//! Entries of others, as the reads showed them.

use super::WriteAnswer;
use super::unanswered::{Awaited, AwaitedWrites};
use crate::credentials::KeyCredentialType;
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::merge_plan::find_entry;
use crate::snapshot::{KnownKeys, restorable};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sighting {
    /// With its key, once that is known.
    pub(super) entry: KeyCredential,
    /// Reads in a row without it.
    pub(super) missed: u32,
    /// Reads in a row with it, since the last write.
    pub(super) shown: u32,
    /// Every write that may have been carried out since it was first seen has it.
    pub(super) covered: bool,
    /// Seen after a write of an earlier push was sent: only then can it have gone by it.
    #[serde(default)]
    pub(super) beside_earlier: bool,
    /// By the preview or a read of this push, and not only by what was known before.
    pub(super) in_this_push: bool,
    pub(super) fate: Fate,
}

impl Sighting {
    /// By the last read.
    fn is_there(&self) -> bool {
        self.fate == Fate::Live && self.missed == 0
    }

    /// There by the last read, and perhaps not in truth: a write of ours may be the end of it, and fewer reads than it
    /// takes have shown it since.
    pub(super) fn is_unsteady(&self, needed: u32, unanswered: &AwaitedWrites) -> bool {
        self.is_there() && self.shown < needed && self.may_go_by_us(unanswered)
    }

    /// If that write is carried out.
    fn goes_by(&self, awaited: &Awaited) -> bool {
        (self.beside_earlier || !awaited.is_earlier()) && !awaited.write.keeps(&self.entry)
    }

    /// A write that was or will be carried out may be the end of it.
    fn may_go_by_us(&self, unanswered: &AwaitedWrites) -> bool {
        !self.covered || unanswered.iter().any(|awaited| self.goes_by(awaited))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fate {
    Live,
    /// Gone by somebody else's hand.
    Gone,
    /// Gone, perhaps by ours: to be put back.
    Owed,
    /// Owed, and its key is not known.
    Lost,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Sightings(Vec<Sighting>);

impl Sightings {
    /// These entries were in a state. Answers whether one of them is new, or its key, or that a write may be the end of it.
    pub(super) fn see<'a>(
        &mut self,
        entries: impl Iterator<Item = &'a KeyCredential>,
        in_this_push: bool,
        sent: bool,
        unanswered: &AwaitedWrites,
    ) -> bool {
        let mut new = false;
        let beside_earlier = unanswered.has_earlier();
        for entry in entries {
            let known = self.0.iter_mut().find(|known| match entry.key_id() {
                Some(key_id) => known.entry.key_id() == Some(key_id),
                None => known.entry.key_id().is_none() && known.entry.content() == entry.content(),
            });
            if let Some(known) = known {
                // An entry that had gone and is back was not in the writes since.
                new |= known.fate == Fate::Gone || (!known.entry.has_key() && entry.has_key());
                let covered = known.covered && unanswered.were_without_harm_to(entry);
                new |= (beside_earlier && !known.beside_earlier) || covered != known.covered;
                known.beside_earlier |= beside_earlier;
                known.covered = covered;
                known.in_this_push |= in_this_push;
                known.missed = 0;
                known.fate = Fate::Live;
                if !known.entry.same_as(entry) || !known.entry.has_key() {
                    known.entry = entry.clone();
                }
            } else {
                new = true;
                self.0.push(Sighting {
                    entry: entry.clone(),
                    missed: 0,
                    shown: 0,
                    covered: !sent && unanswered.were_without_harm_to(entry),
                    beside_earlier,
                    in_this_push,
                    fate: Fate::Live,
                });
            }
        }
        new
    }

    pub(super) fn fill(&mut self, keys: &KnownKeys) {
        for known in &mut self.0 {
            known.entry = keys.fill_one(&known.entry);
            if known.fate == Fate::Lost && restorable(&known.entry) {
                known.fate = Fate::Owed;
            }
        }
    }

    /// A read showed this: each entry was seen or missed once more.
    pub(super) fn count(&mut self, state: &KeyCredentials) {
        for known in &mut self.0 {
            (known.shown, known.missed) = if find_entry(state, &known.entry).is_some() {
                (known.shown.saturating_add(1), 0)
            } else {
                (0, known.missed.saturating_add(1))
            };
        }
    }

    /// Some are missing, and not in enough reads to believe it.
    pub(super) fn unsettled(&self, needed: u32) -> bool {
        self.0.iter().any(|known| known.fate == Fate::Live && known.missed > 0 && known.missed < needed)
    }

    /// Something that counts as there is not in the state. Reads begin to be counted anew when a write can no longer come,
    /// and the time can be over before the next one.
    pub(super) fn is_older(&self, state: &KeyCredentials) -> bool {
        self.with(Fate::Live).any(|known| find_entry(state, &known.entry).is_none())
    }

    /// Decides about those that enough reads have missed. `suspects`: a write may be the cause, of this push or an earlier
    /// one.
    pub(super) fn settle(&mut self, needed: u32, suspects: bool, unanswered: &AwaitedWrites) {
        for known in &mut self.0 {
            if known.fate == Fate::Live && known.missed >= needed {
                known.fate = match suspects && known.may_go_by_us(unanswered) {
                    false => Fate::Gone,
                    true if restorable(&known.entry) => Fate::Owed,
                    true => Fate::Lost,
                };
            }
        }
    }

    /// A write was sent with this collection.
    pub(super) fn sent(&mut self, body: &KeyCredentials, answer: WriteAnswer) {
        let accepted = answer == WriteAnswer::Accepted;
        for known in &mut self.0 {
            let within = find_entry(body, &known.entry).is_some();
            // A write that is accepted although it only names an entry shows that the entry was there.
            known.covered = within && (known.covered || accepted);
            known.shown = 0;
            if within && (accepted || known.fate == Fate::Live) {
                known.missed = 0;
                known.fate = Fate::Live;
            }
        }
    }

    /// This write was carried out, or may have been, and will not be again.
    pub(super) fn came(&mut self, awaited: &Awaited) {
        for known in &mut self.0 {
            known.covered &= !known.goes_by(awaited);
        }
    }

    /// Reads so far do not count as those that show an entry.
    pub(super) fn look_anew(&mut self) {
        for known in &mut self.0 {
            known.shown = 0;
            if known.fate == Fate::Live {
                known.missed = 0;
            }
        }
    }

    /// Missing, and a write of ours may be the cause, whether it can be put back or not.
    pub(super) fn missing_by_us(&self, unanswered: &AwaitedWrites) -> impl Iterator<Item = &Sighting> {
        self.0.iter().filter(move |known| match known.fate {
            Fate::Live => known.missed > 0 && known.may_go_by_us(unanswered),
            Fate::Owed | Fate::Lost => true,
            Fate::Gone => false,
        })
    }

    /// What cannot be put back is not waited for.
    pub(super) fn nothing_owed(&self, unanswered: &AwaitedWrites) -> bool {
        self.missing_by_us(unanswered).all(|known| known.fate == Fate::Lost)
    }

    /// A write that may still come would be the end of an entry that could not be put back for want of its key.
    pub(super) fn want_keys(&self, unanswered: &AwaitedWrites) -> bool {
        let without = self.0.iter().filter(|known| known.is_there() && !known.entry.has_key());
        let mut restorable = without.filter(|known| known.entry.kind() == Some(&KeyCredentialType::AsymmetricX509Cert));
        restorable.any(|known| unanswered.iter().any(|awaited| known.goes_by(awaited)))
    }

    pub(super) fn with(&self, fate: Fate) -> impl Iterator<Item = &Sighting> {
        self.0.iter().filter(move |known| known.fate == fate)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Sighting> {
        self.0.iter()
    }
}
