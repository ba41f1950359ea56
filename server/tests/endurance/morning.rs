//! People who look at what needs them over a large directory, which the portal has read: how long its pages take, as its own log
//! says.

use crate::database::Engine;
use crate::machine::{Contents, Machine};
use crate::registration::app;
use crate::support::Browser;
use crate::{of_hundred, parameter, told};
use domain::ids::TenantId;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use server::store::Store;
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// For the reading of the whole directory.
const READING: Duration = Duration::from_mins(30);

/// Apps that each person owns.
const OWN: u32 = 3;

/// From the environment.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// `MORNING_APPS`; they have half as many credentials again.
    apps: u32,
    /// `MORNING_PEOPLE`: the first administers everything, all others own apps.
    people: u32,
    /// `MORNING_SECONDS`
    lasts: Duration,
    /// `MORNING_THOUGHT_MS`: between two pages, from a half of it to one and a half.
    thought: Duration,
    /// `MORNING_P99_MS`: of each kind of page, 99 of 100 take less. Without it, which is so in the suite, no clock decides.
    p99: Option<u64>,
    /// `MORNING_MIB`: resident memory, at most.
    memory: u64,
}

impl Sizes {
    fn new() -> Self {
        Self {
            apps: parameter("MORNING_APPS", 300),
            people: parameter("MORNING_PEOPLE", 4),
            lasts: Duration::from_secs(parameter("MORNING_SECONDS", 3)),
            thought: Duration::from_millis(parameter("MORNING_THOUGHT_MS", 20)),
            p99: told("MORNING_P99_MS"),
            memory: parameter("MORNING_MIB", 200),
        }
    }

    /// Graph's own limits are off: a hundred thousand apps are read in an hour with them.
    fn config(self) -> String {
        format!(
            "[inventory]
            read = \"application\"
            [limits]
            requests_per_minute = 600000
            sign_ins_per_minute = 60000
            [connections]
            per_address = {}
            [desk.budget]
            units_per_10_seconds = 0
            writes_per_150_seconds = 0
            key_reads_per_minute = 0",
            self.people + 300
        )
    }
}

/// Kinds of pages and their addresses, of which one is taken by chance.
fn pages(apps: &[String]) -> Vec<(&'static str, Vec<String>)> {
    let grid = |view: &str, words: &[&str]| -> Vec<String> {
        words.iter().map(|words| format!("/inventory?view={view}&q={}", words.replace(' ', "+"))).collect()
    };
    let sorted = |view: &str, sorts: &[&str]| -> Vec<String> {
        sorts.iter().map(|sort| format!("/inventory?view={view}&sort={sort}")).collect()
    };
    vec![
        ("the first page", vec!["/".into()]),
        ("the grid of credentials, sorted", sorted("credentials", &["end", "end-desc", "name", "name-desc"])),
        ("the grid of objects, sorted", sorted("objects", &["name", "name-desc", "newest"])),
        (
            "the grid of credentials, filtered",
            grid(
                "credentials",
                &[
                    "load-0",
                    "kind:certificate",
                    "kind:secret",
                    "kind:federated",
                    "ends:<30d",
                    "ends:>90d",
                    "ends:past",
                    "holder:app",
                    "holder:sp",
                    "owner:none",
                    "kind:secret ends:<30d holder:app",
                    "needs:only-secrets",
                    "needs:expired-alone",
                ],
            ),
        ),
        (
            "the grid of objects, filtered",
            grid(
                "objects",
                &[
                    "load-01",
                    "kind:secret",
                    "ends:<30d",
                    "owner:none",
                    "holder:sp",
                    "needs:no-owner",
                    "needs:ends-within-30-days",
                    "needs:expired-alone",
                    "needs:named-repository",
                    "needs:leftovers",
                ],
            ),
        ),
        ("an app", apps.iter().map(|id| format!("/apps/{id}")).collect()),
    ]
}

/// What one person asked for: the portal's number of the request, and which kind of page it was.
type Asked = HashMap<String, &'static str>;

