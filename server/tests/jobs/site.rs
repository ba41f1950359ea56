//! A tenant with many apps, a database, and processes of the portal that share both.

use crate::certificates::TestCertificate;
use crate::databases::Database;
use crate::entries::{Entries, entries, write};
use crate::people::{self, viewer};
pub use crate::people::{MARA, OWEN, PRIYA};
use crate::test_parts::TestParts;
use crate::tokens::{Token, Tokens};
use app::contract::plans::{Chosen, PlanRequest};
use app::contract::ports::*;
use app::contract::pushes::{Progress, Receipt, ReceiptApp, ReceiptQuery};
use domain::ids::{ObjectId, TenantId};
use domain::rollout::{AppStage, Outcome, Pace, PushMode, RunState, Steer};
use domain::thumbprint::Sha256Thumbprint;
use local_tenant::{RunningTenant, Seed, TenantOptions};
use serde_json::Value;
use server::config::DeskSettings;
use server::graph::{BudgetSettings, Retry};
use server::http::{RequestDesk, parts};
use server::inventory::ReadToken;
use server::jobs::{JobSettings, RunningJobs};
use server::parts::{Givens, Parts};
use server::person::Person;
use server::store::Store;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long anything here may take.
const LONG: Duration = Duration::from_mins(2);

pub struct Site {
    pub tenant: RunningTenant,
    pub database: Database,
    pub tokens: Arc<Tokens>,
    pub http: reqwest::Client,
    /// What replicas that start from now on read the inventory with.
    pub inventory: Option<(Arc<dyn ReadToken>, time::Duration)>,
}

/// One process of the portal.
pub struct Replica {
    pub state: Arc<Parts>,
    pub store: Store,
    jobs: Option<RunningJobs>,
}

pub fn settings() -> DeskSettings {
    DeskSettings {
        read_pause: Duration::from_millis(5),
        read_patience: Duration::from_secs(20),
        request_timeout: Duration::from_secs(10),
        // The local tenant carries a write out at once or never.
        late_write_bound: Duration::from_millis(500),
        parallel_apps: 8,
        retry: Retry { attempts: 8, first_pause: 0.01, longest_pause: 10.0 },
        budget: BudgetSettings::unlimited(),
        ..DeskSettings::default()
    }
}

pub fn jobs() -> JobSettings {
    JobSettings { heartbeat: Duration::from_secs(1), poll: Duration::from_millis(200), ..JobSettings::default() }
}

impl Site {
    pub async fn start(apps: u32) -> Self {
        Self::on(Database::any().await, apps).await
    }

    pub async fn on(database: Database, apps: u32) -> Self {
        // reqwest leaves the choice of TLS to the process, and every test may be the first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let seed = Seed::Applications(apps);
        let tenant = local_tenant::start(TenantOptions { seed, ..TenantOptions::default() }).await.unwrap();
        Self { tenant, database, tokens: Arc::default(), http: reqwest::Client::new(), inventory: None }
    }

    pub async fn replica(&self) -> Replica {
        self.replica_with(settings(), jobs()).await
    }

    pub async fn replica_with(&self, settings: DeskSettings, jobs: JobSettings) -> Replica {
        let (state, store) = self.state(settings, jobs).await;
        let jobs = server::jobs::start(state.job_parts()).await.unwrap();
        Replica { state, store, jobs: Some(jobs) }
    }

    /// Of a process in which no job runs.
    pub async fn desk_at_rest(&self, upn: &str) -> RequestDesk {
        let (state, _) = self.state(settings(), jobs()).await;
        RequestDesk::new(state, Some(self.person(upn)))
    }

    async fn state(&self, settings: DeskSettings, jobs: JobSettings) -> (Arc<Parts>, Store) {
        let store = self.database.store().await;
        let portal = TestParts {
            http: &self.http,
            base_url: self.tenant.base_url(),
            tenant: TenantId::new(self.tenant.tenant_id()),
            store: &store,
            vaults: None,
        };
        let job_tokens = Arc::clone(&self.tokens);
        let givens = Givens { jobs, inventory: self.inventory.clone(), ..portal.givens(settings, job_tokens) };
        (Arc::new(parts(givens)), store)
    }

    fn person(&self, upn: &str) -> Person {
        people::person(viewer(&self.tenant, upn), Arc::new(Token(self.tenant.graph_token(upn).unwrap())))
    }

    pub fn desk(&self, replica: &Replica, upn: &str) -> RequestDesk {
        RequestDesk::new(Arc::clone(&replica.state), Some(self.person(upn)))
    }

