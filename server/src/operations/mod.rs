//! The desk: what the portal does for one person's request. One operation per file; each checks the role itself.

pub(crate) mod apps;
mod audit;
pub(crate) mod certificates;
mod guard;
mod history;
mod overview;
pub(crate) mod parallel;
pub(crate) mod plans;
mod proofs;
pub(crate) mod pushes;
pub(crate) mod search;
mod settings;
mod vaults;

pub use settings::DeskSettings;

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::graph::Graph;
use crate::http::problems::pushes::PageText;
use crate::jobs::{JobNotifier, JobParts, JobSettings, Leases};
use crate::keyvault::KeyVault;
use crate::person::{JobTokens, Person};
use crate::rollout::Rollout;
use crate::store::Store;
use crate::token_endpoint::TokenEndpoint;
use app::contract::apps::{AppDetail, AppQuery, AppRow};
use app::contract::audit::{AuditQuery, AuditRow};
use app::contract::certificates::CertificateView;
use app::contract::history::{StateComparison, StateRow};
use app::contract::overview::Overview;
use app::contract::paging::Page;
use app::contract::people::Viewer;
use app::contract::plans::{PlanRequest, PlanView};
use app::contract::ports::*;
use app::contract::problem::Problem;
use app::contract::proofs::{Proof, ProofTarget};
use app::contract::search::{EvidenceRequest, EvidenceView, Holders};
use app::contract::vaults::VaultCertificate;
use async_trait::async_trait;
use domain::ids::{AppId, ObjectId};
use domain::thumbprint::Sha256Thumbprint;
use search::directory::{Directory, PushObserver};
use std::sync::Arc;
use uuid::Uuid;

/// The services of one cloud that the desk calls.
pub struct Services {
    pub graph: Graph,
    pub token_endpoint: TokenEndpoint,
    /// `None` where the cloud has none that is known.
    pub key_vault: Option<KeyVault>,
}

/// What all requests share.
pub struct DeskState {
    pub(crate) graph: Graph,
    pub(crate) token_endpoint: TokenEndpoint,
    pub(crate) key_vault: Option<KeyVault>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) settings: DeskSettings,
    pub(crate) rollout: Arc<Rollout>,
    pub(crate) leases: Arc<Leases>,
    pub(crate) notifier: Arc<JobNotifier>,
    pub(crate) jobs: JobSettings,
    pub(crate) directory: Arc<Directory>,
    pub(crate) proofs: proofs::Limiter,
}

impl DeskState {
    pub fn new(
        services: Services,
        job_tokens: Arc<dyn JobTokens>,
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: DeskSettings,
        jobs: JobSettings,
    ) -> Self {
        let Services { graph, token_endpoint, key_vault } = services;
        let graph =
            graph.with(settings.retry.clone(), settings.request_timeout, Arc::clone(&entropy)).within(&settings.budget);
        let notifier = Arc::<JobNotifier>::default();
        let leases = Arc::new(Leases::new(store.clone()));
        let directory = Arc::<Directory>::default();
        let observer =
            PushObserver { store: store.clone(), clock: Arc::clone(&clock), directory: Arc::clone(&directory) };
        let rollout = Rollout::new(
            store.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            settings.rollout(),
            graph.for_jobs(&settings.budget),
            Arc::clone(&leases),
            Arc::clone(&notifier),
            job_tokens,
            Arc::new(observer),
            Arc::new(PageText),
        );
        Self {
            graph,
            token_endpoint,
            key_vault,
            store,
            clock,
            entropy,
            proofs: proofs::limiter(settings.proofs_per_minute),
            settings,
            rollout: Arc::new(rollout),
            leases,
            notifier,
            jobs,
            directory,
        }
    }

    /// What goes on with pushes in this process.
    pub fn notifier(&self) -> &JobNotifier {
        &self.notifier
    }

    /// What its jobs need.
    pub fn job_parts(&self) -> JobParts {
        JobParts {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            settings: self.jobs.clone(),
            notifier: Arc::clone(&self.notifier),
            leases: Arc::clone(&self.leases),
            pushes: Arc::<Rollout>::clone(&self.rollout),
        }
    }
}

