//! Random histories of requests, edits, approvals, foreign writes, crashes and clocks that jump: nothing is sent without a
//! living approval of what is sent and of what is there, and every end is told once, under one id.

#[path = "requests/reviews.rs"]
mod reviews;
mod support;
#[path = "requests/turns.rs"]
mod turns;

use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::key_credential::KeyCredentials;
use domain::merge_plan::{Change, MergePlan};
use domain::notices::RequestEvent;
use domain::push::{Ask, Ending, Journal, Policy, Push, WriteAnswer};
use domain::requests::{
    Approver, Asked, AskedSecret, Command, Need, NewRequest, NotStanding, PlanDigest, Request, RequestError,
    RequestState, RequestSubject, ReviewVerdict, Reviewer, SecretState, Seen, StandingApproval, StateDigest,
    Transition, VoidReason,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::entries::append;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const APP: ObjectId = ObjectId::new(Uuid::from_u128(0xa99));
const ASKER: u128 = 1;
const BEGINNING: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

fn person(n: u128) -> ObjectId {
    ObjectId::new(Uuid::from_u128(n))
}

/// The asker, two administrators, and somebody who may approve nothing.
fn reviewer(n: u128) -> Reviewer {
    Reviewer { id: person(n), name: format!("person {n}"), admin: matches!(n, 2 | 3) || n == ASKER, groups: vec![] }
}

fn need(approvals: u8) -> Vec<Need> {
    vec![Need { approvals, ..Need::usual() }]
}

fn key(n: u128) -> Value {
    json!({"keyId": Uuid::from_u128(n), "displayName": format!("CN={n}"), "usage": "Verify", "type": "AsymmetricX509Cert"})
}

fn keys(ids: &[u128]) -> KeyCredentials {
    KeyCredentials::from_json(&json!(ids.iter().map(|n| key(*n)).collect::<Vec<_>>())).expect("entries")
}

fn seen(plan: &MergePlan, state: &KeyCredentials) -> Seen {
    Seen { plan: PlanDigest::of([(APP, Some(plan))]), state: StateDigest::of([(APP, state)]) }
}

/// Bytes that say what happens next; when they are over, nothing does.
struct Tape<'a>(std::slice::Iter<'a, u8>);

impl Tape<'_> {
    fn next(&mut self, of: u8) -> u8 {
        self.0.next().map_or(0, |byte| byte % of)
    }
}

struct World {
    at: OffsetDateTime,
    state: KeyCredentials,
    /// `keyId` of each of the app's secrets.
    secrets: Vec<u128>,
    next_key: u128,
    plans: BTreeMap<Uuid, MergePlan>,
    request: Option<Request>,
    /// Of the request: its kind for each id.
    notices: Vec<(Uuid, RequestEvent)>,
    writes: u32,
    /// Of secrets.
    removals: u32,
    ends: u32,
    /// What the rule's terms are held against comes and goes.
    terms_met: bool,
    /// Since when what is asked for now has waited, and whether somebody of the team was asked, too.
    since: OffsetDateTime,
    escalated: bool,
    by_rule: u32,
    /// Approved once, and by the rules of later not.
    reopened: u32,
    by_fallback: u32,
    /// As an administrator keeps the rule now.
    approvals: u8,
    /// Of what waited, opened again by a rule that asks for more.
    tightened: u32,
}

/// Of a team: may approve nothing, unless the rule falls back to them.
const MEMBER: u128 = 4;
const FALLBACK: Duration = Duration::hours(30);

impl World {
    fn new() -> Self {
        Self {
            at: BEGINNING,
            state: keys(&[1, 2, 3]),
            secrets: vec![51, 52],
            next_key: 100,
            plans: BTreeMap::new(),
            request: None,
            notices: vec![],
            writes: 0,
            removals: 0,
            ends: 0,
            terms_met: false,
            since: BEGINNING,
            escalated: false,
            by_rule: 0,
            reopened: 0,
            by_fallback: 0,
            approvals: 1,
            tightened: 0,
        }
    }

    /// What the rules ask for at this moment.
    fn needs(&self) -> Vec<Need> {
        let need = Need { approvals: self.approvals, ..Need::usual() };
        vec![Need {
            rule: Some("finance".into()),
            fallback: vec![Approver::Person(person(MEMBER))],
            fallback_after_hours: Some(30),
            automatic: self.terms_met,
            ..need
        }]
    }

