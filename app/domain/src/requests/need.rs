//! Approvals that a request has to have, and who can give them.

use super::rules::admins;
use super::{Applied, ApprovalRule, Approver, Capacity, ChangeFacts};
use crate::app_selector::AppFacts;
use crate::ids::ObjectId;
use crate::rollout::PushMode;
use serde::{Deserialize, Serialize};

/// Approvals that a request has to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// The rule that says so; `None`: who asked may not write, and no rule says more.
    pub rule: Option<String>,
    /// Of so many different people.
    pub approvals: u8,
    /// Of these.
    pub approvers: Vec<Approver>,
    /// Who asks may be one of them.
    pub own: bool,
    /// One after the other, in the order of the list.
    #[serde(default)]
    pub ordered: bool,
    /// Who is asked, too, once it has waited for `fallback_after_hours`.
    #[serde(default)]
    pub fallback: Vec<Approver>,
    /// Absent where there is no fallback.
    #[serde(default)]
    pub fallback_after_hours: Option<u16>,
    /// The rule's terms are met: nobody has to approve.
    #[serde(default)]
    pub automatic: bool,
}

impl Need {
    /// Where no rule says more: one administrator.
    pub fn usual() -> Self {
        Self {
            rule: None,
            approvals: 1,
            approvers: admins(),
            own: false,
            ordered: false,
            fallback: vec![],
            fallback_after_hours: None,
            automatic: false,
        }
    }

