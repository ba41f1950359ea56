//! How long a full pass over a directory takes, beside a bare loop that sends the same requests one after another and throws the
//! answers away; and then delta after 100 changes. On SQLite and on PostgreSQL, against a local tenant in a process of its own:
//! `cargo bench -p thumbprint --bench sync`. Prints a table; fails only where a result is wrong. PostgreSQL is that of the tests.
//!
//! | variable | |
//! |---|---|
//! | `SYNC_BENCH_APPS` | applications, each with a service principal (100000) |
//! | `SYNC_BENCH_LATENCY` | milliseconds by which the tenant answers later (0) |

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "figures are what a bench is for")]

#[path = "../tests/support/databases.rs"]
mod databases;
#[path = "../tests/support/entries.rs"]
mod entries;
#[path = "push/memory.rs"]
mod memory;
mod parameters;
#[path = "../tests/support/tenant_process.rs"]
mod tenant_process;

use async_trait::async_trait;
use databases::Database;
use domain::ids::TenantId;
use parameters::number;
use reqwest::Method;
use serde_json::{Value, json};
use server::clock::SystemClock;
use server::graph::{BudgetSettings, Graph, MOST_IN_BATCH};
use server::inventory::{InventorySync, ReadBearer, ReadToken, ReadTokenError};
use server::store::{InventoryQuery, Store, TenantStore};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tenant_process::{Tenant, TenantStart, client};
use time::OffsetDateTime;

const MARA: &str = "mara.lindqvist@contoso.onmicrosoft.com";
const CHANGES: usize = 100;
/// For anything here.
const LONG: Duration = Duration::from_mins(30);

struct Fixed(String);

#[async_trait]
impl ReadToken for Fixed {
    async fn token(&self) -> Result<ReadBearer, ReadTokenError> {
        Ok(ReadBearer::own(self.0.clone()))
    }
}

struct Bench {
    tenant: Tenant,
    http: reqwest::Client,
    token: String,
}

/// A request of a pass.
struct Asked {
    url: String,
    /// Of a batch.
    body: Option<Value>,
}

impl Bench {
    /// Without Graph's limits: with them a directory of this size takes an hour, whoever reads it.
    fn sync(&self, store: &TenantStore, delta: bool) -> Arc<InventorySync> {
        let budget = BudgetSettings::unlimited();
        let graph = Graph::new(self.http.clone(), self.tenant.base.parse().unwrap()).within(&budget).for_jobs(&budget);
        let token = Arc::new(Fixed(self.token.clone()));
        let sync = InventorySync::new(graph, store.clone(), Arc::new(SystemClock), token, time::Duration::DAY);
        Arc::new(sync.with_delta(delta.then_some(time::Duration::ZERO)))
    }

    /// From its beginning until it is complete.
    async fn pass(&self, store: &TenantStore) -> Duration {
        let complete = async |store: &TenantStore| {
            store.inventory_state().await.unwrap().is_some_and(|state| state.complete_at.is_some())
        };
        self.until(store, false, complete).await;
        let state = store.inventory_state().await.unwrap().unwrap();
        (state.complete_at.unwrap() - state.pass.started_at).try_into().unwrap()
    }

