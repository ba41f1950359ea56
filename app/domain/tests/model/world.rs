//! The app, our pushes to it, and the others.

use super::app::{App, Born, State, certificates};
use super::at_large::{AtLarge, Row, own_row};
use super::history::{Fare, History, Op, What};
use super::judge::{ENDED, HEALED};
use domain::diff::DiffKind;
use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, KeyCredential, KeyCredentials, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan, PlanError};
use domain::push::{Ask, Ending, Healed, Journal, Policy, Push, WriteId};
use domain::snapshot::{KnownKeys, Snapshot};
use proptest::prelude::prop_assert;
use proptest::test_runner::TestCaseError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

/// Reads after which a push's time is over.
const PATIENCE: u32 = 12;

/// One push, whatever process it runs in.
#[derive(Debug, Clone)]
pub struct Machine {
    pub number: usize,
    pub plan: MergePlan,
    pub push: Option<Push>,
    pub journal: Option<Journal>,
    /// 0: there is none.
    pub journal_at: usize,
    /// Entries that a write of its own removed, though it had been shown them and nobody had asked for it.
    pub wiped: Vec<KeyId>,
    /// Incarnations of entries that it was shown.
    pub seen: BTreeSet<Born>,
    /// Those of which it was shown the key.
    pub keys_seen: BTreeSet<Born>,
    /// Old reads in a row.
    pub stale: u32,
    /// Since the last write.
    pub reads: u32,
    /// Incarnations that it was shown after an earlier push's write was stored, of which it was told: by that push.
    pub seen_beside: BTreeMap<usize, BTreeSet<Born>>,
    /// Stored writes that it may have to wait for, by [`Row::id`].
    pub told: Vec<(WriteId, u32)>,
    /// States of the app so far, at its end.
    pub ended_at: usize,
    pub ending: Option<Ending>,
    /// Named in its report as put right, or as perhaps put right.
    pub healed: Vec<Healed>,
    /// Named in its report as gone, or as perhaps gone.
    pub lost: BTreeSet<KeyId>,
}

