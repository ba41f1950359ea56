//! The inventory's passes: the store has what the tenant has, whatever comes in between, and nothing was written there.

use crate::databases::Database;
use crate::elsewhere::{Later, add_secret};
use crate::site::{MARA, PRIYA, Site, settings};
use crate::support::TestPortal;
use async_trait::async_trait;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{ObjectId, TenantId};
use domain::inventory::{AttentionKind, InventoryObject};
use domain::rollout::{Pace, RunState};
use local_tenant::{FaultKind, FaultRule};
use serde_json::{Value, json};
use server::clock::{Clock, SystemClock};
use server::config::InventoryRead;
use server::entropy::OsEntropy;
use server::graph::Graph;
use server::inventory::{InventorySync, ReadBearer, ReadToken, ReadTokenError};
use server::store::{InventoryQuery, PassPlace, PassStage, Store, TenantStore};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Two pages of applications, and as many of service principals.
const APPS: u32 = 110;
/// How long anything here may take.
const LONG: Duration = Duration::from_mins(2);

/// Somebody's who may read everything.
pub struct Fixed(pub String);

#[async_trait]
impl ReadToken for Fixed {
    async fn token(&self) -> Result<ReadBearer, ReadTokenError> {
        Ok(ReadBearer::own(self.0.clone()))
    }
}

fn reader(site: &Site) -> Arc<dyn ReadToken> {
    Arc::new(Fixed(site.tenant.graph_token(PRIYA).unwrap()))
}

/// `every`: 0 for a pass each time.
async fn sync(site: &Site, every: time::Duration) -> (InventorySync, TenantStore) {
    sync_at(site, every, reader(site), Arc::new(SystemClock)).await
}

/// The same with another token, and another time.
pub async fn sync_at(
    site: &Site,
    every: time::Duration,
    token: Arc<dyn ReadToken>,
    clock: Arc<dyn Clock>,
) -> (InventorySync, TenantStore) {
    let store = site.database.store().await.of(TenantId::new(site.tenant.tenant_id()));
    let settings = settings();
    let graph = Graph::new(site.http.clone(), site.tenant.base_url().parse().unwrap())
        .with(settings.retry.clone(), settings.request_timeout, Arc::new(OsEntropy))
        .within(&settings.budget)
        .for_jobs(&settings.budget);
    (InventorySync::new(graph, store.clone(), clock, token, every), store)
}

/// People who lend their sign-ins: the first of them until Graph refuses it, or each in turn.
struct Lenders {
    all: Mutex<VecDeque<ReadBearer>>,
    in_turn: bool,
}

#[async_trait]
impl ReadToken for Lenders {
    async fn token(&self) -> Result<ReadBearer, ReadTokenError> {
        let mut all = self.all.lock().unwrap();
        if self.in_turn {
            all.rotate_left(1);
        }
        all.front().cloned().ok_or(ReadTokenError::Nobody)
    }

    async fn refused(&self) -> bool {
        self.all.lock().unwrap().pop_front().is_some()
    }
}

#[tokio::test]
async fn a_lent_sign_in_that_shows_too_little_keeps_nobody_elses_from_being_used_and_it_is_said_whose_were() {
    let site = Site::start(APPS).await;
    let bearer = |name: &str, scope: &str| {
        let token = site.tenant.graph_token_with_scopes(PRIYA, &[scope]).unwrap();
        ReadBearer { token, lender: Some(name.to_owned()) }
    };
    let all = [bearer("Owen", "User.Read"), bearer("Priya", "Application.Read.All")];
    let lenders =
        |all: &[ReadBearer], in_turn| Arc::new(Lenders { all: Mutex::new(all.iter().cloned().collect()), in_turn });
    let now = || Arc::new(SystemClock);
    let (sync, store) = sync_at(&site, time::Duration::ZERO, lenders(&all, false), now()).await;
    sync.run().await.unwrap();
    assert_same(&site, &store).await;
    let read_by = async || store.inventory_state().await.unwrap().unwrap().read_by.names().to_vec();
    assert_eq!(read_by().await, ["Priya"]);

    let both = [bearer("Mara", "Application.Read.All"), bearer("Priya", "Application.Read.All")];
    let (sync, _) = sync_at(&site, time::Duration::ZERO, lenders(&both, true), now()).await;
    sync.run().await.unwrap();
    let mut names = read_by().await;
    names.sort_unstable();
    assert_eq!(names, ["Mara", "Priya"]);

    let (sync, _) = sync_at(&site, time::Duration::ZERO, lenders(&all[..1], false), now()).await;
    sync.run().await.unwrap();
    assert_eq!(read_by().await.len(), 2, "of the last that went to its end");

    let (sync, _) = sync_at(&site, time::Duration::ZERO, reader(&site), now()).await;
    sync.run().await.unwrap();
    assert_eq!(read_by().await, [""; 0], "the portal's own");
}