/// The desk for one request: `person` is who signed in, if anyone.
pub struct RequestDesk {
    pub(crate) state: Arc<DeskState>,
    pub(crate) person: Option<Person>,
}

impl RequestDesk {
    pub fn new(state: Arc<DeskState>, person: Option<Person>) -> Self {
        Self { state, person }
    }
}

#[async_trait]
impl PeoplePort for RequestDesk {
    async fn viewer(&self) -> Result<Option<Viewer>, Problem> {
        Ok(self.person.as_ref().map(|person| person.viewer.clone()))
    }
}

#[async_trait]
impl OverviewPort for RequestDesk {
    async fn overview(&self) -> Result<Overview, Problem> {
        overview::handle(&self.state, self.entered()?).await
    }
}

#[async_trait]
impl CertificatesPort for RequestDesk {
    async fn keep_certificate(&self, bytes: &[u8]) -> Result<Sha256Thumbprint, Problem> {
        certificates::keep::handle(&self.state, self.pushing()?, bytes).await
    }

    async fn certificate(&self, sha256: Sha256Thumbprint) -> Result<CertificateView, Problem> {
        certificates::read::handle(&self.state, self.entered()?, sha256).await
    }
}

#[async_trait]
impl AppsPort for RequestDesk {
    async fn apps(&self, query: &AppQuery) -> Result<Page<AppRow>, Problem> {
        apps::list::handle(&self.state, self.entered()?, query).await
    }

    async fn app_names(&self, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, Problem> {
        apps::names::handle(&self.state, self.entered()?, ids).await
    }

    async fn app(&self, id: ObjectId) -> Result<AppDetail, Problem> {
        apps::read::handle(&self.state, self.entered()?, id).await
    }
}

#[async_trait]
impl PlansPort for RequestDesk {
    async fn draft_plan(&self, request: &PlanRequest) -> Result<Uuid, Problem> {
        plans::draft::handle(&self.state, self.pushing()?, request).await
    }

    async fn plan(&self, id: Uuid, page: u32) -> Result<PlanView, Problem> {
        plans::read::handle(&self.state, self.entered()?, id, page).await
    }
}

#[async_trait]
impl HistoryPort for RequestDesk {
    async fn states(&self, app: ObjectId, page: u32) -> Result<Page<StateRow>, Problem> {
        history::states(&self.state, self.entered()?, app, page).await
    }

    async fn compare_states(&self, app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem> {
        history::compare(&self.state, self.entered()?, app, older, newer).await
    }
}

#[async_trait]
impl AuditPort for RequestDesk {
    async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        audit::handle(&self.state, self.entered()?, query).await
    }
}

#[async_trait]
impl SearchPort for RequestDesk {
    async fn find_holders(&self, words: &str) -> Result<Holders, Problem> {
        search::find_holders::handle(&self.state, self.entered()?, words).await
    }

    async fn doctor_evidence(&self, request: &EvidenceRequest) -> Result<EvidenceView, Problem> {
        search::doctor_evidence::handle(&self.state, self.entered()?, request).await
    }
}

#[async_trait]
impl ProofsPort for RequestDesk {
    async fn proof_target(&self, app: AppId) -> Result<ProofTarget, Problem> {
        proofs::target(&self.state, self.entered()?, app).await
    }

    async fn prove(&self, app: AppId, assertion: &str) -> Result<Proof, Problem> {
        proofs::prove(&self.state, self.pushing()?, app, assertion).await
    }

    async fn prove_with_vault(&self, app: AppId, vault: &str, name: &str, version: &str) -> Result<Proof, Problem> {
        vaults::prove(&self.state, self.pushing()?, app, vault, name, version).await
    }
}

#[async_trait]
impl VaultsPort for RequestDesk {
    async fn vault_certificates(&self, vault: &str) -> Result<Vec<VaultCertificate>, Problem> {
        vaults::certificates(&self.state, self.entered()?, vault).await
    }

    async fn import_from_vault(&self, vault: &str, name: &str, version: &str) -> Result<Sha256Thumbprint, Problem> {
        vaults::import(&self.state, self.pushing()?, vault, name, version).await
    }
}
