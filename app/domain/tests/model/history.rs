//! What the writers do, one after the other.

use domain::push::Policy;
use proptest::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    Append,
    Rotate,
    /// Of the entries there are, this one, counted round.
    Retire(u8),
    RetireCertificate(u8),
    Replace,
    /// The state so many writes ago.
    Restore {
        ago: usize,
        exactly: bool,
    },
}

/// How one PATCH of ours fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fare {
    Well,
    TurnedAway,
    /// 409 or 429, and yet it came through.
    TurnedAwayThough,
    /// Though there is nothing wrong with it.
    Refused,
    NoAnswerArrived,
    NoAnswerLost,
    /// It comes at a step that says so, or with the push's next write.
    NoAnswerLate,
    /// It comes at a step that says so, at any other time, or never.
    NoAnswerAtLarge,
    CrashBefore,
    CrashAfter,
    /// As `NoAnswerAtLarge`, and the push is cut off.
    CrashAtLarge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// A person previews a change, on a read that may be old.
    Plan {
        what: What,
        lag: usize,
    },
    /// The push under way does what it asks for.
    Step {
        lag: usize,
        keys: bool,
        fare: Fare,
        fails: bool,
        late: bool,
    },
    Crash,
    Careful,
    /// A blind writer reads …
    Look(usize),
    /// … and later writes what it read and one entry more.
    Blind {
        who: usize,
        with_keys: bool,
    },
    RemoveOwn(u8),
    /// One of the writes that are at large comes, counted round.
    Land(usize),
}

pub fn any_fare() -> impl Strategy<Value = Fare> {
    prop_oneof![
        8 => Just(Fare::Well),
        1 => Just(Fare::TurnedAway),
        1 => Just(Fare::TurnedAwayThough),
        1 => Just(Fare::Refused),
        2 => Just(Fare::NoAnswerArrived),
        2 => Just(Fare::NoAnswerLost),
        1 => Just(Fare::NoAnswerLate),
        2 => Just(Fare::NoAnswerAtLarge),
        1 => Just(Fare::CrashBefore),
        1 => Just(Fare::CrashAfter),
        1 => Just(Fare::CrashAtLarge),
    ]
}

pub fn any_op(stale: bool) -> impl Strategy<Value = Op> {
    let lag = move || if stale { prop_oneof![2 => Just(0_usize), 1 => 1_usize..5].boxed() } else { Just(0).boxed() };
    let what = prop_oneof![
        4 => Just(What::Append),
        2 => Just(What::Rotate),
        2 => any::<u8>().prop_map(What::Retire),
        1 => any::<u8>().prop_map(What::RetireCertificate),
        1 => Just(What::Replace),
        2 => (1_usize..6, any::<bool>()).prop_map(|(ago, exactly)| What::Restore { ago, exactly }),
    ];
    prop_oneof![
        3 => (what, lag()).prop_map(|(what, lag)| Op::Plan { what, lag }),
        16 => (lag(), any::<bool>(), any_fare(), prop::bool::weighted(0.05), prop::bool::weighted(0.3))
            .prop_map(|(lag, keys, fare, fails, late)| Op::Step { lag, keys, fare, fails, late }),
        1 => Just(Op::Crash),
        3 => Just(Op::Careful),
        2 => (0_usize..2).prop_map(Op::Look),
        2 => (0_usize..2, any::<bool>()).prop_map(|(who, with_keys)| Op::Blind { who, with_keys }),
        2 => any::<u8>().prop_map(Op::RemoveOwn),
        1 => any::<usize>().prop_map(Op::Land),
    ]
}

#[derive(Debug, Clone)]
pub struct History {
    pub policy: Policy,
    /// Operations within which a write without an answer comes, or never.
    pub horizon: usize,
    pub initial: usize,
    pub ops: Vec<Op>,
}

pub fn any_history() -> impl Strategy<Value = History> {
    (1_u32..4, 3_usize..30, 0_usize..4, any::<bool>()).prop_flat_map(|(consecutive_reads, horizon, initial, stale)| {
        prop::collection::vec(any_op(stale), 10..60).prop_map(move |ops| History {
            policy: Policy { consecutive_reads, max_writes: 3, max_heals: 6 },
            horizon,
            initial,
            ops,
        })
    })
}
