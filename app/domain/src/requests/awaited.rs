//! For whom a request waits.

use super::{Approver, Capacity, Request, RequestState};
use crate::ids::ObjectId;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// As what somebody is waited for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwaitedAs {
    /// Whatever they are.
    pub anybody: bool,
    /// As an administrator.
    pub admin: bool,
    /// As a member of these groups in Entra.
    pub groups: BTreeSet<ObjectId>,
}

/// Whom a request waits for, as it can be kept and counted: what [`Request::awaits`] says of each person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwaitedPeople {
    /// Everybody but those in `people`.
    pub others: AwaitedAs,
    /// Those of whom something else holds.
    pub people: BTreeMap<ObjectId, AwaitedAs>,
}

impl AwaitedPeople {
    /// The person is one of them.
    pub fn has<'g>(&self, person: ObjectId, capacity: impl Into<Capacity<'g>>) -> bool {
        let Capacity { admin, groups } = capacity.into();
        let waits = self.people.get(&person).unwrap_or(&self.others);
        waits.anybody || (admin && waits.admin) || groups.iter().any(|group| waits.groups.contains(group))
    }
}

impl Request {
    /// It is this person's turn and they have not spoken yet, or it is approved and they may carry it out as an
    /// administrator. The owners of its apps may carry it out, too: that is the directory's to say.
    pub fn awaits<'g>(&self, person: ObjectId, capacity: impl Into<Capacity<'g>>) -> bool {
        let capacity = capacity.into();
        match self.state() {
            RequestState::Open => {
                self.may_review(person, capacity) && !self.reviews().iter().any(|review| review.by.id == person)
            }
            RequestState::Approved => capacity.admin,
            _ => false,
        }
    }

    /// For whom it waits. An administrator, and a member of a group, whom the request knows by no other way stands for all of
    /// them.
    pub fn awaited(&self) -> AwaitedPeople {
        let known = self.people();
        // Of so many ids one at least is none of theirs.
        let stranger =
            (0..=known.len() as u128).map(|n| ObjectId::new(Uuid::from_u128(n))).find(|one| !known.contains(one));
        let named = self.groups();
        let of = |person| AwaitedAs {
            anybody: self.awaits(person, false),
            admin: self.awaits(person, true),
            groups: named
                .iter()
                .copied()
                .filter(|group| self.awaits(person, Capacity { admin: false, groups: &[*group] }))
                .collect(),
        };
        let others = stranger.map(of).unwrap_or_default();
        // Of whom nothing else holds than of others needs no line.
        let people =
            known.into_iter().map(|person| (person, of(person))).filter(|(_, waits)| *waits != others).collect();
        AwaitedPeople { others, people }
    }

    /// Everybody of whom it says anything.
    fn people(&self) -> BTreeSet<ObjectId> {
        let approvers = self.needs().iter().flat_map(|need| need.approvers.iter().chain(&need.fallback));
        let named = approvers.filter_map(|approver| match approver {
            Approver::Person(id) => Some(*id),
            Approver::Admins | Approver::Group(_) => None,
        });
        named.chain(self.reviews().iter().map(|review| review.by.id)).chain([self.asker()]).collect()
    }
}