/// Past the portal.
pub async fn ask(site: &Site, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
    let token = site.tenant.graph_token(MARA).unwrap();
    let url =
        if path.starts_with("http") { path.to_owned() } else { format!("{}/v1.0/{path}", site.tenant.base_url()) };
    let mut request = site.http.request(method, url).bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    let bytes = answer.bytes().await.unwrap();
    if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() }
}

async fn get(site: &Site, path: &str) -> Value {
    ask(site, reqwest::Method::GET, path, None).await
}

async fn all(site: &Site, path: &str) -> Vec<Value> {
    let (mut rows, mut next) = (vec![], Some(path.to_owned()));
    while let Some(path) = next {
        let mut page = get(site, &path).await;
        rows.append(page["value"].as_array_mut().unwrap());
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    rows
}

/// Of each object what Graph says in requests of their own: another way than the sync's.
async fn tenant_has(site: &Site) -> BTreeMap<(SubjectKind, ObjectId), Value> {
    let mut objects = BTreeMap::new();
    for (kind, set) in
        [(SubjectKind::Application, "applications"), (SubjectKind::ServicePrincipal, "servicePrincipals")]
    {
        for row in all(site, &format!("{set}?$top=999")).await {
            let id = row["id"].as_str().unwrap();
            let owners = all(site, &format!("{set}/{id}/owners")).await;
            let trusts = match kind {
                SubjectKind::Application => all(site, &format!("{set}/{id}/federatedIdentityCredentials")).await,
                _ => vec![],
            };
            let certificates = picked(&row["keyCredentials"], &["keyId", "displayName", "usage", "endDateTime"]);
            let secrets = picked(&row["passwordCredentials"], &["keyId", "displayName", "hint", "endDateTime"]);
            let seen = json!([
                row["displayName"],
                row["appId"],
                row["signInAudience"],
                certificates,
                secrets,
                picked(&json!(owners), &["id"]),
                picked(&json!(trusts), &["name", "issuer", "subject"])
            ]);
            objects.insert((kind, id.parse().unwrap()), seen);
        }
    }
    objects
}

fn picked(list: &Value, properties: &[&str]) -> Vec<Vec<Value>> {
    let of = |entry: &Value| properties.iter().map(|property| plain(&entry[*property])).collect();
    list.as_array().unwrap().iter().map(of).collect()
}

/// Graph writes fractions of seconds or not; it is the same time.
fn plain(value: &Value) -> Value {
    let date = value
        .as_str()
        .and_then(|text| time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok());
    date.map_or_else(|| value.clone(), |date| json!(date.unix_timestamp_nanos().to_string()))
}

async fn store_has(store: &TenantStore) -> BTreeMap<(SubjectKind, ObjectId), Value> {
    let query = InventoryQuery { take: 100_000, ..InventoryQuery::default() };
    let rows = store.inventory(&query, time::OffsetDateTime::now_utc()).await.unwrap();
    let told = |object: InventoryObject| {
        assert_eq!(object.damages().count(), 0, "{object:?}");
        let date = |at: Option<time::OffsetDateTime>| at.map(|at| at.unix_timestamp_nanos().to_string());
        let certificates: Vec<Value> = object
            .certificates
            .readable
            .iter()
            .map(|one| json!([one.key_id, one.name, one.usage, date(one.end)]))
            .collect();
        let secrets: Vec<Value> =
            object.secrets.readable.iter().map(|one| json!([one.key_id, one.name, one.hint, date(one.end)])).collect();
        let owners: Vec<Value> = object.owners.known().unwrap().listed.iter().map(|one| json!([one.id])).collect();
        let trusts: Vec<Value> = object
            .trusts
            .known()
            .unwrap()
            .readable
            .iter()
            .map(|one| json!([one.name, one.issuer, one.subject]))
            .collect();
        let seen = json!([object.name, object.app_id, object.audience, certificates, secrets, owners, trusts]);
        ((object.subject.kind, object.subject.id), seen)
    };
    rows.items.into_iter().map(|row| told(row.object)).collect()
}

async fn assert_same(site: &Site, store: &TenantStore) {
    let (tenant, store) = (tenant_has(site).await, store_has(store).await);
    assert!(tenant.keys().eq(store.keys()), "{} in the tenant, {} in the store", tenant.len(), store.len());
    for (subject, seen) in &tenant {
        assert_eq!(&store[subject], seen, "{subject:?}");
    }
}

/// A batch of the portal holds nothing but reads: nothing else makes one.
pub fn assert_only_read(site: &Site, what_others_wrote: usize) {
    let writes: Vec<_> =
        site.tenant.requests().into_iter().filter(|one| one.method != "GET" && one.path != "/v1.0/$batch").collect();
    assert_eq!(writes.len(), what_others_wrote, "{writes:#?}");
}

pub fn fault(status: u16, path: &str) -> FaultRule {
    let kind = FaultKind::Status { status, code: None, message: None, retry_after: None };
    FaultRule { path: path.into(), ..FaultRule::new(kind) }
}

/// Certificates themselves are read by and by, in batches, whatever else it is time for.
fn without_batches(site: &Site) -> usize {
    site.tenant.requests().iter().filter(|one| one.path != "/v1.0/$batch").count()
}

/// First pages of applications that were asked for.
fn first_pages(site: &Site) -> usize {
    let first = |path: &str| path.starts_with("/v1.0/applications?") && !path.contains("skiptoken");
    site.tenant.requests().iter().filter(|one| one.method == "GET" && first(&one.path)).count()
}

#[tokio::test]
async fn after_a_pass_the_store_has_what_the_tenant_has_and_the_next_one_follows_its_changes() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let site = Site::on(database, APPS).await;
        let (sync, store) = sync(&site, time::Duration::ZERO).await;
        sync.run().await.unwrap();
        assert_only_read(&site, 0);
        assert_same(&site, &store).await;
        let state = store.inventory_state().await.unwrap().unwrap();
        assert_eq!(
            (state.pass.number, state.pass.place.stage, state.complete_from),
            (1, PassStage::Done, Some(state.pass.started_at))
        );

        let apps = site.apps();
        let [gone, trusting, secret] = [apps[3], apps[60], apps[109]];
        ask(&site, reqwest::Method::DELETE, &format!("applications/{gone}"), None).await;
        let trust = json!({"name": "main", "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:contoso/payroll:ref:refs/heads/main", "audiences": ["api://AzureADTokenExchange"]});
        ask(
            &site,
            reqwest::Method::POST,
            &format!("applications/{trusting}/federatedIdentityCredentials"),
            Some(trust),
        )
        .await;
        ask(
            &site,
            reqwest::Method::POST,
            &format!("applications/{secret}/addPassword"),
            Some(json!({"passwordCredential": {"displayName": "new"}})),
        )
        .await;
        sync.run().await.unwrap();
        assert_only_read(&site, 3);
        assert_same(&site, &store).await;
        let kept = store.inventory_object(Subject { kind: SubjectKind::Application, id: gone }).await.unwrap().unwrap();
        assert!(kept.gone_at.is_some(), "it is remembered");
    }
}