async fn person(mut browser: Browser, mut random: StdRng, sizes: Sizes, apps: Vec<String>) -> Asked {
    let (kinds, until) = (pages(&apps), Instant::now() + sizes.lasts);
    let mut asked = Asked::new();
    while Instant::now() < until {
        tokio::time::sleep(sizes.thought.mul_f64(random.random_range(0.5..1.5))).await;
        let (kind, addresses) = kinds.choose(&mut random).unwrap();
        let Some(address) = addresses.choose(&mut random) else { continue };
        let page = browser.get(address).await;
        assert!(page.status == 200 && page.body.contains("</html>"), "{address}: {}: {}", page.status, page.body);
        asked.insert(page.header("x-request-id").to_owned(), *kind);
    }
    asked
}

/// Waits until the whole directory was read. With the most memory that the portal had meanwhile, in MiB.
async fn until_read(machine: &mut Machine) -> u64 {
    let tenant: TenantId = machine.tenant.id.parse().unwrap();
    let store = Store::open(&machine.database.url).await.unwrap().of(tenant);
    let (begun, mut most) = (Instant::now(), 0);
    while store.inventory_state().await.unwrap().is_none_or(|state| state.complete_at.is_none()) {
        let ended = machine.portal.ended();
        assert!(ended.is_none(), "the portal ended by itself: {ended:?}\n{}", machine.log());
        assert!(begun.elapsed() < READING, "the directory is not read\n{}", machine.log());
        most = machine.portal.memory().max(most);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    eprintln!("read in {:.1?}, at most {most} MiB", begun.elapsed());
    most
}

/// Milliseconds that each request took the portal, by its number.
fn times(log: &str) -> HashMap<String, u64> {
    let answered = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    answered
        .filter_map(|line| Some((line["span"]["id"].as_str()?.to_owned(), line["fields"]["ms"].as_u64()?)))
        .collect()
}

async fn morning(engine: Engine) {
    let sizes = Sizes::new();
    eprintln!("morning on {engine:?}: {sizes:?}");
    let contents = Contents {
        people: sizes.people,
        apps: sizes.people * OWN,
        more_apps: sizes.apps,
        moves_clock: false,
        config: sizes.config(),
    };
    let mut machine = Machine::start(engine, &contents).await;
    let mut most = until_read(&mut machine).await;
    let mut at_work = JoinSet::new();
    for (number, browser) in (0..).zip(machine.all_signed_in(sizes.people).await) {
        let apps = (0..OWN).map(|turn| app(turn * sizes.people + number).to_string()).collect();
        at_work.spawn(person(browser, StdRng::seed_from_u64(number.into()), sizes, apps));
    }
    let (asked, meanwhile) = machine.while_at_work(at_work).await;
    most = most.max(meanwhile);
    let times = times(&machine.log());
    let mut by_kind: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (id, kind) in asked.iter().flatten() {
        by_kind.entry(*kind).or_default().push(times[id]);
    }
    assert_eq!(by_kind.len(), pages(&[]).len(), "a kind of page was never asked for: {:?}", by_kind.keys());
    let mut slow = vec![];
    for (kind, mut took) in by_kind {
        took.sort_unstable();
        let of_hundred = |share| of_hundred(&took, share);
        let (p50, p95, p99) = (of_hundred(50), of_hundred(95), of_hundred(99));
        eprintln!("{kind}: {} times, p50 {p50}, p95 {p95}, p99 {p99}, slowest {} ms", took.len(), of_hundred(100));
        if sizes.p99.is_some_and(|most| p99 >= most) {
            slow.push(kind);
        }
    }
    eprintln!("at most {most} MiB");
    assert!(slow.is_empty(), "over {:?} ms: {slow:?}", sizes.p99);
    assert!(most < sizes.memory, "{most} MiB");
}

#[tokio::test]
async fn a_morning_over_a_large_directory_on_sqlite() {
    morning(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_morning_over_a_large_directory_on_postgresql() {
    morning(Engine::Postgres).await;
}
