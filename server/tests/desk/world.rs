//! A tenant, a store and a desk, and the means to look at the tenant past the desk.

#![allow(dead_code, reason = "each test binary uses its part")]

pub use crate::certificates::TestCertificate;
use crate::databases::Database;
use crate::entries::write;
use crate::needs::LONG;
use crate::people::{self, viewer};
pub use crate::people::{DANIEL, MARA, OWEN, PRIYA, TOBIAS};
use crate::test_parts::TestParts;
use app::contract::audit::{AuditQuery, AuditRow};
use app::contract::people::Viewer;
use app::contract::plans::{Chosen, PlanRequest, PlanView};
use app::contract::ports::*;
use app::contract::pushes::{Receipt, ReceiptApp, ReceiptQuery};
use async_trait::async_trait;
use domain::ids::{AppId, ObjectId, TenantId};
use domain::rollout::{AppStage, Outcome, Pace, PushMode};
use domain::thumbprint::Sha256Thumbprint;
use local_tenant::{HttpsOptions, RunningTenant, TenantOptions};
use serde_json::Value;
use server::config::{DeskSettings, PushWeight, RequestPolicy, RequestSettings};
use server::config::{KeyVaultCloud, VaultPlace};
use server::graph::Retry;
use server::http::{RequestDesk, parts};
use server::inventory::{ReadBearer, ReadToken, ReadTokenError};
use server::jobs::RunningJobs;
use server::parts::{Givens, Parts};
use server::person::{JobTokens, Person, TokenError, TokenProvider};
use server::store::Store;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

pub struct World {
    pub tenant: RunningTenant,
    pub state: Arc<Parts>,
    pub store: Store,
    pub settings: DeskSettings,
    pub database: Database,
    http: reqwest::Client,
    jobs: RunningJobs,
    handed: Arc<Handed>,
    /// What the inventory is read with, and how often.
    inventory: Inventory,
    owner_departments: bool,
    policy: RequestPolicy,
}

/// Of somebody who may read everything.
struct Reader(String);

#[async_trait]
impl ReadToken for Reader {
    async fn token(&self) -> Result<ReadBearer, ReadTokenError> {
        Ok(ReadBearer::own(self.0.clone()))
    }
}

/// What the directory is read with, and how often.
type Inventory = Option<(Arc<dyn ReadToken>, time::Duration)>;

/// For Graph, and for Key Vault.
struct Token(Option<String>, Option<String>, Arc<Handed>);

/// The tokens that pushes were given, by receipt: what a push keeps says nothing.
#[derive(Default)]
pub struct Handed(Mutex<HashMap<Uuid, String>>, Mutex<Vec<PushWeight>>, tokio::sync::RwLock<()>);

#[async_trait]
impl JobTokens for Handed {
    async fn graph_token(
        &self,
        receipt: Uuid,
        sealed: &[u8],
        _: Option<&str>,
    ) -> Result<(String, Option<Vec<u8>>), TokenError> {
        assert_eq!(sealed, receipt.as_bytes());
        let tokens = self.0.lock().unwrap();
        tokens.get(&receipt).map(|token| (token.clone(), None)).ok_or_else(TokenError::signed_out)
    }
}

impl Handed {
    /// As if Entra had ended all of these sign-ins.
    pub fn forget(&self) {
        self.0.lock().unwrap().clear();
    }

    /// Nothing is handed over until this is dropped: what was announced waits.
    pub async fn hold(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.2.write().await
    }

    /// As how heavy they were announced, in their order.
    pub fn weights(&self) -> Vec<PushWeight> {
        self.1.lock().unwrap().clone()
    }
}

#[async_trait]
impl TokenProvider for Token {
    async fn graph_token(&self) -> Result<String, TokenError> {
        self.0.clone().ok_or_else(TokenError::signed_out)
    }

    async fn graph_token_after(&self, _: &str) -> Result<String, TokenError> {
        self.graph_token().await
    }

    async fn token_for(&self, resource: &str) -> Result<String, TokenError> {
        assert_eq!(resource, VAULTS);
        self.1.clone().ok_or_else(TokenError::signed_out)
    }

    async fn hand_over(&self, receipt: Uuid, weight: PushWeight) -> Result<Vec<u8>, TokenError> {
        self.2.1.lock().unwrap().push(weight);
        let _open = self.2.2.read().await;
        if let Some(token) = &self.0 {
            self.2.0.lock().unwrap().insert(receipt, token.clone());
        }
        Ok(receipt.as_bytes().to_vec())
    }
}

