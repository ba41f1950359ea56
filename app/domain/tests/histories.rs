//! Random histories of writers on one app: no interleaving loses an entry that nobody asked to remove.
//!
//! The model app replaces the whole collection with each PATCH, as Graph does, and keeps every state it ever had. Our
//! pushes run one at a time (the server's lock), are fed stale reads, lose answers, are turned away, crash at any point
//! and go on from their journal. Others meanwhile append with care, append blindly from an old read (with and without
//! keys), and remove what is theirs.
//!
//! The model's one assumption: of `consecutive_reads` reads in a row of one push, at least one is current.
//!
//! What no client can see is exempt, and nothing else: an entry that one of our writes wiped and that no read of that
//! push, nor what it was told at its start, ever showed.

mod model;
mod support;

use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, KeyCredential, KeyCredentials, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use domain::push::{Ask, Ending, Healed, Journal, Policy, Push, Why, WriteAnswer};
use model::{App, Author, Born, certificates};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reads after which a push's time is over.
const PATIENCE: u32 = 12;

#[derive(Debug, Clone, Copy)]
enum What {
    Append,
    Rotate,
    Retire(prop::sample::Index),
    Replace,
}

/// How one PATCH of ours fares.
#[derive(Debug, Clone, Copy)]
enum Fare {
    Well,
    TurnedAway,
    /// 409 or 429, and yet it came through.
    TurnedAwayThough,
    NoAnswerArrived,
    NoAnswerLost,
    NoAnswerLate,
    CrashBefore,
    CrashAfter,
}

#[derive(Debug, Clone, Copy)]
enum Op {
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
    RemoveOwn(prop::sample::Index),
}

fn any_fare() -> impl Strategy<Value = Fare> {
    prop_oneof![
        8 => Just(Fare::Well),
        1 => Just(Fare::TurnedAway),
        1 => Just(Fare::TurnedAwayThough),
        2 => Just(Fare::NoAnswerArrived),
        2 => Just(Fare::NoAnswerLost),
        2 => Just(Fare::NoAnswerLate),
        1 => Just(Fare::CrashBefore),
        1 => Just(Fare::CrashAfter),
    ]
}

fn any_op(stale: bool) -> impl Strategy<Value = Op> {
    let lag = move || if stale { prop_oneof![2 => Just(0_usize), 1 => 1_usize..5].boxed() } else { Just(0).boxed() };
    let what = prop_oneof![
        4 => Just(What::Append),
        2 => Just(What::Rotate),
        2 => any::<prop::sample::Index>().prop_map(What::Retire),
        1 => Just(What::Replace),
    ];
    prop_oneof![
        3 => (what, lag()).prop_map(|(what, lag)| Op::Plan { what, lag }),
        16 => (lag(), any::<bool>(), any_fare(), prop::bool::weighted(0.05), any::<bool>())
            .prop_map(|(lag, keys, fare, fails, late)| Op::Step { lag, keys, fare, fails, late }),
        1 => Just(Op::Crash),
        3 => Just(Op::Careful),
        2 => (0_usize..2).prop_map(Op::Look),
        2 => (0_usize..2, any::<bool>()).prop_map(|(who, with_keys)| Op::Blind { who, with_keys }),
        2 => any::<prop::sample::Index>().prop_map(Op::RemoveOwn),
    ]
}

#[derive(Debug, Clone)]
struct History {
    policy: Policy,
    initial: usize,
    ops: Vec<Op>,
}

fn any_history() -> impl Strategy<Value = History> {
    (1_u32..4, 0_usize..4, any::<bool>()).prop_flat_map(|(consecutive_reads, initial, stale)| {
        prop::collection::vec(any_op(stale), 10..60).prop_map(move |ops| History {
            policy: Policy { consecutive_reads, max_writes: 3, max_heals: 6 },
            initial,
            ops,
        })
    })
}