#[tokio::test]
async fn between_passes_delta_is_a_hint_and_a_full_pass_has_the_last_word() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let site = Site::on(database, APPS).await;
        let at = async |minutes: i64| {
            let clock = Arc::new(Later(time::Duration::minutes(minutes)));
            let (sync, store) = sync_at(&site, time::Duration::hours(24), reader(&site), clock).await;
            (sync.with_delta(Some(time::Duration::minutes(15))), store)
        };
        let change = async |app: ObjectId, name: &str| {
            let body = Some(json!({"displayName": name}));
            ask(&site, reqwest::Method::PATCH, &format!("applications/{app}"), body).await
        };
        let (sync, store) = at(0).await;
        sync.run().await.unwrap();
        let apps = site.apps();

        // More than one page of it: all are renamed, one goes, one comes, one gets a secret.
        for app in &apps {
            change(*app, "renamed").await;
        }
        ask(&site, reqwest::Method::DELETE, &format!("applications/{}", apps[3]), None).await;
        let new = Some(json!({"displayName": "new"}));
        ask(&site, reqwest::Method::POST, "applications", new).await;
        add_secret(&site, apps[7]).await;
        let requests = without_batches(&site);
        at(10).await.0.run().await.unwrap();
        assert_eq!(without_batches(&site), requests, "it is not time for it yet");
        at(16).await.0.run().await.unwrap();
        // The service principal of what was deleted went with it, which this delta does not tell.
        let applications = |all: BTreeMap<(SubjectKind, ObjectId), Value>| -> BTreeMap<_, _> {
            all.into_iter().filter(|((kind, _), _)| *kind == SubjectKind::Application).collect()
        };
        let (tenant, kept) = (applications(tenant_has(&site).await), applications(store_has(&store).await));
        assert_eq!(tenant.len(), apps.len(), "one went and one came");
        assert!(tenant == kept, "each application as the tenant has it");
        let now = Later(time::Duration::minutes(16)).now();
        let elsewhere = store.inventory_worst(AttentionKind::ChangedElsewhere, None, 9, now).await.unwrap();
        assert_eq!(elsewhere.total, 1, "the secret that somebody added is told at once");

        // What it leaves out, and where it has ended: nobody finds out before the next full pass.
        site.tenant.set_behaviour(|behaviour| behaviour.delta_without_credentials = true);
        add_secret(&site, apps[8]).await;
        change(apps[9], "renamed again").await;
        at(32).await.0.run().await.unwrap();
        let (tenant, kept) = (tenant_has(&site).await, store_has(&store).await);
        let differ: Vec<_> = tenant.iter().filter(|(subject, seen)| kept.get(*subject) != Some(*seen)).collect();
        assert_eq!(differ.len(), 1, "the secret alone: {differ:?}");
        let ended = format!("{}/v1.0/applications/delta?$deltatoken=ended", site.tenant.base_url());
        let then = Later(time::Duration::minutes(32)).now();
        store.go_on_with_delta(Some(&ended), then).await.unwrap();
        change(apps[10], "unseen").await;
        for minutes in [48, 64] {
            at(minutes).await.0.run().await.unwrap();
        }
        let subject = Subject { kind: SubjectKind::Application, id: apps[10] };
        let kept = store.inventory_object(subject).await.unwrap().unwrap();
        assert_eq!(kept.object.name, "renamed", "what came while the link had ended");
        assert_eq!(store.inventory_state().await.unwrap().unwrap().pass.number, 1, "no pass was made so far");
        at(24 * 60).await.0.run().await.unwrap();
        assert_same(&site, &store).await;
        assert_only_read(&site, apps.len() + 6);
        assert_eq!(store.inventory_state().await.unwrap().unwrap().pass.number, 2);
    }
}

