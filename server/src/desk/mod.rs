//! The desk: what the portal does for one person's request. One operation per file; each checks the role itself.

mod app;
mod app_names;
mod apps;
mod apps_csv;
mod audit;
mod certificate;
mod directory;
mod doctor_evidence;
mod draft;
mod find_holders;
mod guard;
mod history;
mod keep_certificate;
mod locks;
mod overview;
mod parallel;
mod plan;
mod progress;
mod proof;
mod push;
mod receipt;
mod retirements;
mod settings;
mod steer;
mod vault;

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
use ::app::desk::{
    AppDetail, AppQuery, AppRow, AuditQuery, AuditRow, CertificateView, Desk, EvidenceRequest, EvidenceView, Holders,
    Overview, Pace, Page, PlanRequest, PlanView, Problem, Progress, Proof, ProofTarget, Receipt, ReceiptQuery,
    Retirement, StateComparison, StateRow, Steer, VaultCertificate, Viewer,
};
use async_trait::async_trait;
use directory::Directory;
use domain::ids::{AppId, ObjectId};
use domain::thumbprint::Sha256Thumbprint;
use locks::Locks;
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
    graph: Graph,
    /// The same, for pushes: they leave something of the budget to people who wait for a page.
    jobs_graph: Graph,
    token_endpoint: TokenEndpoint,
    key_vault: Option<KeyVault>,
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: DeskSettings,
    locks: Locks,
    leases: Leases,
    board: Board,
    jobs: JobSettings,
    /// Opens the sign-ins that pushes were given.
    job_tokens: Arc<dyn JobTokens>,
    directory: Directory,
    proofs: proof::Limiter,
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
            proofs: proof::limiter(settings.proofs_per_minute),
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
impl Desk for RequestDesk {
    async fn viewer(&self) -> Result<Option<Viewer>, Problem> {
        Ok(self.person.as_ref().map(|person| person.viewer.clone()))
    }

    async fn overview(&self) -> Result<Overview, Problem> {
        overview::handle(&self.state, self.entered()?).await
    }

    async fn keep_certificate(&self, bytes: &[u8]) -> Result<Sha256Thumbprint, Problem> {
        keep_certificate::handle(&self.state, self.pushing()?, bytes).await
    }

    async fn certificate(&self, sha256: Sha256Thumbprint) -> Result<CertificateView, Problem> {
        certificate::handle(&self.state, self.entered()?, sha256).await
    }

    async fn apps(&self, query: &AppQuery) -> Result<Page<AppRow>, Problem> {
        apps::handle(&self.state, self.entered()?, query).await
    }

    async fn app_names(&self, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, Problem> {
        app_names::handle(&self.state, self.entered()?, ids).await
    }

    async fn app(&self, id: ObjectId) -> Result<AppDetail, Problem> {
        app::handle(&self.state, self.entered()?, id).await
    }

    async fn draft_plan(&self, request: &PlanRequest) -> Result<Uuid, Problem> {
        draft::handle(&self.state, self.pushing()?, request).await
    }

    async fn plan(&self, id: Uuid, page: u32) -> Result<PlanView, Problem> {
        plan::handle(&self.state, self.entered()?, id, page).await
    }

    async fn push(&self, plan: Uuid, typed: &str, pace: Pace) -> Result<Uuid, Problem> {
        match self.pushing() {
            Ok(person) => push::handle(&self.state, person, plan, typed, pace).await,
            Err(problem) => {
                push::audit_refusal(&self.state, self.person.as_ref(), &problem).await?;
                Err(problem)
            }
        }
    }

    async fn receipt(&self, id: Uuid, query: &ReceiptQuery) -> Result<Receipt, Problem> {
        receipt::handle(&self.state, self.entered()?, id, query).await
    }

    async fn progress(&self, receipt: Uuid) -> Result<Progress, Problem> {
        progress::handle(&self.state, self.entered()?, receipt).await
    }

    async fn steer(&self, receipt: Uuid, steer: Steer) -> Result<(), Problem> {
        steer::handle(&self.state, self.pushing()?, receipt, steer).await
    }

    async fn states(&self, app: ObjectId, page: u32) -> Result<Page<StateRow>, Problem> {
        history::states(&self.state, self.entered()?, app, page).await
    }

    async fn compare_states(&self, app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem> {
        history::compare(&self.state, self.entered()?, app, older, newer).await
    }

    async fn retirements(&self, page: u32) -> Result<Page<Retirement>, Problem> {
        retirements::handle(&self.state, self.entered()?, page).await
    }

    async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        audit::handle(&self.state, self.entered()?, query).await
    }

    async fn find_holders(&self, words: &str) -> Result<Holders, Problem> {
        find_holders::handle(&self.state, self.entered()?, words).await
    }

    async fn doctor_evidence(&self, request: &EvidenceRequest) -> Result<EvidenceView, Problem> {
        doctor_evidence::handle(&self.state, self.entered()?, request).await
    }

    async fn proof_target(&self, app: AppId) -> Result<ProofTarget, Problem> {
        proof::target(&self.state, self.entered()?, app).await
    }

    async fn prove(&self, app: AppId, assertion: &str) -> Result<Proof, Problem> {
        proof::prove(&self.state, self.pushing()?, app, assertion).await
    }

    async fn vault_certificates(&self, vault: &str) -> Result<Vec<VaultCertificate>, Problem> {
        vault::certificates(&self.state, self.entered()?, vault).await
    }

    async fn import_from_vault(&self, vault: &str, name: &str, version: &str) -> Result<Sha256Thumbprint, Problem> {
        vault::import(&self.state, self.pushing()?, vault, name, version).await
    }

    async fn prove_with_vault(&self, app: AppId, vault: &str, name: &str, version: &str) -> Result<Proof, Problem> {
        vault::prove(&self.state, self.pushing()?, app, vault, name, version).await
    }
}