    fn escalate(&mut self) {
        if self.try_to(Command::Escalate).is_none() && self.request.is_some() {
            assert!(!self.escalated && self.at - self.since >= FALLBACK, "once, and not before its time");
            self.escalated = true;
        }
    }

    /// As the server does it after somebody has asked or edited.
    fn judge_terms(&mut self) {
        let needs = self.needs();
        if self.try_to(Command::ApproveByRule { needs }).is_none() && self.request.is_some() {
            assert!(self.terms_met, "approved by a rule whose terms are not met");
            assert_eq!(self.request.as_ref().map(Request::state), Some(RequestState::Approved));
            self.by_rule += 1;
        }
    }

    /// An administrator keeps the rule otherwise, and what waits is held against it at once: where it asks for more than is there,
    /// it is open again, and waits for whom it asks now.
    fn change_rule(&mut self, tape: &mut Tape<'_>) {
        self.approvals = 1 + tape.next(2);
        let Some(before) = self.request.clone() else { return };
        let (needs, told) = (self.needs(), self.notices.len());
        let error = self.try_to(Command::Reconsider { needs: needs.clone() });
        let after = self.request.as_ref().expect("it is there");
        let living = before
            .reviews()
            .iter()
            .filter(|review| review.verdict == ReviewVerdict::Approve && review.seen == before.subject().seen);
        let is_enough = self.terms_met || living.count() >= usize::from(self.approvals);
        assert_eq!(after.reviews(), before.reviews(), "what was said stays said");
        if error.is_some() {
            assert_eq!((after.state(), self.notices.len()), (before.state(), told));
            let waits = before.state().waits() && self.at < before.expires_at();
            assert!(
                !waits || is_enough || before.needs() == needs,
                "{error:?}: it asks for more, and is not asked again"
            );
            return;
        }
        assert!(!is_enough && after.state() == RequestState::Open && after.needs() == needs);
        assert_eq!(self.notices.len(), told + 1, "whoever is asked now is told");
        assert_eq!(self.notices.last().map(|(_, event)| *event), Some(RequestEvent::Waits));
        if before.state() == RequestState::Approved {
            self.tightened += 1;
            let seen = &before.subject().seen;
            let standing = after.standing(&needs, &seen.plan, &seen.state, self.at);
            assert!(standing.is_err(), "nothing is sent with what was enough before");
        }
    }

    fn keep(&mut self, step: Transition) {
        self.notices.extend(step.notice.map(|notice| (notice.id, notice.event)));
        self.request = Some(step.request);
    }

    fn try_to(&mut self, command: Command) -> Option<RequestError> {
        let request = self.request.clone()?;
        match request.apply(command, self.at) {
            Ok(step) => {
                assert!(!request.state().is_over(), "what is over stays so");
                self.keep(step);
                None
            }
            Err(error) => Some(error),
        }
    }

    /// Of the first secret.
    fn removal(&self) -> Option<RequestSubject> {
        let key = *self.secrets.first()?;
        let secret = AskedSecret {
            app: APP,
            app_id: AppId::new(APP.uuid()),
            app_name: "payroll".into(),
            key: KeyId::new(Uuid::from_u128(key)),
            name: None,
            hint: None,
            start: None,
            end: None,
        };
        let seen = self.seen_removal(secret.key);
        Some(RequestSubject { asked: Asked::SecretRemoval(secret), seen })
    }

    fn seen_removal(&self, key: KeyId) -> Seen {
        let secrets = self
            .secrets
            .iter()
            .map(|n| SecretState { key_id: Some(KeyId::new(Uuid::from_u128(*n))), ..SecretState::default() });
        Seen {
            plan: PlanDigest::of_removal(TenantId::new(Uuid::from_u128(1)), APP, key),
            state: StateDigest::with_secrets(APP, &self.state, secrets),
        }
    }

    fn subject(&mut self, tape: &mut Tape<'_>) -> Option<RequestSubject> {
        if tape.next(3) == 0 { self.removal() } else { self.preview(tape) }
    }

    fn preview(&mut self, tape: &mut Tape<'_>) -> Option<RequestSubject> {
        let first = self.state.iter().find_map(domain::key_credential::KeyCredential::key_id);
        let change = match (tape.next(2), first) {
            (0, Some(first)) => Change::Retire([first].into()),
            _ => append(),
        };
        let plan = MergePlan::new(&self.state, &change, None).ok()?;
        let preview = Uuid::from_u128(self.plans.len() as u128 + 1);
        let seen = seen(&plan, &self.state);
        self.plans.insert(preview, plan);
        Some(RequestSubject::preview(preview, seen))
    }