#[tokio::test]
async fn a_pass_that_was_cut_off_goes_on_where_it_was() {
    let site = Site::start(APPS).await;
    let (sync, store) = sync(&site, time::Duration::hours(24)).await;
    site.tenant.add_fault(fault(503, "/v1.0/applications?*skiptoken*"));
    sync.run().await.unwrap_err();
    let state = store.inventory_state().await.unwrap().unwrap();
    assert!(state.pass.place.next_link.is_some() && state.complete_at.is_none(), "{state:?}");
    assert_eq!(store_has(&store).await.len(), 100, "the first page is there");
    site.tenant.clear_faults();
    sync.run().await.unwrap();
    assert_eq!(first_pages(&site), 1, "and was not read twice");
    assert_same(&site, &store).await;
    let requests = without_batches(&site);
    sync.run().await.unwrap();
    assert_eq!(without_batches(&site), requests, "it is not time for the next one");
    assert_only_read(&site, 0);
}

#[tokio::test]
async fn dropped_at_any_point_and_begun_again_it_comes_to_the_same_end() {
    let site = Site::start(APPS).await;
    for cut in 1..=20 {
        // Each time a new process, which knows nothing but what is in the database.
        let (sync, _) = sync(&site, time::Duration::hours(24)).await;
        let _ = tokio::time::timeout(Duration::from_millis(cut * 7), sync.run()).await;
    }
    let (sync, store) = sync(&site, time::Duration::hours(24)).await;
    sync.run().await.unwrap();
    assert_same(&site, &store).await;
    assert_eq!(store.inventory_state().await.unwrap().unwrap().pass.number, 1);
    assert_only_read(&site, 0);
}

#[tokio::test]
async fn through_faults_of_every_kind_it_comes_to_the_same_end() {
    let site = Site::start(APPS).await;
    let kinds =
        [429, 500, 503, 504].map(|status| FaultKind::Status { status, code: None, message: None, retry_after: None });
    for (seed, kind) in (0..).zip(kinds.into_iter().chain([FaultKind::Reset])) {
        site.tenant.add_fault(FaultRule { path: "/v1.0/*".into(), rate: 0.04, seed, ..FaultRule::new(kind) });
    }
    let (sync, store) = sync(&site, time::Duration::hours(24)).await;
    for _ in 0..50 {
        if sync.run().await.is_ok() {
            break;
        }
    }
    site.tenant.clear_faults();
    assert!(store.inventory_state().await.unwrap().unwrap().complete_at.is_some());
    assert_same(&site, &store).await;
    assert_only_read(&site, 0);
}