const VAULTS: &str = "https://vault.azure.net";

pub fn settings() -> DeskSettings {
    DeskSettings {
        read_pause: Duration::from_millis(5),
        read_patience: Duration::from_secs(20),
        request_timeout: Duration::from_secs(10),
        // The local tenant carries a write out at once or never.
        late_write_bound: Duration::from_millis(500),
        retry: Retry { attempts: 4, first_pause: 0.01, longest_pause: 3.0 },
        ..DeskSettings::default()
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(settings()).await
    }

    pub async fn with(settings: DeskSettings) -> Self {
        Self::of(settings, None, Database::any().await, false).await
    }

    /// The tenant answers over https as well; its CA's certificate is `ca.pem` in this folder.
    pub async fn with_https(ca_dir: PathBuf) -> Self {
        let https = HttpsOptions { ca_dir: Some(ca_dir), names: vec![] };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::of(settings(), Some((address, https)), Database::any().await, false).await
    }

    /// The directory is read in the background, once a day.
    pub async fn with_inventory(database: Database) -> Self {
        Self::of(settings(), None, database, true).await
    }

    async fn of(
        settings: DeskSettings,
        also_https: Option<(SocketAddr, HttpsOptions)>,
        database: Database,
        inventory: bool,
    ) -> Self {
        // reqwest leaves the choice of TLS to the process, and every test may be the first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tenant = local_tenant::start(TenantOptions { also_https, ..TenantOptions::default() }).await.unwrap();
        let store = database.store().await;
        let http = reqwest::Client::new();
        let handed = Arc::new(Handed::default());
        let reader: Arc<dyn ReadToken> = Arc::new(Reader(tenant.graph_token(PRIYA).unwrap()));
        let inventory = inventory.then(|| (reader, time::Duration::days(1)));
        let base = tenant.base_url();
        let policy = RequestPolicy::default();
        let reading = (inventory.clone(), false);
        let state = state(&http, &handed, tenant.tenant_id(), base, &store, (&settings, &policy), reading);
        let jobs = server::jobs::start(state.job_parts()).await.unwrap();
        let owner_departments = false;
        Self { tenant, state, store, settings, database, http, jobs, handed, inventory, owner_departments, policy }
    }

    /// With rules that ask for approval.
    pub async fn with_rules(rules: Value) -> Self {
        let mut world = Self::start().await;
        world.rules(rules).await;
        world
    }

    /// From now on these rules.
    pub async fn rules(&mut self, rules: Value) {
        let rules = serde_json::from_value(rules).unwrap();
        let policy = RequestPolicy::new(RequestSettings::default(), rules).unwrap();
        self.policy = policy.with_teams(self.policy.teams.clone()).unwrap();
        let base_url = self.tenant.base_url().to_owned();
        self.through(&base_url).await;
    }

    /// From now on these teams.
    pub async fn teams(&mut self, teams: Value) {
        self.policy = self.policy.clone().with_teams(serde_json::from_value(teams).unwrap()).unwrap();
        let base_url = self.tenant.base_url().to_owned();
        self.through(&base_url).await;
    }

    /// The directory is read at once, by a token with these permissions beside the usual one, and owners' departments may be read.
    /// Answers when that has come to its end.
    pub async fn read_with_departments(&mut self, permissions: &[&str]) {
        let permissions: Vec<&str> = permissions.iter().copied().chain(["Application.Read.All"]).collect();
        let token = self.tenant.graph_token_with_scopes(PRIYA, &permissions).unwrap();
        // Each run is a pass: the last one counts for nothing.
        self.inventory = Some((Arc::new(Reader(token)), time::Duration::ZERO));
        self.owner_departments = true;
        let store = self.store.of(TenantId::new(self.tenant.tenant_id()));
        let complete = async || store.inventory_state().await.unwrap().and_then(|state| state.complete_at);
        let before = complete().await;
        let base_url = self.tenant.base_url().to_owned();
        self.through(&base_url).await;
        let read = async {
            while complete().await == before {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(LONG, read).await.expect("a reading that comes to its end");
    }

    /// The same portal, reaching Graph through another URL.
    pub async fn through(&mut self, base_url: &str) {
        let inventory = (self.inventory.clone(), self.owner_departments);
        let tenant = self.tenant.tenant_id();
        let settings = (&self.settings, &self.policy);
        self.state = state(&self.http, &self.handed, tenant, base_url, &self.store, settings, inventory);
        let jobs = server::jobs::start(self.state.job_parts()).await.unwrap();
        std::mem::replace(&mut self.jobs, jobs).shutdown().await;
    }

    pub fn handed(&self) -> &Handed {
        &self.handed
    }

    pub fn desk(&self, upn: &str) -> RequestDesk {
        RequestDesk::new(Arc::clone(&self.state), Some(self.person(upn)))
    }

    pub fn nobody(&self) -> RequestDesk {
        RequestDesk::new(Arc::clone(&self.state), None)
    }

    /// Signed in here, but with no token for Graph to be had any more.
    pub fn without_token(&self, upn: &str) -> RequestDesk {
        let tokens = Arc::new(Token(None, None, Arc::clone(&self.handed)));
        let person = people::person(self.viewer(upn), tokens);
        RequestDesk::new(Arc::clone(&self.state), Some(person))
    }

    /// With other scopes for Graph than usual.
    pub fn desk_with_scopes(&self, upn: &str, scopes: &[&str]) -> RequestDesk {
        let token = self.tenant.graph_token_with_scopes(upn, scopes);
        let tokens = Arc::new(Token(token, None, Arc::clone(&self.handed)));
        RequestDesk::new(Arc::clone(&self.state), Some(people::person(self.viewer(upn), tokens)))
    }

    /// A group of this name in Entra that these people are in. Answers its object id.
    pub async fn group(&self, name: &str, members: &[&str]) -> String {
        let token = self.tenant.graph_token_with_scopes(MARA, &["Group.ReadWrite.All"]).unwrap();
        let user = |upn: &&str| format!("{}/v1.0/users/{}", self.tenant.base_url(), self.viewer(upn).object_id);
        let members: Vec<String> = members.iter().map(user).collect();
        let group = serde_json::json!({"displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true,
            "members@odata.bind": members});
        let made = self.graph(&token, reqwest::Method::POST, "groups", &group).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Past the desk: anything of Graph.
    pub async fn graph(&self, token: &str, method: reqwest::Method, path: &str, body: &Value) -> Value {
        let url = format!("{}/v1.0/{path}", self.tenant.base_url());
        let answer = self.http.request(method, url).bearer_auth(token).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap_or_default()
    }

    fn person(&self, upn: &str) -> Person {
        let vaults = self.tenant.graph_token_with_scopes(upn, &[&format!("{VAULTS}/.default")]);
        let tokens = Token(self.tenant.graph_token(upn), vaults, Arc::clone(&self.handed));
        people::person(self.viewer(upn), Arc::new(tokens))
    }

    pub fn viewer(&self, upn: &str) -> Viewer {
        viewer(&self.tenant, upn)
    }

    pub fn id(&self, app: &str) -> ObjectId {
        ObjectId::new(self.tenant.applications().into_iter().find(|info| info.display_name == app).unwrap().id)
    }

    /// Its application (client) id.
    pub fn app_id(&self, app: &str) -> AppId {
        AppId::new(self.tenant.applications().into_iter().find(|info| info.display_name == app).unwrap().app_id)
    }

    /// Past the desk: the application as Graph has it, `key` included, with another person's token.
    pub async fn raw(&self, app: &str) -> Value {
        let select = "id,displayName,tokenEncryptionKeyId,keyCredentials,passwordCredentials";
        let url = format!("{}/v1.0/applications/{}?$select={select}", self.tenant.base_url(), self.id(app));
        let token = self.tenant.graph_token(PRIYA).unwrap();
        let answer = self.http.get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Past the desk: what a person gets from Key Vault.
    pub async fn vault(&self, upn: &str, path: &str) -> Value {
        let url = format!("{}/_vault/{path}?api-version=7.4", self.tenant.base_url());
        let token = self.tenant.graph_token_with_scopes(upn, &[&format!("{VAULTS}/.default")]).unwrap();
        let answer = self.http.get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    pub async fn keys(&self, app: &str) -> Vec<Value> {
        self.raw(app).await["keyCredentials"].as_array().unwrap().clone()
    }

    /// Past the desk: another writer.
    pub async fn write(&self, app: &str, body: &Value) {
        let token = self.tenant.graph_token(TOBIAS).unwrap();
        write(&self.http, self.tenant.base_url(), &token, self.id(app), body).await;
    }

    /// Requests of one method that the tenant answered, with their paths and statuses.
    pub fn requests(&self, method: &str) -> Vec<(String, u16)> {
        let all = self.tenant.requests().into_iter();
        all.filter(|request| request.method == method).map(|request| (request.path, request.status)).collect()
    }

    pub async fn upload(&self, upn: &str, certificate: &TestCertificate) -> Sha256Thumbprint {
        self.desk(upn).keep_certificate(certificate.pem.as_bytes()).await.unwrap()
    }

    /// Uploads a new certificate and previews it.
    pub async fn draft(&self, upn: &str, apps: &[&str], mode: PushMode) -> Uuid {
        let certificate = self.upload(upn, &TestCertificate::new("portal test")).await;
        self.draft_with(upn, certificate, apps, mode).await
    }

    pub async fn draft_with(&self, upn: &str, certificate: Sha256Thumbprint, apps: &[&str], mode: PushMode) -> Uuid {
        let apps = Chosen::These(apps.iter().map(|app| self.id(app)).collect());
        self.desk(upn).draft_plan(&add(vec![certificate], apps, mode, "")).await.unwrap()
    }

    pub async fn plan(&self, upn: &str, id: Uuid) -> PlanView {
        self.desk(upn).plan(id, 1).await.unwrap()
    }

    /// Types what the preview asks for.
    pub async fn push(&self, upn: &str, plan: Uuid) -> Receipt {
        let typed = self.plan(upn, plan).await.confirm.unwrap_or_default();
        let id = self.desk(upn).push(plan, &typed, Pace::default()).await.unwrap();
        self.receipt(upn, id).await
    }

    /// Its first page.
    pub async fn receipt(&self, upn: &str, id: Uuid) -> Receipt {
        self.desk(upn).receipt(id, &ReceiptQuery { outcome: String::new(), page: 1 }).await.unwrap()
    }

    /// Pushes to one app.
    pub async fn push_one(&self, upn: &str, plan: Uuid) -> ReceiptApp {
        let mut receipt = self.push(upn, plan).await;
        assert_eq!(receipt.apps.items.len(), 1);
        receipt.apps.items.remove(0)
    }

    pub async fn audit(&self, upn: &str) -> Vec<AuditRow> {
        let query = AuditQuery { search: String::new(), outcome: String::new(), page: 1 };
        self.desk(upn).audit(&query).await.unwrap().items
    }
}

fn state(
    http: &reqwest::Client,
    handed: &Arc<Handed>,
    tenant_id: Uuid,
    base_url: &str,
    store: &Store,
    (settings, requests): (&DeskSettings, &RequestPolicy),
    (inventory, owner_departments): (Inventory, bool),
) -> Arc<Parts> {
    let place = VaultPlace::Below(base_url.parse::<url::Url>().unwrap().join("_vault/").unwrap());
    let vaults = Some(KeyVaultCloud { resource: VAULTS.into(), place });
    let job_tokens: Arc<dyn JobTokens> = Arc::clone(handed) as _;
    let portal = TestParts { http, base_url, tenant: TenantId::new(tenant_id), store, vaults };
    let givens = portal.givens(settings.clone(), job_tokens);
    Arc::new(parts(Givens { requests: requests.clone(), inventory, owner_departments, ..givens }))
}

pub fn add(certificates: Vec<Sha256Thumbprint>, apps: Chosen, mode: PushMode, display_name: &str) -> PlanRequest {
    PlanRequest::Add { certificates, apps, mode, display_name: display_name.into(), overlap_days: 0 }
}

/// Without `key`: what keeps the stored one.
pub fn echo(keys: &[Value]) -> Vec<Value> {
    let mut keys = keys.to_vec();
    for key in &mut keys {
        key["key"] = Value::Null;
    }
    keys
}

pub fn code(app: &ReceiptApp) -> &str {
    app.problem.as_ref().map_or("", |problem| problem.code.as_str())
}

pub fn outcome(app: &ReceiptApp) -> Outcome {
    match app.stage {
        AppStage::Ended(outcome) => outcome,
        other => panic!("{} is {other:?}", app.display_name),
    }
}

pub fn outcomes(receipt: &Receipt) -> Vec<Outcome> {
    receipt.apps.items.iter().map(outcome).collect()
}
