//! The portal's process is killed in the middle of a push, again and again; alone on SQLite, and one of two on PostgreSQL.

use crate::databases::Database;
use crate::entries::{Entries, entries};
use crate::portal_process::{self, PortalFiles, make_keys, until_ready};
use crate::ports::Reserved;
use crate::pushing::push_to_found;
use crate::site::{MARA, PRIYA};
use crate::support::Browser;
use local_tenant::{PortalRegistration, RunningTenant, Seed, TenantOptions};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

/// Pushes that are killed in the middle, and not waited for.
const FAST: &str = "
    [desk]
    read_pause = 0.005
    parallel_apps = 8
    request_timeout = 10
    late_write_bound = 15
    [desk.budget]
    units_per_10_seconds = 0
    writes_per_150_seconds = 0
    key_reads_per_minute = 0
    [jobs]
    heartbeat = 1
";

struct Machine {
    tenant: RunningTenant,
    folder: tempfile::TempDir,
    database: Database,
    /// One for each process.
    urls: Vec<String>,
    _ports: Vec<Reserved>,
    http: reqwest::Client,
}

/// A process of the portal; killed when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: nothing in it runs any more.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Machine {
    async fn new(apps: u32, database: Database, processes: usize) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let seed = Seed::Applications(apps);
        let tenant = local_tenant::start(TenantOptions { seed, ..TenantOptions::default() }).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ports: Vec<_> = (0..processes).map(|_| Reserved::new()).collect();
        let urls: Vec<String> = ports.iter().map(|port| format!("http://{}", port.address)).collect();
        // Who signs in does so at the first.
        let url = &urls[0];
        let registered = tenant.register_portal(PortalRegistration {
            display_name: "Thumbprint".into(),
            redirect_uri: format!("{url}/sign-in/callback"),
            logout_uri: format!("{url}/signed-out"),
            certificate_der: make_keys(folder.path()),
        });
        for (process, port) in ports.iter().enumerate() {
            let files = PortalFiles {
                folder: folder.path(),
                url,
                listen: port.address,
                database: &database.url,
                tenant_id: &tenant.tenant_id().to_string(),
                client_id: &registered.app_id.to_string(),
                tenant: tenant.base_url(),
                more: FAST,
            };
            files.write(&format!("thumbprint-{process}.toml"));
        }
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { tenant, folder, database, urls, _ports: ports, http }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a process; it need not serve yet.
    fn start(&self, process: usize) -> Process {
        let config = self.path(&format!("thumbprint-{process}.toml"));
        Process(portal_process::serve(&config, &self.path("log")).spawn().unwrap())
    }

    async fn serves(&self, number: usize, process: &mut Process) {
        let ended = || process.0.try_wait().unwrap();
        let log = || std::fs::read_to_string(self.path("log")).unwrap();
        until_ready(&self.http, &self.urls[number], Duration::from_mins(1), ended, log).await;
    }

    async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = Browser::new(&self.urls[0]);
        let people = self.tenant.people();
        let person = people.iter().find(|person| person.user_principal_name == name).unwrap();
        portal_process::sign_in(&mut browser, person.id).await;
        browser
    }

    async fn entries(&self) -> Entries {
        let token = self.tenant.graph_token(PRIYA).unwrap();
        entries(&self.http, self.tenant.base_url(), &token).await
    }
}

/// How many apps are at each stage of the journal.
struct Journal(AnyPool);

impl Journal {
    async fn open(machine: &Machine) -> Self {
        sqlx::any::install_default_drivers();
        let url = &machine.database.url;
        let url = if url.contains("://") { url.clone() } else { format!("sqlite://{url}?mode=ro") };
        Self(AnyPoolOptions::new().max_connections(2).connect(&url).await.unwrap())
    }

    async fn count(&self, stage: &str) -> u32 {
        let sql = "SELECT count(*) FROM receipt_apps WHERE stage = $1";
        let count: i64 = sqlx::query_scalar(sql).bind(stage).fetch_one(&self.0).await.unwrap();
        u32::try_from(count).unwrap()
    }

    async fn state(&self) -> String {
        sqlx::query_scalar("SELECT state || coalesce(why, '') FROM receipts").fetch_one(&self.0).await.unwrap()
    }