    fn foreign_write(&mut self, tape: &mut Tape<'_>) {
        match tape.next(4) {
            0 if !self.secrets.is_empty() => {
                self.secrets.pop();
                return;
            }
            1 => {
                self.next_key += 1;
                self.secrets.push(self.next_key);
                return;
            }
            _ => {}
        }
        let mut ids: Vec<Value> = self.state.iter().map(|entry| Value::Object(entry.raw().clone())).collect();
        if tape.next(2) == 0 && !ids.is_empty() {
            ids.remove(0);
        } else {
            self.next_key += 1;
            ids.push(key(self.next_key));
        }
        self.state = KeyCredentials::from_json(&Value::Array(ids)).expect("entries");
    }

    /// What would be sent now, and what is there.
    fn seen_now(&self, asked: &Asked) -> Seen {
        match asked {
            Asked::Preview(id) => seen(&self.plans[id].clone().as_approved(), &self.state),
            Asked::SecretRemoval(secret) => self.seen_removal(secret.key),
        }
    }

    /// As the server does it: reads, checks both digests, begins, and pushes or removes.
    fn execute(&mut self, tape: &mut Tape<'_>) {
        let Some(request) = self.request.clone() else { return };
        let asked = request.subject().asked.clone();
        let now = self.seen_now(&asked);
        let needs = self.needs();
        let standing = match request.standing(&needs, &now.plan, &now.state, self.at) {
            Ok(standing) => standing,
            Err(why) if why.is_void() => {
                self.try_to(Command::Void { why: VoidReason::AppChanged });
                assert_eq!(self.request.as_ref().map(Request::state), Some(RequestState::Void));
                return;
            }
            Err(why) => {
                let was = request.state();
                let reopened = self.try_to(Command::Reconsider { needs }).is_none();
                let state = self.request.as_ref().map(Request::state);
                assert_eq!(state, Some(if reopened { RequestState::Open } else { was }));
                assert!(reopened || !matches!(why, NotStanding::Unmet { .. }), "it waits for whom the rules ask now");
                self.reopened += u32::from(reopened && was == RequestState::Approved);
                return;
            }
        };
        // Independently of what made it.
        let living = request.reviews().iter().filter(|review| {
            review.verdict == ReviewVerdict::Approve
                && review.by.id != request.asker()
                && (review.by.admin || (self.escalated && review.by.id == person(MEMBER)))
                && review.seen == now
        });
        // An automatic approval is one only while its terms are met.
        assert!(self.terms_met || living.count() >= usize::from(needs[0].approvals), "{request:?}");
        assert!(request.state() == RequestState::Approved && self.at < request.expires_at());
        match asked {
            Asked::Preview(id) => {
                let plan = self.plans[&id].clone().as_approved();
                self.begin(standing, Some(Uuid::from_u128(9)));
                let approved = self.state.clone();
                let ending = self.push(plan, &approved, tape);
                let well = matches!(ending, Ending::Verified | Ending::AlreadyThere);
                assert_eq!(self.try_to(Command::End { well }), None);
            }
            Asked::SecretRemoval(secret) => self.remove(&standing, &secret, tape),
        }
    }

    fn begin(&mut self, standing: StandingApproval, receipt: Option<Uuid>) {
        let begin = Command::Begin { standing, receipt };
        if let Some(error) = self.try_to(begin.clone()) {
            panic!("{error}");
        }
        assert!(self.try_to(begin).is_some(), "it is carried out once");
    }

    /// Under the app's lock it is read once more; what that read shows has to be what was approved.
    fn remove(&mut self, standing: &StandingApproval, secret: &AskedSecret, tape: &mut Tape<'_>) {
        if tape.next(4) == 1 {
            self.foreign_write(tape);
        }
        if self.seen_removal(secret.key).state != *standing.state() {
            assert_eq!(self.try_to(Command::Void { why: VoidReason::AppChanged }), None);
            return;
        }
        self.begin(standing.clone(), None);
        self.removals += 1;
        let key = secret.key.uuid().as_u128();
        assert_eq!(self.request.as_ref().map(|request| &request.subject().seen), Some(&self.seen_removal(secret.key)));
        assert!(self.secrets.contains(&key), "what is not there is not sent for");
        // Graph refuses it, or does it; a process that ends here leaves the rest to whoever looks next.
        let well = tape.next(4) != 1;
        if well {
            self.secrets.retain(|one| *one != key);
        }
        assert_eq!(self.try_to(Command::End { well }), None);
    }

