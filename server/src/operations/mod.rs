//! The desk: what the portal does for one person's request. One operation per file; each checks the role itself.

pub(crate) mod apps;
mod audit;
pub(crate) mod certificates;
mod guard;
mod history;
pub(crate) mod locks;
mod overview;
pub(crate) mod parallel;
pub(crate) mod plans;
mod proofs;
pub(crate) mod pushes;
pub(crate) mod search;
mod settings;
mod vaults;

pub use settings::DeskSettings;
pub(crate) use settings::seconds;

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::graph::Graph;
use crate::jobs::{Board, JobSettings, Leases};
use crate::keyvault::KeyVault;
use crate::person::{JobTokens, Person};
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
use app::contract::pushes::{Pace, Progress, Receipt, ReceiptQuery, Retirement, Steer};
use app::contract::search::{EvidenceRequest, EvidenceView, Holders};
use app::contract::vaults::VaultCertificate;
use async_trait::async_trait;
use domain::ids::{AppId, ObjectId};
use domain::thumbprint::Sha256Thumbprint;
use locks::Locks;
use search::directory::Directory;
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
    /// The same, for pushes: they leave something of the budget to people who wait for a page.
    pub(crate) jobs_graph: Graph,
    pub(crate) token_endpoint: TokenEndpoint,
    pub(crate) key_vault: Option<KeyVault>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) settings: DeskSettings,
    pub(crate) locks: Locks,
    pub(crate) leases: Leases,
    pub(crate) board: Board,
    pub(crate) jobs: JobSettings,
    /// Opens the sign-ins that pushes were given.
    pub(crate) job_tokens: Arc<dyn JobTokens>,
    pub(crate) directory: Directory,
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
        Self {
            jobs_graph: graph.for_jobs(&settings.budget),
            graph,
            token_endpoint,
            key_vault,
            locks: Locks::new(store.clone()),
            leases: Leases::new(store.clone()),
            store,
            clock,
            entropy,
            proofs: proofs::limiter(settings.proofs_per_minute),
            settings,
            board: Board::default(),
            jobs,
            job_tokens,
            directory: Directory::default(),
        }
    }

    /// What goes on with pushes in this process.
    pub fn board(&self) -> &Board {
        &self.board
    }

    pub fn job_settings(&self) -> &JobSettings {
        &self.jobs
    }
}

/// The desk for one request: `person` is who signed in, if anyone.
pub struct RequestDesk {
    state: Arc<DeskState>,
    person: Option<Person>,
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
impl PushesPort for RequestDesk {
    async fn push(&self, plan: Uuid, typed: &str, pace: Pace) -> Result<Uuid, Problem> {
        match self.pushing() {
            Ok(person) => pushes::begin::handle(&self.state, person, plan, typed, pace).await,
            Err(problem) => {
                pushes::begin::audit_refusal(&self.state, self.person.as_ref(), &problem).await?;
                Err(problem)
            }
        }
    }

    async fn receipt(&self, id: Uuid, query: &ReceiptQuery) -> Result<Receipt, Problem> {
        pushes::receipt::handle(&self.state, self.entered()?, id, query).await
    }

    async fn progress(&self, receipt: Uuid) -> Result<Progress, Problem> {
        pushes::progress::handle(&self.state, self.entered()?, receipt).await
    }

    async fn steer(&self, receipt: Uuid, steer: Steer) -> Result<(), Problem> {
        pushes::steer::handle(&self.state, self.pushing()?, receipt, steer).await
    }

    async fn retirements(&self, page: u32) -> Result<Page<Retirement>, Problem> {
        pushes::retirements::handle(&self.state, self.entered()?, page).await
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