    /// Steps that the journal has taken: each app takes two.
    async fn steps(&self) -> u32 {
        self.count("writing").await + 2 * self.count("done").await
    }
}

/// `apps` apps, and a SIGKILL at `kills` random points of the journal, of one of so many processes.
async fn killed(database: Database, processes: usize, apps: u32, kills: u32, seed: u64) {
    let machine = Machine::new(apps, database, processes).await;
    let mut random = StdRng::seed_from_u64(seed);
    let mut running: Vec<Process> = (0..processes).map(|process| machine.start(process)).collect();
    for (number, process) in running.iter_mut().enumerate() {
        machine.serves(number, process).await;
    }
    let mut browser = machine.signed_in(MARA).await;
    let before = machine.entries().await;
    let receipt = push_to_found(&mut browser, "load-", &[("halt_at", "100")]).await;
    let journal = Journal::open(&machine).await;

    let mut at_writing = 0;
    for kill in 0..kills {
        // What is left is shared among the kills that are left, so that each of them finds the push at work.
        let taken = journal.steps().await;
        let left = 2 * apps - taken;
        let target = taken + random.random_range(0..=(left / (kills - kill + 1)).max(1));
        let reached = async {
            while journal.steps().await < target {
                let state = journal.state().await;
                assert_eq!(state, "running", "{}", std::fs::read_to_string(machine.path("log")).unwrap());
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(2), reached)
            .await
            .unwrap_or_else(|_| panic!("kill {kill}: no progress"));
        tokio::time::sleep(Duration::from_micros(random.random_range(0..20_000))).await;
        // By turns: of any two kills one at least hits the process that has the push.
        let killed = kill as usize % processes;
        drop(running.remove(killed));
        at_writing += u32::from(journal.count("writing").await > 0);
        running.insert(killed, machine.start(killed));
    }
    let finished = async {
        while journal.state().await == "running" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(5), finished).await.unwrap();
    assert_eq!(journal.state().await, "finished", "{}", std::fs::read_to_string(machine.path("log")).unwrap());
    let bad: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT coalesce(outcome, stage), result FROM receipt_apps WHERE outcome IS NULL OR outcome <> 'verified'",
    )
    .fetch_all(&journal.0)
    .await
    .unwrap();
    assert!(bad.is_empty(), "{} of them: {:#?}", bad.len(), bad.first());
    let after = machine.entries().await;
    for (app, old) in &before {
        let new = &after[app];
        assert_eq!(new.len(), old.len() + usize::from(old.len() == 1 && new.len() == 2), "{app}: {new:#?}");
        for entry in old {
            assert!(new.contains(entry), "{app} lost {entry:#}");
        }
    }
    assert_eq!(after.values().filter(|keys| keys.len() == 2).count(), apps as usize, "each app has it once");
    let audited: i64 = sqlx::query_scalar("SELECT count(*) FROM audit WHERE action = 'push-append'")
        .fetch_one(&journal.0)
        .await
        .unwrap();
    assert_eq!(audited, i64::from(apps), "one audit row per app");
    // A test in which no kill hit a write would say little.
    assert!(at_writing * 3 >= kills, "only {at_writing} of {kills} kills hit a write");
    let writes = machine.tenant.requests().iter().filter(|request| request.method == "PATCH").count();
    eprintln!("{receipt}: {kills} kills, {at_writing} of them during a write; {writes} PATCHes for {apps} apps");
    for (number, process) in running.iter_mut().enumerate() {
        machine.serves(number, process).await;
    }
}

#[tokio::test]
async fn a_hundred_apps_and_five_kills() {
    killed(Database::sqlite(), 1, 100, 5, 0x7468_756d).await;
}

#[tokio::test]
async fn two_replicas_and_six_kills() {
    killed(Database::postgres().await, 2, 100, 6, 0x6d62_7072).await;
}

/// Takes minutes.
#[tokio::test]
#[ignore = "takes minutes; run by hand or by make bench"]
async fn a_thousand_apps_and_fifty_kills() {
    killed(Database::sqlite(), 1, 1_000, 50, 0x7072_696e).await;
}