    fn push(&mut self, plan: MergePlan, approved: &KeyCredentials, tape: &mut Tape<'_>) -> Ending {
        let policy = Policy::default();
        let (mut journal, mut last_read): (Option<Journal>, Option<KeyCredentials>) = (None, None);
        let mut push = Push::new(plan.clone(), policy);
        let mut tried = 0;
        loop {
            tried += 1;
            assert!(tried < 1_000, "it does not end");
            // Also after a crash: what was not carried out by now will not be.
            let awaited: Vec<_> = push.awaits().collect();
            for id in awaited {
                push.lapse(id);
            }
            if tried > 40 {
                push.out_of_patience();
            }
            match push.next() {
                Ask::Done(ending) => return ending,
                Ask::Read => {
                    if tape.next(6) == 1 {
                        self.foreign_write(tape);
                    }
                    push.read(&self.state, None);
                    last_read = Some(self.state.clone());
                    journal = push.read_journal().or(journal);
                    if tape.next(8) == 1 {
                        push = Push::resume(plan.clone(), policy, journal.clone());
                    }
                }
                Ask::Write(body) => {
                    self.judge(&plan, &body, approved, last_read.as_ref().expect("a write follows a read"));
                    journal = push.write_journal().or(journal);
                    let (arrives, answer) = match tape.next(8) {
                        1 => (false, WriteAnswer::TurnedAway),
                        2 => (true, WriteAnswer::Unanswered),
                        3 => (false, WriteAnswer::Unanswered),
                        4 => (false, WriteAnswer::Refused),
                        _ => (true, WriteAnswer::Accepted),
                    };
                    if arrives {
                        self.state = KeyCredentials::from_json(&body["keyCredentials"]).expect("entries");
                    }
                    if tape.next(8) == 1 {
                        push = Push::resume(plan.clone(), policy, journal.clone());
                    } else {
                        push.wrote(answer);
                    }
                }
            }
        }
    }

    /// What was approved, onto what was approved; or else no more than bringing back what is gone.
    fn judge(&mut self, plan: &MergePlan, body: &Value, approved: &KeyCredentials, last_read: &KeyCredentials) {
        self.writes += 1;
        if *body == plan.body() {
            assert_eq!(StateDigest::of([(APP, last_read)]), StateDigest::of([(APP, approved)]), "onto another state");
            return;
        }
        let sent = KeyCredentials::from_json(&body["keyCredentials"]).expect("entries");
        let has = |state: &KeyCredentials, key: KeyId| state.find(key).is_some();
        for entry in last_read {
            assert!(entry.key_id().is_some_and(|key| has(&sent, key)), "it takes something away: {body}");
        }
        let added = plan.key_ids();
        assert!(
            added.iter().all(|(key, _)| has(last_read, *key) || !has(&sent, *key)),
            "it adds what was approved for another state: {body}"
        );
    }

    fn go(&mut self, tape: &mut Tape<'_>) {
        match tape.next(13) {
            0 | 1 => self.ask_or_edit(tape),
            2..=5 => {
                let Some(request) = self.request.clone() else { return };
                let by = reviewer(1 + u128::from(tape.next(4)));
                let verdict = if tape.next(6) == 1 { ReviewVerdict::Reject } else { ReviewVerdict::Approve };
                let older = self.plans.values().next().map(|plan| seen(plan, plan.before()));
                let seen = if tape.next(5) == 1 { older } else { None };
                let seen = seen.unwrap_or_else(|| request.subject().seen.clone());
                let approves_own = verdict == ReviewVerdict::Approve && by.id == request.asker();
                let of_the_team = by.id == person(MEMBER);
                let needs = self.needs();
                let error = self.try_to(Command::Review { by, verdict, seen, needs });
                assert!(!approves_own || error.is_some(), "nobody approves their own");
                assert!(!of_the_team || self.escalated || error.is_some(), "a member approves nothing by being one");
                self.by_fallback += u32::from(of_the_team && error.is_none());
            }
            6 => self.foreign_write(tape),
            7..=9 => self.execute(tape),
            10 => {
                let days = i64::from(tape.next(8)) - 2;
                self.at += Duration::days(days);
                self.try_to(Command::Expire);
                self.escalate();
                if tape.next(4) == 1 {
                    self.terms_met = !self.terms_met;
                }
            }
            11 => self.change_rule(tape),
            _ if tape.next(4) == 1 => {
                let by = person(1 + u128::from(tape.next(2)));
                let theirs = by == person(ASKER);
                let error = self.try_to(Command::Withdraw { by });
                assert!(theirs || error.is_some() || self.request.is_none());
            }
            _ => {}
        }
    }