/// One push, whatever process it runs in.
struct Machine {
    number: usize,
    plan: MergePlan,
    push: Option<Push>,
    journal: Option<Journal>,
    /// 0: there is none.
    journal_at: usize,
    /// Incarnations of entries that it was shown.
    seen: BTreeSet<Born>,
    /// Those of which it was shown the key.
    keys_seen: BTreeSet<Born>,
    /// Old reads in a row.
    stale: u32,
    /// Since the last write.
    reads: u32,
    /// Sent without an answer, and still on its way.
    late: Option<serde_json::Value>,
    ending: Option<Ending>,
    /// Named in its report as put right, or as perhaps put right.
    healed: Vec<Healed>,
    /// Named in its report as gone, or as perhaps gone.
    lost: BTreeSet<KeyId>,
}

struct World {
    policy: Policy,
    app: App,
    machines: Vec<Machine>,
    active: Option<usize>,
    /// Certificates used up.
    certificates: usize,
    looks: [Option<model::State>; 2],
    /// States that the ends of pushes showed: the server's time machine.
    remembered: Vec<(KeyCredentials, usize)>,
    /// Counts what the server stores.
    clock: usize,
    /// Retirements that go with a rotation: due once its new entry is verified.
    rotations: BTreeMap<usize, KeyId>,
}

impl World {
    fn draft(&mut self, what: What, lag: usize) {
        let state = self.app.read(lag);
        let current = state.shown(true);
        let rotates = matches!(what, What::Rotate);
        let change = match what {
            What::Append | What::Replace | What::Rotate => {
                let Some(certificate) = certificates().get(self.certificates) else { return };
                self.certificates += 1;
                let id = KeyId::from_random([0x80 + u8::try_from(self.certificates).expect("few"); 16]);
                let new = NewKeyCredential::new(certificate, id, "", IdentifierStyle::Omit).expect("a name");
                if matches!(what, What::Replace) { Change::Replace(vec![new]) } else { Change::Append(vec![new]) }
            }
            What::Retire(at) => {
                let ids: Vec<_> = current.iter().filter_map(KeyCredential::key_id).collect();
                if ids.is_empty() {
                    return;
                }
                Change::Retire([*at.get(&ids)].into())
            }
        };
        let number = self.machines.len();
        if rotates && let Some(old) = current.iter().find_map(KeyCredential::key_id) {
            self.rotations.insert(number, old);
        }
        self.queue(&state, &change);
    }

    fn queue(&mut self, state: &model::State, change: &Change) {
        let plan = MergePlan::new(&state.shown(true), change, None).expect("a plan");
        let number = self.machines.len();
        let born = state.born();
        self.machines.push(Machine {
            number,
            plan,
            push: None,
            journal: None,
            journal_at: 0,
            keys_seen: born.clone(),
            seen: born,
            stale: 0,
            reads: 0,
            late: None,
            ending: None,
            healed: vec![],
            lost: BTreeSet::new(),
        });
    }

    /// Takes the lock for a push that waits for it.
    fn activate(&mut self) {
        if self.active.is_some() {
            return;
        }
        let Some(at) = self.machines.iter().position(|machine| machine.ending.is_none()) else { return };
        self.active = Some(at);
        let machine = &mut self.machines[at];
        let mut push = match machine.journal.take() {
            Some(journal) => {
                // As the server stores it.
                let text = serde_json::to_string(&journal).expect("json");
                machine.journal = Some(journal);
                Push::resume(machine.plan.clone(), self.policy, Some(serde_json::from_str(&text).expect("back")))
            }
            None => Push::new(machine.plan.clone(), self.policy),
        };
        for (state, at) in &self.remembered {
            if *at <= machine.journal_at {
                continue;
            }
            let born = self.app.recall(state).born();
            machine.keys_seen.extend(
                state.iter().filter(|entry| entry.has_key()).filter_map(|entry| self.app.born_as(entry.key_id()?)),
            );
            machine.seen.extend(born);
            push.remember(state);
        }
        machine.push = Some(push);
        machine.reads = 0;
    }

    fn crash(&mut self) {
        if let Some(at) = self.active.take() {
            self.machines[at].push = None;
            // Another one may get the lock first.
            let machine = self.machines.remove(at);
            self.machines.push(machine);
        }
    }