    async fn get(&self, url: &str) -> Value {
        let answer = self.http.get(url).bearer_auth(&self.token).send().await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    /// What the tenant was asked. Its log has no bodies: those of batches follow from the page before.
    async fn asked(&self) -> Vec<Asked> {
        let (mut asked, mut bodies) = (vec![], vec![]);
        for request in self.tenant.requests().await {
            let path = request["path"].as_str().unwrap();
            let url = format!("{}{path}", self.tenant.base);
            let body = if request["method"] == "GET" {
                assert!(bodies.is_empty(), "a batch is missing");
                let page = self.get(&url).await;
                let apps = page["value"].as_array().filter(|_| path.contains("/applications")).cloned();
                let urls: Vec<String> = apps
                    .iter()
                    .flatten()
                    .map(|app| format!("/applications/{}/federatedIdentityCredentials", app["id"].as_str().unwrap()))
                    .collect();
                let each = |(n, url): (usize, &String)| json!({"id": n.to_string(), "method": "GET", "url": url});
                bodies = urls
                    .chunks(MOST_IN_BATCH)
                    .map(|urls| json!({"requests": urls.iter().enumerate().map(each).collect::<Vec<_>>()}))
                    .collect();
                bodies.reverse();
                None
            } else {
                assert!(path.ends_with("/$batch"), "{path}");
                // After the pass keys are read, in batches as well.
                let Some(body) = bodies.pop() else { break };
                Some(body)
            };
            asked.push(Asked { url, body });
        }
        asked
    }

    /// The same requests in the same order, whose answers are read and thrown away.
    async fn bare(&self, asked: &[Asked]) -> Duration {
        let begun = Instant::now();
        for Asked { url, body } in asked {
            let method = if body.is_some() { Method::POST } else { Method::GET };
            let request = self.http.request(method, url).bearer_auth(&self.token);
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            request.send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
        }
        begun.elapsed()
    }

    /// Until so many apps that were renamed have their new names in the store.
    async fn delta(&self, store: &TenantStore, turn: usize) -> Duration {
        self.until(store, true, async |store| store.inventory_delta().await.unwrap().unwrap().link.is_some()).await;
        let page = self.get(&format!("{}/v1.0/applications?$top={CHANGES}&$select=id", self.tenant.base)).await;
        for (n, app) in page["value"].as_array().unwrap().iter().enumerate() {
            let id = app["id"].as_str().unwrap().parse().unwrap();
            let name = json!({"displayName": format!("renamed-{turn}-{n}")});
            entries::write(&self.http, &self.tenant.base, &self.token, id, &name).await;
        }
        let query = InventoryQuery { words: vec![format!("renamed-{turn}-")], ..InventoryQuery::default() };
        let renamed = async |store: &TenantStore| {
            store.count_inventory(&query, OffsetDateTime::now_utc()).await.unwrap() == CHANGES as u64
        };
        self.until(store, true, renamed).await
    }

    /// Until it is so. What the sync does then, it need not do.
    async fn until(&self, store: &TenantStore, delta: bool, is_so: impl AsyncFn(&TenantStore) -> bool) -> Duration {
        let (sync, begun) = (self.sync(store, delta), Instant::now());
        let running = tokio::spawn(async move { sync.run().await });
        let mut look = tokio::time::interval(Duration::from_millis(10));
        loop {
            look.tick().await;
            let ended = running.is_finished();
            if is_so(store).await {
                break;
            }
            assert!(!ended && begun.elapsed() < LONG, "it does not come");
        }
        running.abort();
        begun.elapsed()
    }
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let apps = number("SYNC_BENCH_APPS", 100_000).to_string();
    let latency = number("SYNC_BENCH_LATENCY", 0);
    let folder = tempfile::tempdir().unwrap();
    let start = TenantStart { contents: &["--apps", &apps], person: MARA, https: true };
    let tenant = Tenant::start(&start, folder.path());
    let (http, token) = (client(Some(&tenant.ca_file)), tenant.sign_in().await.token);
    let bench = Bench { tenant, http, token };
    println!(
        "| on | full pass, s | bare loop, s | ratio | requests | MiB at most | delta after {CHANGES} changes, s |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (turn, (name, database)) in
        [("SQLite", Database::sqlite()), ("PostgreSQL", Database::postgres().await)].into_iter().enumerate()
    {
        let store: Store = database.store().await;
        let store = store.of(bench.tenant.id.parse::<TenantId>().unwrap());
        bench.tenant.slow_down(latency).await;
        bench.tenant.forget_requests().await;
        memory::forget_peak(std::process::id());
        let ours = bench.pass(&store).await;
        let memory = memory::peak_of(std::process::id()).unwrap_or_default();
        bench.tenant.slow_down(0).await;
        let asked = bench.asked().await;
        bench.tenant.slow_down(latency).await;
        let bare = bench.bare(&asked).await;
        bench.tenant.slow_down(0).await;
        let delta = bench.delta(&store, turn).await;
        println!(
            "| {name} | {:.1} | {:.1} | {:.2} | {} | {memory:.0} | {:.2} |",
            ours.as_secs_f64(),
            bare.as_secs_f64(),
            ours.as_secs_f64() / bare.as_secs_f64(),
            asked.len(),
            delta.as_secs_f64()
        );
    }
}