    fn ask_or_edit(&mut self, tape: &mut Tape<'_>) {
        let Some(subject) = self.subject(tape) else { return };
        let over = self.request.as_ref().is_none_or(|request| request.state().is_over());
        if !over {
            let revision = self.request.as_ref().map(Request::revision);
            let is_preview = subject.asked.preview().is_some();
            let was_preview = self.request.as_ref().is_some_and(|request| request.subject().asked.preview().is_some());
            let error = self.try_to(Command::Edit { by: person(ASKER), subject, needs: self.needs() });
            let request = self.request.as_ref().expect("it is there");
            assert!(error.is_some() || (is_preview && was_preview), "only a preview gives way, and to another");
            if error.is_none() {
                (self.since, self.escalated) = (self.at, false);
                assert!(request.reviews().is_empty() && request.state() == RequestState::Open);
                assert_eq!(revision.map(|revision| revision + 1), Some(request.revision()));
                self.judge_terms();
            }
            return;
        }
        self.judge_notices();
        self.notices.clear();
        let id = Uuid::from_u128(1_000 + u128::from(self.ends));
        let asked = NewRequest {
            id,
            asker: person(ASKER),
            subject,
            needs: self.needs(),
            reason: "because".parse().expect("words"),
            wanted_on: None,
            expires_at: self.at + Duration::days(4),
        };
        self.keep(Request::ask(asked, self.at));
        (self.since, self.escalated) = (self.at, false);
        self.judge_terms();
    }

    fn judge_notices(&mut self) {
        let Some(request) = &self.request else { return };
        let before = [RequestEvent::Waits, RequestEvent::Escalated, RequestEvent::NeedsExecutor];
        let ends: Vec<_> = self.notices.iter().filter(|(_, event)| !before.contains(event)).collect();
        assert_eq!(ends.len(), usize::from(request.state().is_over()), "{:?} of {request:?}", self.notices);
        let mut events: BTreeMap<Uuid, RequestEvent> = BTreeMap::new();
        for (id, event) in &self.notices {
            assert_eq!(*events.entry(*id).or_insert(*event), *event, "one id, one notice");
        }
        self.ends += u32::from(request.state().is_over());
    }
}

#[test]
fn nothing_is_sent_without_a_living_approval_and_every_end_is_told_once() {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = wanted.unwrap_or(1_000);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = if wanted.is_some() { TestRunner::new(config) } else { TestRunner::new_with_rng(config, rng) };
    let (writes, ends) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let removals = std::cell::Cell::new(0);
    let (by_rule, by_fallback) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let (reopened, tightened) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let tapes = proptest::collection::vec(any::<u8>(), 20..400);
    let outcome = runner.run(&tapes, |bytes| {
        let (mut world, mut tape) = (World::new(), Tape(bytes.iter()));
        while !tape.0.as_slice().is_empty() {
            world.go(&mut tape);
        }
        world.judge_notices();
        writes.set(writes.get() + world.writes);
        removals.set(removals.get() + world.removals);
        ends.set(ends.get() + world.ends);
        by_rule.set(by_rule.get() + world.by_rule);
        reopened.set(reopened.get() + world.reopened);
        tightened.set(tightened.get() + world.tightened);
        by_fallback.set(by_fallback.get() + world.by_fallback);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    // The histories were worth it.
    if cases >= 1_000 {
        assert!(removals.get() > 100, "{} removals of secrets", removals.get());
        assert!(writes.get() > 300 && ends.get() > cases, "{} writes, {} ends", writes.get(), ends.get());
        assert!(
            by_rule.get() > 100 && by_fallback.get() > 50 && reopened.get() > 20 && tightened.get() > 100,
            "{} by rule, {} by fallback, {} reopened when carried out, {} by a change of the rule",
            by_rule.get(),
            by_fallback.get(),
            reopened.get(),
            tightened.get()
        );
    }
}

#[test]
fn a_day_is_over_when_it_is_over_everywhere() {
    for (now, first) in [
        (datetime!(2026-11-30 00:00 UTC), date!(2026 - 11 - 29)),
        (datetime!(2026-11-30 11:59:59 UTC), date!(2026 - 11 - 29)),
        (datetime!(2026-11-30 12:00 UTC), date!(2026 - 11 - 30)),
    ] {
        assert_eq!(domain::requests::first_day(now), first, "{now}");
    }
}