    fn step(&mut self, lag: usize, keys: bool, fare: Fare, fails: bool, late: bool) {
        self.activate();
        let Some(at) = self.active else { return };
        let machine = &mut self.machines[at];
        let author = Author::Push(machine.number);
        let push = machine.push.as_mut().expect("active");
        match push.next() {
            Ask::Read => {
                if late && let Some(body) = machine.late.take() {
                    _ = self.app.patch(&body, author);
                }
                if fails {
                    push.read_failed();
                } else {
                    let may_be_old = machine.stale + 1 < self.policy.consecutive_reads;
                    let lag = if may_be_old { lag } else { 0 };
                    machine.stale = if lag > 0 { machine.stale + 1 } else { 0 };
                    let state = self.app.read(lag);
                    machine.seen.extend(state.born());
                    if keys {
                        machine.keys_seen.extend(state.born());
                    }
                    push.read(&state.shown(keys), None);
                    if let Some(journal) = push.journal() {
                        machine.journal = Some(journal);
                        self.clock += 1;
                        machine.journal_at = self.clock;
                        machine.healed.clone_from(&push.report().healed);
                    }
                }
                machine.reads += 1;
                if machine.reads > PATIENCE {
                    push.out_of_patience();
                }
            }
            Ask::Write(body) => {
                machine.reads = 0;
                machine.journal = push.journal();
                self.clock += 1;
                machine.journal_at = self.clock;
                machine.healed.clone_from(&push.report().healed);
                let earlier = machine.late.take();
                if !late && let Some(earlier) = &earlier {
                    _ = self.app.patch(earlier, author);
                }
                let mut arrive = || self.app.patch(&body, author);
                let answer = match fare {
                    Fare::Well => Some(arrive().map_or(WriteAnswer::Refused, |()| WriteAnswer::Accepted)),
                    Fare::TurnedAway => Some(WriteAnswer::TurnedAway),
                    Fare::TurnedAwayThough => {
                        _ = arrive();
                        Some(WriteAnswer::TurnedAway)
                    }
                    Fare::NoAnswerArrived => {
                        _ = arrive();
                        Some(WriteAnswer::Unanswered)
                    }
                    Fare::NoAnswerLost => Some(WriteAnswer::Unanswered),
                    Fare::NoAnswerLate => {
                        machine.late = Some(body);
                        Some(WriteAnswer::Unanswered)
                    }
                    Fare::CrashBefore => None,
                    Fare::CrashAfter => {
                        _ = arrive();
                        None
                    }
                };
                if late && let Some(earlier) = &earlier {
                    _ = self.app.patch(earlier, author);
                }
                match answer {
                    Some(answer) => push.wrote(answer),
                    None => self.crash(),
                }
            }
            Ask::Done(ending) => {
                let report = push.report();
                machine.healed = report.healed.iter().chain(&report.attempted).cloned().collect();
                machine.lost = report.lost.iter().chain(&report.at_risk).filter_map(|entry| entry.key_id).collect();
                if let Some(after) = &report.after
                    && matches!(ending, Ending::Verified | Ending::Unverified { .. })
                {
                    self.clock += 1;
                    self.remembered.push((after.clone(), self.clock));
                }
                HEALED.fetch_add(report.healed.len(), Ordering::Relaxed);
                ENDED[match &ending {
                    Ending::Verified => 0,
                    Ending::AlreadyThere => 1,
                    Ending::Conflict { .. } => 2,
                    Ending::Refused => 3,
                    Ending::GaveUp => 4,
                    Ending::Unverified { .. } => 5,
                }]
                .fetch_add(1, Ordering::Relaxed);
                machine.late = None;
                machine.ending = Some(ending);
                machine.push = None;
                self.active = None;
                let (number, verified) = (machine.number, machine.ending == Some(Ending::Verified));
                if verified && let Some(old) = self.rotations.remove(&number) {
                    self.queue(&self.app.read(0), &Change::Retire([old].into()));
                }
            }
        }
    }

    fn run(&mut self, op: Op) {
        match op {
            Op::Plan { what, lag } => self.draft(what, lag),
            Op::Step { lag, keys, fare, fails, late } => self.step(lag, keys, fare, fails, late),
            Op::Crash => self.crash(),
            Op::Careful => self.app.append_careful(),
            Op::Look(who) => self.looks[who] = Some(self.app.read(0)),
            Op::Blind { who, with_keys } => {
                if let Some(state) = &self.looks[who] {
                    self.app.append_blindly(state, with_keys);
                }
            }
            Op::RemoveOwn(at) => self.app.remove_own(at),
        }
    }
}