    /// All apps, in the order of their names.
    pub fn apps(&self) -> Vec<ObjectId> {
        let mut apps = self.tenant.applications();
        apps.sort_by(|one, two| one.display_name.cmp(&two.display_name));
        apps.into_iter().map(|app| ObjectId::new(app.id)).collect()
    }

    /// A new certificate, and a preview that adds it to these apps.
    pub async fn draft(&self, replica: &Replica, upn: &str, apps: &[ObjectId]) -> (Uuid, Sha256Thumbprint) {
        let desk = self.desk(replica, upn);
        let certificate = desk.keep_certificate(TestCertificate::new("bulk").pem.as_bytes()).await.unwrap();
        let request = PlanRequest::Add {
            certificates: vec![certificate],
            apps: Chosen::These(apps.to_vec()),
            mode: PushMode::Append,
            display_name: String::new(),
            overlap_days: 0,
        };
        (desk.draft_plan(&request).await.unwrap(), certificate)
    }

    pub async fn push(&self, replica: &Replica, upn: &str, apps: &[ObjectId], pace: Pace) -> Uuid {
        let (plan, _) = self.draft(replica, upn, apps).await;
        self.desk(replica, upn).push(plan, "", pace).await.unwrap()
    }

    pub async fn progress(&self, replica: &Replica, receipt: Uuid) -> Progress {
        self.desk(replica, MARA).progress(receipt).await.unwrap()
    }

    pub async fn steer(&self, replica: &Replica, receipt: Uuid, steer: Steer) {
        self.desk(replica, MARA).steer(receipt, steer).await.unwrap();
    }

    /// Waits until a push is as wanted.
    pub async fn until(&self, replica: &Replica, receipt: Uuid, wanted: impl Fn(&Progress) -> bool) -> Progress {
        let mut changes = replica.state.notifier().changes();
        let waiting = async {
            loop {
                let progress = self.progress(replica, receipt).await;
                if wanted(&progress) {
                    return progress;
                }
                // Another process may have done it, of which this one hears nothing.
                let _ = tokio::time::timeout(Duration::from_millis(50), changes.changed()).await;
            }
        };
        match tokio::time::timeout(LONG, waiting).await {
            Ok(progress) => progress,
            Err(elapsed) => panic!("{elapsed}: it is {:?}", self.progress(replica, receipt).await),
        }
    }

    pub async fn until_rests(&self, replica: &Replica, receipt: Uuid) -> Progress {
        self.until(replica, receipt, |progress| progress.state != RunState::Running).await
    }

    /// All apps of a receipt.
    pub async fn results(&self, replica: &Replica, receipt: Uuid) -> Vec<ReceiptApp> {
        let mut all = vec![];
        for page in 1.. {
            let query = ReceiptQuery { outcome: String::new(), page };
            let receipt: Receipt = self.desk(replica, MARA).receipt(receipt, &query).await.unwrap();
            all.extend(receipt.apps.items);
            if !receipt.apps.has_next {
                break;
            }
        }
        all
    }

    /// Past the portal: another writer.
    pub async fn write(&self, app: ObjectId, body: &Value) {
        let token = self.tenant.graph_token(MARA).unwrap();
        write(&self.http, self.tenant.base_url(), &token, app, body).await;
    }

    /// Past the portal: every app's entries as Graph has them now, by app.
    pub async fn entries(&self) -> Entries {
        let token = self.tenant.graph_token(PRIYA).unwrap();
        entries(&self.http, self.tenant.base_url(), &token).await
    }

    /// Each app has exactly one entry more than before, and all that it had before unaltered.
    pub fn assert_one_more(before: &Entries, after: &Entries) {
        assert_eq!(before.len(), after.len());
        for (app, old) in before {
            let new = &after[app];
            assert_eq!(new.len(), old.len() + 1, "{app}: {new:#?}");
            for entry in old {
                assert!(new.contains(entry), "{app} lost {entry:#}");
            }
        }
    }

    /// Requests of one method that the tenant answered.
    pub fn count(&self, method: &str) -> usize {
        self.tenant.requests().iter().filter(|request| request.method == method).count()
    }
}

impl Replica {
    pub async fn stop(mut self) {
        self.jobs.take().unwrap().shutdown().await;
    }
}

pub fn outcome(app: &ReceiptApp) -> Outcome {
    match app.stage {
        AppStage::Ended(outcome) => outcome,
        other => panic!("{} is {other:?}", app.display_name),
    }
}

pub fn is_good(app: &ReceiptApp) -> bool {
    matches!(outcome(app), Outcome::Verified | Outcome::AlreadyThere)
}
