//! A bad day: everything that can go wrong, one after the other, each in the middle of a push, and nobody starts the portal
//! anew but what keeps processes running.

use crate::database::Engine;
use crate::entries::Entries;
use crate::journal::Journal;
use crate::machine::{Contents, LONG, Machine};
use crate::parameter;
use crate::pushing::push_to_found;
use crate::support::Browser;
use crate::trouble::Trouble;
use app::contract::pushes::{Receipt, ReceiptApp};
use domain::rollout::{AppStage, Outcome};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// From the environment: `BAD_DAY_APPS` of each push, `BAD_DAY_SECONDS` that each trouble lasts, and the `BAD_DAY_SEED` of
/// the order of troubles and of their moments.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    apps: u32,
    lasts: Duration,
    seed: u64,
}

impl Sizes {
    fn new() -> Self {
        Self {
            apps: parameter("BAD_DAY_APPS", 20),
            lasts: Duration::from_secs(parameter("BAD_DAY_SECONDS", 2)),
            seed: parameter("BAD_DAY_SEED", 14),
        }
    }

    /// A push takes some seconds, so that trouble finds it at work, and waits for late writes longer than the tenant can be
    /// frozen.
    fn config(self) -> String {
        let timeout = (self.lasts / 2).max(Duration::from_secs(1));
        let late = timeout + self.lasts + Duration::from_secs(6);
        format!(
            r"
            [limits]
            requests_per_minute = 100000
            sign_ins_per_minute = 100000
            uploads_per_minute = 100000
            [desk]
            read_pause = 0.1
            parallel_apps = {parallel}
            request_timeout = {timeout}
            late_write_bound = {late}
            [desk.budget]
            units_per_10_seconds = 0
            writes_per_150_seconds = 0
            key_reads_per_minute = 0
            [jobs]
            heartbeat = 1
            small = 0
            ",
            parallel = (self.apps / 6).max(3),
            timeout = timeout.as_secs_f64(),
            late = late.as_secs_f64(),
        )
    }
}

async fn bad_day(engine: Engine) {
    let sizes = Sizes::new();
    eprintln!("a bad day on {engine:?}: {sizes:?}");
    let mut random = StdRng::seed_from_u64(sizes.seed);
    let contents = Contents { people: 1, apps: sizes.apps, more_apps: 0, moves_clock: true, config: sizes.config() };
    let mut machine = Machine::start(engine, &contents).await;
    // Or it would be over before anything can go wrong.
    machine.tenant.fail(json!({"method": "PATCH", "fault": {"kind": "slow", "milliseconds": 30}})).await;
    let journal = Journal::open(&machine.database).await;
    let mut troubles = Trouble::all(engine);
    if !machine.database.can_be_full() {
        eprintln!(
            "NOT TRIED: a full disk. To mount one wants root, or sudo without a password, and a machine that lets them."
        );
        troubles.retain(|trouble| *trouble != Trouble::DiskFull);
    }
    troubles.shuffle(&mut random);
    for trouble in troubles {
        push_in(trouble, &mut machine, &journal, &mut random, sizes).await;
    }
    machine.serves().await;
}