static HEALED: AtomicUsize = AtomicUsize::new(0);
static ENDED: [AtomicUsize; 6] = [const { AtomicUsize::new(0) }; 6];
/// Entries that one of our writes wiped and no read could show.
static UNSEEN: AtomicUsize = AtomicUsize::new(0);
static NAMED: AtomicUsize = AtomicUsize::new(0);

fn check(history: &History) -> Result<(), TestCaseError> {
    let mut world = World {
        policy: history.policy,
        app: App::new(history.initial),
        machines: vec![],
        active: None,
        certificates: 0,
        looks: [None, None],
        remembered: vec![],
        clock: 0,
        rotations: BTreeMap::new(),
    };
    for op in &history.ops {
        world.run(*op);
    }
    let mut steps = 0;
    while world.machines.iter().any(|machine| machine.ending.is_none()) {
        steps += 1;
        prop_assert!(
            steps < 2_000,
            "a push does not end: {:?}",
            world.machines.iter().find(|m| m.ending.is_none()).map(|m| &m.push)
        );
        world.step(0, steps % 2 == 0, Fare::Well, false, true);
    }
    world.judge()
}

impl World {
    fn judge(&self) -> Result<(), TestCaseError> {
        let machine_of = |number: usize| self.machines.iter().find(|machine| machine.number == number).expect("a push");
        let targets = |machine: &Machine| -> BTreeSet<KeyId> {
            let rows = machine.plan.diff().rows.iter();
            rows.filter(|row| row.kind == domain::diff::DiffKind::Removed).filter_map(|row| row.key_id).collect()
        };
        // Nothing that nobody asked to remove is missing.
        for (key_id, born, by) in self.app.missing() {
            let Author::Push(number) = by else { continue };
            let machine = machine_of(number);
            if targets(machine).contains(&key_id) {
                continue;
            }
            if !machine.seen.contains(&born) {
                UNSEEN.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            let ending = machine.ending.as_ref().expect("ended");
            prop_assert!(
                machine.lost.contains(&key_id) && matches!(ending, Ending::Unverified { .. }),
                "push {number} lost {key_id}, which it had seen; it ended {ending:?}, lost {:?}",
                machine.lost
            );
            let busy = matches!(ending, Ending::Unverified { why: Why::Lost });
            prop_assert!(
                !busy || !machine.keys_seen.contains(&born),
                "push {number} had {key_id}'s key and did not put it back"
            );
            NAMED.fetch_add(1, Ordering::Relaxed);
        }
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

fn same_each_time() -> TestRng {
    TestRng::deterministic_rng(RngAlgorithm::ChaCha)
}

#[test]
fn no_interleaving_loses_an_entry_that_nobody_asked_to_remove() {
    // The same histories each time, unless more are asked for: those are others each time.
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = wanted.unwrap_or(2_500);
    let config = Config { cases, max_shrink_iters: 4_000, failure_persistence: None, ..Config::default() };
    let mut runner =
        if wanted.is_some() { TestRunner::new(config) } else { TestRunner::new_with_rng(config, same_each_time()) };
    runner.run(&any_history(), |history| check(&history)).unwrap_or_else(|error| panic!("{error}"));
    // The histories were worth it: every ending but the rarest was reached, and much was put back.
    let ended: Vec<usize> = ENDED.iter().map(|count| count.load(Ordering::Relaxed)).collect();
    let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    let figures = format!(
        "{cases} histories; verified, already there, conflict, refused, gave up, unverified: {ended:?}; put right: {}; never seen: {}; lost by name: {}",
        count(&HEALED),
        count(&UNSEEN),
        count(&NAMED)
    );
    #[expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]
    {
        println!("{figures}");
    }
    if cases >= 2_000 {
        assert!(ended[0] > 1_000 && ended[2] > 20 && ended[5] > 20 && count(&HEALED) > 100, "{figures}");
    }
}