#[derive(Debug, Clone)]
pub struct World {
    pub policy: Policy,
    pub horizon: usize,
    /// Operations so far.
    pub time: usize,
    pub rows: Vec<Row>,
    pub row_ids: u32,
    pub app: App,
    pub machines: Vec<Machine>,
    pub active: Option<usize>,
    /// Certificates used up.
    pub certificates: usize,
    pub looks: [Option<State>; 2],
    /// States that the ends of pushes showed: the server's time machine.
    pub remembered: Vec<(KeyCredentials, usize)>,
    /// Counts what the server stores.
    pub clock: usize,
    /// Retirements that go with a rotation: due once its new entry is verified.
    pub rotations: BTreeMap<usize, KeyId>,
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
                Change::Retire([ids[usize::from(at) % ids.len()]].into())
            }
            What::RetireCertificate(at) => {
                let thumbprints: Vec<_> = current.iter().filter_map(KeyCredential::thumbprint).collect();
                if thumbprints.is_empty() {
                    return;
                }
                Change::RetireCertificate(thumbprints[usize::from(at) % thumbprints.len()])
            }
            What::Restore { ago, exactly } => {
                let then = self.app.read(ago).shown(true);
                Change::Restore { to: Snapshot::new(&then, &KnownKeys::default()), exactly }
            }
        };
        let number = self.machines.len();
        if rotates && let Some(old) = current.iter().find_map(KeyCredential::key_id) {
            self.rotations.insert(number, old);
        }
        self.queue(&state, &change);
    }

    fn queue(&mut self, state: &State, change: &Change) {
        let plan = match MergePlan::new(&state.shown(true), change, None) {
            Ok(plan) => plan,
            // A keyId that was used again since.
            Err(error) if matches!(change, Change::Restore { .. }) => {
                assert!(matches!(error, PlanError::KeyIdTaken(_)), "{error}");
                return;
            }
            Err(error) => panic!("{error}"),
        };
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
            wiped: vec![],
            stale: 0,
            reads: 0,
            seen_beside: BTreeMap::new(),
            told: vec![],
            ended_at: 0,
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
        machine.told = push.awaits().filter_map(|id| Some((id, own_row(&self.rows, machine.number, id)?))).collect();
        assert_eq!(machine.told.len(), push.awaits().count(), "an own write that is not stored");
        // What was seen and sent, in the order of time.
        let seen =
            self.remembered.iter().filter(|(_, at)| *at > machine.journal_at).map(|(state, at)| (*at, Ok(state)));
        let sent = self.rows.iter().filter(|row| row.by != machine.number).map(|row| (row.stored_at, Err(row)));
        let mut past: Vec<_> = seen.chain(sent).collect();
        past.sort_by_key(|(at, _)| *at);
        for (_, one) in past {
            match one {
                Ok(state) => {
                    let born = self.app.recall(state).born();
                    machine.keys_seen.extend(
                        state
                            .iter()
                            .filter(|entry| entry.has_key())
                            .filter_map(|entry| self.app.born_as(entry.key_id()?)),
                    );
                    for beside in machine.seen_beside.values_mut() {
                        beside.extend(born.iter().copied());
                    }
                    machine.seen.extend(born);
                    push.remember(state);
                }
                Err(row) => {
                    push.beware(row.id, row.write.clone());
                    machine.told.push((WriteId::Earlier(row.id), row.id));
                    machine.seen_beside.entry(row.by).or_default();
                }
            }
        }
        if let Some(journal) = push.read_journal() {
            machine.journal = Some(journal);
            self.clock += 1;
            machine.journal_at = self.clock;
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

    pub fn step(&mut self, lag: usize, keys: bool, fare: Fare, fails: bool, late: bool) {
        self.activate();
        self.lapse();
        let Some(at) = self.active else { return };
        let number = self.machines[at].number;
        let ask = self.machines[at].push.as_ref().expect("active").next();
        if late && ask == Ask::Read {
            for id in self.at_large(|_, _| true) {
                self.land(id);
            }
        }
        let machine = &mut self.machines[at];
        let push = machine.push.as_mut().expect("active");
        match ask {
            Ask::Read => {
                if fails {
                    push.read_failed();
                } else {
                    let may_be_old = machine.stale + 1 < self.policy.consecutive_reads;
                    let lag = if may_be_old { lag } else { 0 };
                    machine.stale = if lag > 0 { machine.stale + 1 } else { 0 };
                    let state = self.app.read(lag);
                    machine.seen.extend(state.born());
                    for beside in machine.seen_beside.values_mut() {
                        beside.extend(state.born());
                    }
                    if keys {
                        machine.keys_seen.extend(state.born());
                    }
                    push.read(&state.shown(keys), None);
                    if let Some(journal) = push.read_journal() {
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
                machine.journal = push.write_journal();
                self.clock += 1;
                machine.journal_at = self.clock;
                machine.healed.clone_from(&push.report().healed);
                let shown = machine.seen.clone();
                let write = machine.journal.as_ref().and_then(Journal::write).expect("a write is due").clone();
                self.row_ids += 1;
                let id = self.row_ids;
                let own = WriteId::Own(write.number());
                assert!(machine.told.iter().all(|(told, _)| *told != own), "two writes of one number: {own:?}");
                machine.told.push((own, id));
                let earlier = self.at_large(|row, large| row.by == number && large.with_the_next);
                self.rows.push(Row {
                    id,
                    by: number,
                    write,
                    stored_at: self.clock,
                    sent_at: self.time,
                    at_large: Some(AtLarge { body: body.clone(), shown, with_the_next: false }),
                });
                if !late {
                    for id in &earlier {
                        self.land(*id);
                    }
                }
                let answer = self.fare(id, fare);
                if late {
                    for id in &earlier {
                        self.land(*id);
                    }
                }
                match answer {
                    Some(answer) => self.machines[at].push.as_mut().expect("active").wrote(answer),
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
                machine.ended_at = self.app.states();
                self.rows.retain(|row| row.by != number);
                machine.ending = Some(ending);
                machine.push = None;
                self.active = None;
                let verified = machine.ending == Some(Ending::Verified);
                if verified && let Some(old) = self.rotations.remove(&number) {
                    self.queue(&self.app.read(0), &Change::Retire([old].into()));
                }
            }
        }
    }

    pub fn run(&mut self, op: Op) {
        self.time += 1;
        self.lapse();
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
            Op::Land(at) => {
                let at_large = self.at_large(|_, _| true);
                if !at_large.is_empty() {
                    self.land(at_large[at % at_large.len()]);
                }
            }
        }
    }
}

/// What the plan names to go.
pub fn removed_by(plan: &MergePlan) -> BTreeSet<KeyId> {
    let rows = plan.diff().rows.iter();
    rows.filter(|row| row.kind == DiffKind::Removed).filter_map(|row| row.key_id).collect()
}

impl World {
    pub fn new(policy: Policy, horizon: usize, initial: usize) -> Self {
        Self {
            policy,
            horizon,
            time: 0,
            rows: vec![],
            row_ids: 0,
            app: App::new(initial),
            machines: vec![],
            active: None,
            certificates: 0,
            looks: [None, None],
            remembered: vec![],
            clock: 0,
            rotations: BTreeMap::new(),
        }
    }

    pub fn has_ended(&self) -> bool {
        self.machines.iter().all(|machine| machine.ending.is_some())
    }
}

/// Lives through a history to the end of all its pushes.
pub fn live(history: &History) -> Result<World, TestCaseError> {
    let mut world = World::new(history.policy, history.horizon, history.initial);
    for op in &history.ops {
        world.run(*op);
    }
    let mut steps = 0;
    while !world.has_ended() {
        steps += 1;
        prop_assert!(
            steps < 2_000,
            "a push does not end: {:?}",
            world.machines.iter().find(|m| m.ending.is_none()).map(|m| &m.push)
        );
        world.time += 1;
        world.step(0, steps % 2 == 0, Fare::Well, false, true);
    }
    Ok(world)
}

pub fn check(history: &History) -> Result<(), TestCaseError> {
    live(history)?.judge()
}
