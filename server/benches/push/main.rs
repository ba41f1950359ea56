//! How long a push of one certificate to 1,000 apps takes, beside `az ad app credential reset --append` in a loop, a plain
//! msgraph-sdk script, and a bare loop of concurrent requests, all against one local tenant in a process of its own. Prints a table and whether the goals
//! are met; fails only where a result is wrong: `make bench`, or `cargo bench -p thumbprint --bench push`.
//!
//! | variable | |
//! |---|---|
//! | `PUSH_BENCH_APPS` | applications (1000) |
//! | `PUSH_BENCH_AZ` | of these, how many azure-cli is timed with (10); 0 leaves it out |
//! | `PUSH_BENCH_MSGRAPH` | of these, how many msgraph-sdk is timed with (100); 0 leaves it out |
//! | `PUSH_BENCH_BARE` | how often the bare loop is timed with all of them (3); 0 leaves it out |
//! | `PUSH_BENCH_LATENCY` | milliseconds by which the tenant answers later, one run for each (`0,50`) |
//! | `PUSH_BENCH_THROTTLE` | factors to the documented limits, one run for each (`1,0.24`) |

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]
#![expect(clippy::print_stdout, reason = "figures are what a bench is for")]

mod bare;
#[path = "../../tests/support/certificates.rs"]
mod certificates;
#[path = "../../tests/support/entries.rs"]
mod entries;
mod limits;
mod memory;
#[path = "../../tests/support/people.rs"]
mod people;
mod portal;
mod report;
mod rivals;
#[path = "../../tests/support/tenant_process.rs"]
mod tenant_process;
#[path = "../../tests/support/test_parts.rs"]
mod test_parts;
#[path = "../../tests/support/tokens.rs"]
mod tokens;

use bare::Bare;
use domain::ids::ObjectId;
use entries::Entries;
use people::MARA;
use report::{Ours, Report, Rival, Round, Throttled};
use rivals::{Az, Certificate, MsGraph};
use serde_json::{Value, json};
use server::config::DeskSettings;
use std::path::Path;
use std::time::Duration;
use tenant_process::{Tenant, TenantStart};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

struct Sizes {
    apps: u32,
    az: usize,
    msgraph: usize,
    bare: usize,
    latencies: Vec<u32>,
    factors: Vec<f64>,
}

fn number<T: std::str::FromStr>(name: &str, usual: &str) -> Vec<T> {
    let text = std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().unwrap_or_else(|_| panic!("{name}: {part} is no number"))).collect()
}

fn one<T: std::str::FromStr + Copy>(name: &str, usual: &str) -> T {
    *number(name, usual).first().unwrap_or_else(|| panic!("{name} is empty"))
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sizes = Sizes {
        apps: one("PUSH_BENCH_APPS", "1000"),
        az: one("PUSH_BENCH_AZ", "10"),
        msgraph: one("PUSH_BENCH_MSGRAPH", "100"),
        bare: one("PUSH_BENCH_BARE", "3"),
        latencies: number("PUSH_BENCH_LATENCY", "0,50"),
        factors: number("PUSH_BENCH_THROTTLE", "1,0.24"),
    };
    let folder = tempfile::tempdir().unwrap();
    let certificate = Certificate::make(folder.path());
    let apps = sizes.apps.to_string();
    let start = TenantStart { contents: &["--apps", &apps], person: MARA, https: true };
    let tenant = Tenant::start(&start, folder.path());
    let mut report = Report::new(sizes.apps, memory::peak_of(std::process::id()), memory::peak_of(tenant.process_id()));
    for latency in &sizes.latencies {
        report.rounds.push(round(&tenant, folder.path(), &certificate, &sizes, *latency).await);
    }
    for factor in &sizes.factors {
        report.throttled.push(throttled(&tenant, folder.path(), &certificate, *factor).await);
    }
    report.print();
}

/// Pushes to all apps, then each rival with some, all answered that much later.
async fn round(tenant: &Tenant, folder: &Path, certificate: &Certificate, sizes: &Sizes, latency: u32) -> Round {
    let mut ours = vec![];
    for (budget, settings) in [("default", portal::settings()), ("large tenant", portal::large())] {
        println!("… {} apps, answers {latency} ms later: ours, budget: {budget}", sizes.apps);
        ours.push(push(tenant, folder, certificate, budget, settings, latency).await);
    }
    let tenant_memory = memory::peak_of(tenant.process_id());
    let mut round = Round { latency, ours, bare: None, az: None, msgraph: None, tenant_memory };
    round.bare = bare(tenant, certificate, sizes, latency).await;
    let files = tempfile::tempdir_in(folder).unwrap();
    if sizes.az > 0 {
        println!("… {} apps, answers {latency} ms later: azure-cli", sizes.az);
        tenant.reset().await;
        let before = tenant.apps().await;
        let az = Az::signed_in(tenant, files.path()).await;
        tenant.slow_down(latency).await;
        let sample: Vec<ObjectId> = all(&before).into_iter().take(sizes.az).collect();
        let seconds = az.append(certificate, &sample).await;
        tenant.slow_down(0).await;
        assert_one_more(&before, &tenant.apps().await, &sample, "azure-cli");
        round.az = Some(Rival { apps: sample.len(), seconds });
    }
    if sizes.msgraph > 0 {
        println!("… {} apps, answers {latency} ms later: msgraph-sdk", sizes.msgraph);
        tenant.reset().await;
        let before = tenant.apps().await;
        let script = MsGraph::signed_in(tenant, certificate).await;
        tenant.slow_down(latency).await;
        let sample: Vec<ObjectId> = all(&before).into_iter().take(sizes.msgraph).collect();
        let seconds = script.append(&sample).await;
        tenant.slow_down(0).await;
        assert_one_more(&before, &tenant.apps().await, &sample, "msgraph-sdk");
        round.msgraph = Some(Rival { apps: sample.len(), seconds });
    }
    round
}