#[tokio::test]
async fn a_link_that_has_ended_costs_a_list_and_not_the_pass() {
    let site = Site::start(APPS).await;
    let (sync, store) = sync(&site, time::Duration::hours(24)).await;
    let pass = store.begin_inventory_pass(time::OffsetDateTime::now_utc()).await.unwrap();
    let link = format!("{}/v1.0/applications?$top=100&$skiptoken=gone", site.tenant.base_url());
    let place = PassPlace { stage: PassStage::FIRST, next_link: Some(link) };
    let policy = domain::inventory::LifetimePolicy::default();
    assert!(
        store
            .keep_inventory_page((pass.number, &pass.readers), vec![], (pass.started_at, 0), &policy, &place)
            .await
            .unwrap()
    );
    sync.run().await.unwrap();
    assert_same(&site, &store).await;
}

#[tokio::test]
async fn of_two_replicas_one_reads() {
    let mut site = Site::on(Database::postgres().await, APPS).await;
    site.inventory = Some((reader(&site), time::Duration::hours(24)));
    let (one, other) = tokio::join!(site.replica(), site.replica());
    let store = one.store.of(TenantId::new(site.tenant.tenant_id()));
    until_complete(&store).await;
    one.stop().await;
    other.stop().await;
    assert_eq!(first_pages(&site), 1);
    assert_same(&site, &store).await;
}

#[tokio::test]
async fn what_a_push_reads_is_in_the_inventory_at_once() {
    let mut site = Site::start(3).await;
    site.inventory = Some((reader(&site), time::Duration::hours(24)));
    let replica = site.replica().await;
    let store = replica.store.of(TenantId::new(site.tenant.tenant_id()));
    until_complete(&store).await;
    let app = site.apps()[0];
    let before = held(&store, app).await;
    let receipt = site.push(&replica, MARA, &[app], Pace::default()).await;
    let progress = site.until_rests(&replica, receipt).await;
    assert_eq!(progress.state, RunState::Finished);
    assert_eq!(held(&store, app).await, before + 1);
    assert_eq!(store.inventory_state().await.unwrap().unwrap().pass.number, 1, "no pass was made for it");
    replica.stop().await;
}

async fn held(store: &TenantStore, app: ObjectId) -> usize {
    let row = store.inventory_object(Subject { kind: SubjectKind::Application, id: app }).await.unwrap();
    row.unwrap().object.certificates.readable.len()
}

async fn until_complete(store: &TenantStore) {
    let complete = async {
        while store.inventory_state().await.unwrap().is_none_or(|state| state.complete_at.is_none()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LONG, complete).await.expect("a pass that comes to its end");
}

#[tokio::test]
async fn the_portal_reads_with_its_own_permission_and_only_where_it_is_told_to() {
    let portal = TestPortal::start_with(|config| config.inventory.read = InventoryRead::Application).await;
    let store = Store::open(&portal.database.display().to_string()).await.unwrap();
    let store = store.of(TenantId::new(portal.tenant.tenant_id()));
    until_complete(&store).await;
    let query = InventoryQuery { kind: Some(SubjectKind::Application), take: 1, ..InventoryQuery::default() };
    let apps = store.inventory(&query, time::OffsetDateTime::now_utc()).await.unwrap().total;
    assert_eq!(apps, portal.tenant.applications().len() as u64);
    let lists =
        |portal: &TestPortal| portal.tenant.requests().iter().filter(|one| one.path.contains("expand=owners")).count();
    assert!(lists(&portal) > 0, "this is how it is recognised");
    let off = TestPortal::start().await;
    off.signed_in(MARA).await;
    let inventory = Store::open(&off.database.display().to_string()).await.unwrap();
    let scheduled: i64 = sqlx::query_scalar("SELECT count(*) FROM schedules WHERE name = 'sync-inventory'")
        .fetch_one(inventory.pool())
        .await
        .unwrap();
    assert_eq!(scheduled, 0);
    off.portal.shutdown().await;
    assert!(!off.tenant.requests().iter().any(|one| one.path.contains("expand=owners")));
}