/// One push to all apps, in the middle of which this happens.
async fn push_in(trouble: Trouble, machine: &mut Machine, journal: &Journal, random: &mut StdRng, sizes: Sizes) {
    let before = machine.entries().await;
    trouble.prepares(machine, true).await;
    let mut browser = machine.signed_in(0).await;
    let begun = Instant::now();
    let path = push_to_found(&mut browser, "load-", &[("halt_at", "100")]).await;
    let receipt: Uuid = path.split('/').nth(2).unwrap().parse().unwrap();
    let at = random.random_range(1..=sizes.apps);
    while journal.steps(receipt).await < at {
        assert!(begun.elapsed() < LONG, "{trouble:?}: the push does not begin\n{}", machine.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (state, why) = journal.state(receipt).await;
    assert_eq!(state, "running", "{trouble:?}: it was over before anything went wrong: {why:?}");
    trouble.befalls(machine, random, sizes.lasts).await;
    let over = Instant::now();
    let signed_in_again = until_over(trouble, machine, journal, receipt).await;
    trouble.prepares(machine, false).await;
    machine.serves().await;
    let mut browser = machine.signed_in(0).await;
    let apps = whole_receipt(&mut browser, receipt).await;
    let named = judge(trouble, &apps, &before, &machine.entries().await, sizes.apps);
    assert_eq!(journal.audited(receipt).await, sizes.apps, "{trouble:?}: one row of the audit log for each app");
    let verified = sizes.apps - named.values().sum::<u32>();
    let mut line = format!("{trouble:?} at step {at}: {verified} of {} verified", sizes.apps);
    for (code, apps) in &named {
        let _ = write!(line, ", {apps} {code}");
    }
    eprintln!(
        "{line}; signed in again {signed_in_again} times; over after {:.1?}, of these {:.1?} afterwards",
        begun.elapsed(),
        over.elapsed()
    );
    assert!(named.is_empty() || trouble.may_be_the_cause(), "{line}\n{}", machine.log());
}

/// Waits until nothing more will happen. Who pushes signs in again where the receipt asks for it, and says how often.
async fn until_over(trouble: Trouble, machine: &mut Machine, journal: &Journal, receipt: Uuid) -> u32 {
    let (begun, mut again) = (Instant::now(), 0);
    loop {
        match journal.state(receipt).await {
            (state, _) if state == "finished" => return again,
            (state, _) if state == "running" => {}
            (state, why) => {
                assert!(why.is_some(), "{trouble:?}: it is {state}, and does not say why");
                again += 1;
                assert!(again < 5, "{trouble:?}: it stays {state}: {why:?}");
                machine.serves().await;
                let mut browser = machine.signed_in(0).await.stay();
                let steer = [("receipt", &*receipt.to_string()), ("steer", "resume")];
                browser.submit("/api/steer", &steer).await;
            }
        }
        let ended = machine.portal.ended();
        assert!(ended.is_none(), "{trouble:?}: the portal ended by itself: {ended:?}\n{}", machine.log());
        assert!(begun.elapsed() < LONG, "{trouble:?}: the push does not end\n{}", machine.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// As a person downloads it.
async fn whole_receipt(browser: &mut Browser, receipt: Uuid) -> Vec<ReceiptApp> {
    let file = browser.get(&format!("/receipts/{receipt}/receipt.json")).await;
    assert_eq!(file.status, 200, "{}", file.body);
    let mut file: serde_json::Value = serde_json::from_str(&file.body).unwrap();
    let receipt: Receipt = serde_json::from_value(file["receipt"].take()).unwrap();
    receipt.apps.items
}

/// Each app has all that it had, and what was pushed once where the receipt says so. Answers the causes that are named for the
/// others, with how many apps each has.
fn judge(trouble: Trouble, apps: &[ReceiptApp], before: &Entries, after: &Entries, all: u32) -> BTreeMap<String, u32> {
    assert_eq!(apps.len(), all as usize, "{trouble:?}");
    let mut named = BTreeMap::new();
    for app in apps {
        let (old, new) = (&before[&app.object_id], &after[&app.object_id]);
        for entry in old {
            assert!(new.contains(entry), "{trouble:?}: {} lost {entry:#}\n{app:#?}", app.display_name);
        }
        let more = new.len() - old.len();
        match (app.stage, &app.problem) {
            (AppStage::Ended(Outcome::Verified), _) => assert_eq!(more, 1, "{trouble:?}: {app:#?}\n{new:#?}"),
            (AppStage::Ended(outcome), Some(problem)) => {
                assert!(more <= 1, "{trouble:?}: it is there twice: {app:#?}\n{new:#?}");
                *named.entry(format!("{}: {}", outcome.as_str(), problem.code)).or_default() += 1;
            }
            (_, None) => panic!("{trouble:?}: it is not verified, and nothing says why: {app:#?}"),
            (stage, Some(_)) => panic!("{trouble:?}: the push is over, and it is {stage:?}: {app:#?}"),
        }
    }
    named
}

#[tokio::test]
async fn a_bad_day_on_sqlite() {
    bad_day(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_bad_day_on_postgresql() {
    bad_day(Engine::Postgres).await;
}