/// The best of several runs: it has nothing that could make it slower but the machine.
async fn bare(tenant: &Tenant, certificate: &Certificate, sizes: &Sizes, latency: u32) -> Option<Rival> {
    let mut best: Option<Rival> = None;
    for _ in 0..sizes.bare {
        println!("… {} apps, answers {latency} ms later: a bare loop", sizes.apps);
        tenant.reset().await;
        let before = tenant.apps().await;
        let bare = Bare::signed_in(tenant).await;
        tenant.slow_down(latency).await;
        let seconds = bare.append(certificate, &all(&before)).await;
        tenant.slow_down(0).await;
        assert_one_more(&before, &tenant.apps().await, &all(&before), "the bare loop");
        if best.as_ref().is_none_or(|best| seconds < best.seconds) {
            best = Some(Rival { apps: before.len(), seconds });
        }
    }
    best
}

async fn push(
    tenant: &Tenant,
    folder: &Path,
    certificate: &Certificate,
    budget: &'static str,
    settings: DeskSettings,
    latency: u32,
) -> Ours {
    tenant.reset().await;
    let before = tenant.apps().await;
    tenant.slow_down(latency).await;
    let files = tempfile::tempdir_in(folder).unwrap();
    let portal = portal::Portal::start(tenant, &files.path().join("portal.sqlite"), settings).await;
    memory::forget_peak(std::process::id());
    let (plan, preview) = portal.draft(certificate, &all(&before)).await;
    tenant.forget_requests().await;
    let begun = OffsetDateTime::now_utc();
    let (receipt, push) = portal.push(plan).await;
    let memory = memory::peak_of(std::process::id());
    // The tenant notes when a request comes in; its answer comes so much later.
    let writes = last_write(&tenant.requests().await, begun) + Duration::from_millis(latency.into());
    portal.assert_all_verified(receipt, before.len()).await;
    portal.stop().await;
    tenant.slow_down(0).await;
    assert_one_more(&before, &tenant.apps().await, &all(&before), "ours");
    Ours { budget, preview, push, writes, memory }
}

fn last_write(requests: &[Value], begun: OffsetDateTime) -> Duration {
    let writes = requests.iter().filter(|request| request["method"] == "PATCH");
    let at = |request: &Value| OffsetDateTime::parse(request["at"].as_str().unwrap(), &Rfc3339).unwrap();
    (writes.map(at).max().unwrap() - begun).try_into().unwrap()
}

/// A push while Graph's limits count, scaled by a factor here and in the portal's configuration alike.
async fn throttled(tenant: &Tenant, folder: &Path, certificate: &Certificate, factor: f64) -> Throttled {
    println!("… limits times {factor}: ours");
    tenant.reset().await;
    let before = tenant.apps().await;
    let files = tempfile::tempdir_in(folder).unwrap();
    let database = files.path().join("portal.sqlite");
    let portal = portal::Portal::start(tenant, &database, portal::settings()).await;
    let (plan, _) = portal.draft(certificate, &all(&before)).await;
    portal.stop().await;
    // Another process, as it were: what the preview took is not in its account, and the tenant did not count it.
    let portal = portal::Portal::start(tenant, &database, portal::scaled(factor)).await;
    tenant
        .throttle(if (factor - 1.0).abs() < f64::EPSILON { json!("real") } else { json!({ "scaled": factor }) })
        .await;
    tenant.forget_requests().await;
    memory::forget_peak(std::process::id());
    let (receipt, push) = portal.push(plan).await;
    let memory = memory::peak_of(std::process::id());
    let requests = tenant.requests().await;
    portal.assert_all_verified(receipt, before.len()).await;
    portal.stop().await;
    tenant.throttle(json!("off")).await;
    assert_one_more(&before, &tenant.apps().await, &all(&before), "ours, throttled");
    let spent = limits::spent(&requests);
    Throttled { factor, push, memory, spent, needs: limits::needs(spent, factor) }
}

fn all(apps: &Entries) -> Vec<ObjectId> {
    apps.keys().copied().collect()
}

/// Those that were pushed to have one entry more, the others none, and every entry of before is as it was.
fn assert_one_more(before: &Entries, after: &Entries, pushed: &[ObjectId], whose: &str) {
    assert_eq!(before.len(), after.len(), "{whose}");
    for (app, old) in before {
        let new = &after[app];
        let more = usize::from(pushed.contains(app));
        assert_eq!(new.len(), old.len() + more, "{whose}: {app} has {} entries", new.len());
        assert!(old.iter().all(|entry| new.contains(entry)), "{whose}: {app} has lost or altered an entry");
    }
}
