//! For whom a request waits.

use super::{Approver, Request, RequestState};
use crate::ids::ObjectId;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Whom a request waits for, as it can be kept and counted: what [`Request::awaits`] says of each person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwaitedPeople {
    /// Every administrator, but for those in `people`.
    pub admins: bool,
    /// Whether it waits for this person, whatever their role.
    pub people: BTreeMap<ObjectId, bool>,
}

impl AwaitedPeople {
    /// `admin`: the person has the portal's role for administrators.
    pub fn has(&self, person: ObjectId, admin: bool) -> bool {
        self.people.get(&person).copied().unwrap_or(admin && self.admins)
    }
}

impl Request {
    /// It is this person's turn and they have not spoken yet, or it is approved and they may carry it out as an
    /// administrator. The owners of its apps may carry it out, too: that is the directory's to say.
    pub fn awaits(&self, person: ObjectId, admin: bool) -> bool {
        match self.state() {
            RequestState::Open => {
                self.may_review(person, admin) && !self.reviews().iter().any(|review| review.by.id == person)
            }
            RequestState::Approved => admin,
            _ => false,
        }
    }

    /// For whom it waits. An administrator whom the request knows by no other way stands for all of them.
    pub fn awaited(&self) -> AwaitedPeople {
        let known = self.people();
        // Of so many ids one at least is none of theirs.
        let stranger =
            (0..=known.len() as u128).map(|n| ObjectId::new(Uuid::from_u128(n))).find(|one| !known.contains(one));
        let admins = stranger.is_some_and(|one| self.awaits(one, true));
        let people = known.into_iter().map(|person| (person, self.awaits(person, false), self.awaits(person, true)));
        // Who is told by their role alone needs no line.
        let people = people.filter(|(_, any, admin)| *any || *admin != admins).map(|(person, any, _)| (person, any));
        AwaitedPeople { admins, people: people.collect() }
    }

    /// Everybody of whom it says anything.
    fn people(&self) -> BTreeSet<ObjectId> {
        let approvers = self.needs().iter().flat_map(|need| need.approvers.iter().chain(&need.fallback));
        let named = approvers.filter_map(|approver| match approver {
            Approver::Person(id) => Some(*id),
            Approver::Admins => None,
        });
        named.chain(self.reviews().iter().map(|review| review.by.id)).chain([self.asker()]).collect()
    }
}