    /// Whether this person's approval of `asker`'s request counts, whoever's turn it is.
    pub fn admits<'g>(&self, person: ObjectId, capacity: impl Into<Capacity<'g>>, asker: ObjectId) -> bool {
        let capacity = capacity.into();
        self.approvers.iter().any(|approver| approver.is(person, capacity)) && self.lets(person, asker)
    }

    /// The same for whom it is put before after a time.
    pub fn falls_back_to<'g>(&self, person: ObjectId, capacity: impl Into<Capacity<'g>>, asker: ObjectId) -> bool {
        let capacity = capacity.into();
        self.fallback.iter().any(|approver| approver.is(person, capacity)) && self.lets(person, asker)
    }

    /// Groups in Entra whose members may approve, now or after a time.
    pub fn groups(&self) -> impl Iterator<Item = ObjectId> {
        self.approvers.iter().chain(&self.fallback).filter_map(Approver::group)
    }

    fn lets(&self, person: ObjectId, asker: ObjectId) -> bool {
        self.own || person != asker
    }

    /// How many of the approvals are there. `reviewers`: who approved, in their order, each once, with what they were then.
    /// `escalated`: it has been put before the fallback.
    pub(super) fn given(&self, reviewers: &[(ObjectId, Capacity<'_>)], asker: ObjectId, escalated: bool) -> usize {
        let counts = |(person, capacity): (ObjectId, Capacity<'_>)| {
            self.admits(person, capacity, asker) || (escalated && self.falls_back_to(person, capacity, asker))
        };
        if !self.ordered {
            return reviewers.iter().filter(|one| counts(**one)).count();
        }
        let mut left: Vec<(ObjectId, Capacity<'_>)> = reviewers.iter().copied().filter(|one| counts(*one)).collect();
        let mut given = 0;
        for approver in &self.approvers {
            let fills = |(person, capacity): &(ObjectId, Capacity<'_>)| {
                approver.is(*person, *capacity) || (escalated && self.falls_back_to(*person, *capacity, asker))
            };
            let Some(at) = left.iter().position(fills) else { break };
            left.remove(at);
            given += 1;
        }
        given
    }

    /// Whether it is this person's turn: their approval would be the next, or is there already.
    pub(super) fn turn_of(
        &self,
        (person, capacity): (ObjectId, Capacity<'_>),
        reviewers: &[(ObjectId, Capacity<'_>)],
        asker: ObjectId,
        escalated: bool,
    ) -> bool {
        let admitted =
            self.admits(person, capacity, asker) || (escalated && self.falls_back_to(person, capacity, asker));
        if !self.ordered || !admitted || reviewers.iter().any(|(id, _)| *id == person) {
            return admitted;
        }
        let more: Vec<_> = reviewers.iter().copied().chain([(person, capacity)]).collect();
        self.given(&more, asker, escalated) > self.given(reviewers, asker, escalated)
    }
}

/// What the rules ask for a change of these apps by this person; each rule once. Empty: no rule applies.
pub fn demands<'a>(
    rules: &[ApprovalRule],
    apps: impl IntoIterator<Item = &'a AppFacts> + Clone,
    mode: PushMode,
    person: ObjectId,
) -> Vec<Need> {
    applying(rules, apps, mode, person).map(ApprovalRule::need).collect()
}

/// The same, with what is known of the change: where a rule's terms are met, nobody has to approve for it.
pub fn demands_of<'a>(
    rules: &[ApprovalRule],
    apps: impl IntoIterator<Item = &'a AppFacts> + Clone,
    mode: PushMode,
    person: ObjectId,
    change: &ChangeFacts,
) -> Vec<Need> {
    let need = |rule: &ApprovalRule| {
        let automatic = rule.automatic.as_ref().is_some_and(|terms| terms.are_met(change).is_ok());
        Need { automatic, ..rule.need() }
    };
    applying(rules, apps, mode, person).map(need).collect()
}

fn applying<'r, 'a>(
    rules: &'r [ApprovalRule],
    apps: impl IntoIterator<Item = &'a AppFacts> + Clone,
    mode: PushMode,
    person: ObjectId,
) -> impl Iterator<Item = &'r ApprovalRule> {
    rules.iter().filter(move |rule| {
        apps.clone().into_iter().any(|app| matches!(rule.applies(app, mode, person), Applied::Applies(_)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const ASKER: ObjectId = ObjectId::new(Uuid::from_u128(1));
    const OTHER: ObjectId = ObjectId::new(Uuid::from_u128(2));
    const THIRD: ObjectId = ObjectId::new(Uuid::from_u128(3));

    #[test]
    fn nobody_approves_their_own_unless_the_rule_says_so() {
        let need = Need::usual();
        assert!(need.admits(OTHER, true, ASKER));
        assert!(!need.admits(OTHER, false, ASKER));
        assert!(!need.admits(ASKER, true, ASKER));
        assert!(Need { own: true, ..need.clone() }.admits(ASKER, true, ASKER));
        let named = Need { approvers: vec![Approver::Person(OTHER)], ..need };
        assert!(named.admits(OTHER, false, ASKER) && !named.admits(ASKER, true, OTHER));
    }

    #[test]
    fn in_an_order_each_waits_for_the_one_before() {
        let approvers = vec![Approver::Person(OTHER), Approver::Admins];
        let need = Need { approvals: 2, approvers, ordered: true, ..Need::usual() };
        let (other, admin) = ((OTHER, false.into()), (THIRD, true.into()));
        assert!(need.turn_of(other, &[], ASKER, false) && !need.turn_of(admin, &[], ASKER, false));
        assert_eq!(need.given(&[admin], ASKER, false), 0, "too early counts for nothing");
        assert!(need.turn_of(admin, &[other], ASKER, false));
        assert_eq!(need.given(&[other, admin], ASKER, false), 2);
        assert!(!need.turn_of((ASKER, true.into()), &[other], ASKER, false), "their own");
        let any = Need { ordered: false, ..need };
        assert!(any.turn_of(admin, &[], ASKER, false));
    }

    #[test]
    fn members_of_a_group_approve_and_nobody_by_a_group_that_is_not_known() {
        let group = ObjectId::new(Uuid::from_u128(9));
        let need = Need { approvals: 2, approvers: vec![Approver::Group(group)], ..Need::usual() };
        let member = Capacity { admin: false, groups: &[group] };
        assert!(need.admits(OTHER, member, ASKER) && !need.admits(OTHER, true, ASKER));
        assert!(!need.admits(ASKER, member, ASKER), "their own");
        assert_eq!(need.given(&[(OTHER, member), (THIRD, true.into())], ASKER, false), 1);
        assert_eq!(need.given(&[(OTHER, member), (THIRD, member)], ASKER, false), 2);
    }

    #[test]
    fn a_fallback_counts_once_it_has_been_asked() {
        let approvers = vec![Approver::Person(OTHER)];
        let fallback = vec![Approver::Admins];
        let need = Need { approvers, fallback, fallback_after_hours: Some(1), ..Need::usual() };
        let admin = (THIRD, true.into());
        for ordered in [false, true] {
            let need = Need { ordered, ..need.clone() };
            assert!(!need.turn_of(admin, &[], ASKER, false) && need.turn_of(admin, &[], ASKER, true));
            assert_eq!((need.given(&[admin], ASKER, false), need.given(&[admin], ASKER, true)), (0, 1));
            assert_eq!(need.given(&[(ASKER, true.into())], ASKER, true), 0, "their own");
        }
    }
}
