//! Every history with at most so many deviations, at every step of two pushes: stateright walks through all of them.
//!
//! Where nothing deviates, reads are current, writes are answered, nobody else is there, and nothing ends early. A
//! deviation is one of: a read that is old or fails, a write that fares in any other way, a push that is cut off, an entry
//! that somebody appends with care or blindly or removes. When a write that is at large comes is tried for every moment.

use super::history::{Fare, Op, What};
use super::world::World;
use domain::push::{Ask, Policy};
use stateright::{Checker as _, Model, Property};
use std::hash::{Hash, Hasher};

/// Operations within which a write without an answer comes, or never.
const HORIZON: usize = 6;
/// A history is over long before.
const LONGEST: usize = 150;

const FARES: [Fare; 9] = [
    Fare::TurnedAway,
    Fare::TurnedAwayThough,
    Fare::Refused,
    Fare::NoAnswerArrived,
    Fare::NoAnswerLost,
    Fare::NoAnswerAtLarge,
    Fare::CrashBefore,
    Fare::CrashAfter,
    Fare::CrashAtLarge,
];

/// A careful and a blind writer beside these two pushes, which were previewed on the same state.
pub struct Pushes {
    pub plans: [What; 2],
    pub deviations: usize,
}

/// Known by the way to it: no two are the same.
#[derive(Debug, Clone)]
pub struct Moment {
    world: World,
    path: Vec<Op>,
    deviations: usize,
}

impl Hash for Moment {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path.hash(state);
    }
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

const fn step(lag: usize, fare: Fare, fails: bool) -> Op {
    Op::Step { lag, keys: false, fare, fails, late: false }
}

const AS_USUAL: Op = step(0, Fare::Well, false);

fn deviates(op: &Op) -> bool {
    !matches!(op, Op::Land(_)) && *op != AS_USUAL
}

impl Moment {
    fn did(&self, op: impl Fn(&Op) -> bool) -> bool {
        self.path.iter().any(op)
    }
}

impl Model for Pushes {
    type State = Moment;
    type Action = Op;

    fn init_states(&self) -> Vec<Moment> {
        let policy = Policy { consecutive_reads: 2, max_writes: 3, max_heals: 6 };
        let mut world = World::new(policy, HORIZON, 2);
        for what in self.plans {
            world.run(Op::Plan { what, lag: 0 });
        }
        world.run(Op::Look(0));
        vec![Moment { world, path: vec![], deviations: 0 }]
    }

    fn actions(&self, now: &Moment, actions: &mut Vec<Op>) {
        let world = &now.world;
        if world.has_ended() {
            return;
        }
        actions.push(AS_USUAL);
        actions.extend((0..world.at_large(|_, _| true).len()).map(Op::Land));
        if now.deviations == self.deviations {
            return;
        }
        let active = world.active.and_then(|at| world.machines[at].push.as_ref());
        match active.map(domain::push::Push::next) {
            Some(Ask::Write(_)) => actions.extend(FARES.map(|fare| step(0, fare, false))),
            _ => actions.extend([step(1, Fare::Well, false), step(0, Fare::Well, true)]),
        }
        if active.is_some() {
            actions.push(Op::Crash);
        }
        if !now.did(|op| *op == Op::Careful) {
            actions.push(Op::Careful);
        }
        if !now.did(|op| matches!(op, Op::Blind { .. })) {
            actions.extend([true, false].map(|with_keys| Op::Blind { who: 0, with_keys }));
        }
        if !now.did(|op| matches!(op, Op::RemoveOwn(_))) {
            actions.push(Op::RemoveOwn(0));
        }
    }

    fn next_state(&self, now: &Moment, op: Op) -> Option<Moment> {
        let mut next = now.clone();
        next.world.run(op);
        next.path.push(op);
        next.deviations += usize::from(deviates(&op));
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing is lost that a client could see", |_, now: &Moment| {
                !now.world.has_ended() || now.world.judge().is_ok()
            }),
            Property::always("every push ends", |_, now: &Moment| now.path.len() < LONGEST),
            // The search is worth something: it comes to what no client can see.
            Property::sometimes("an entry comes and goes that no read shows", |pushes: &Self, now: &Moment| {
                pushes.deviations == 0 || (now.world.has_ended() && !now.world.unseen().is_empty())
            }),
        ]
    }
}

impl Pushes {
    /// How many moments there were. Panics with the way to the first one at which something is lost.
    pub fn walk(self) -> usize {
        let checker = self.checker().threads(1).spawn_dfs().join();
        if let Some(path) = checker.discovery("nothing is lost that a client could see") {
            let last = path.last_state();
            panic!("{:?}: {:?}", last.world.judge(), last.path);
        }
        checker.assert_properties();
        checker.unique_state_count()
    }
}
