//! The parts of a portal that all requests and jobs of this process share, put together once; each operation is given
//! what it uses of them.

use crate::clock::Clock;
use crate::config::{DeskSettings, JobSettings, NoticeSettings, Quotas, RequestPolicy};
use crate::entropy::Entropy;
use crate::inventory::{GroupSync, InventorySync, ReadToken};
use crate::jobs::{JobNotifier, JobParts, Leases, NoticeParts};
use crate::notices::{ChannelBook, Planner, Recipients};
use crate::operations::Context;
use crate::operations::apps::read::registration_page;
use crate::operations::notices::NoticeContext;
use crate::operations::plans::draft::DraftContext;
use crate::operations::proofs::{self, ProofContext};
use crate::operations::pushes::PushContext;
use crate::operations::secrets::SecretContext;
use crate::parsers::Parsers;
use crate::person::JobTokens;
use crate::rollout::{AuditText, Observer, Rollout, RolloutSettings};
use crate::session::Sealer;
use crate::shares::Shares;
use crate::store::{Sighting, Store};
use crate::tenants::{Tenant, TenantServices, Tenants};
use async_trait::async_trait;
use domain::ids::{AppId, ObjectId, TenantId};
use std::sync::Arc;
use url::Url;

/// What requests and jobs share.
pub struct Parts {
    tenants: Arc<Tenants>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: DeskSettings,
    store: Store,
    rollout: Arc<Rollout>,
    leases: Arc<Leases>,
    notifier: Arc<JobNotifier>,
    jobs: JobSettings,
    proofs: Arc<proofs::Limiter>,
    parsers: Parsers,
    quotas: Arc<Quotas>,
    requests: Arc<RequestPolicy>,
    inventory: Option<Arc<InventorySync>>,
    groups: Option<Arc<GroupSync>>,
    group_members_for: Option<time::Duration>,
    inventory_every: Option<time::Duration>,
    owner_departments: bool,
    reads_lent: bool,
    own_app: AppId,
    notices: Option<NoticeParts>,
    notice_settings: Arc<NoticeSettings>,
    channel_sealer: Arc<Sealer>,
    drafts_under_way: Shares<ObjectId>,
    imports_under_way: Shares<ObjectId>,
}

/// What the surroundings of the parts give.
pub struct Givens {
    /// Of the one tenant.
    pub services: TenantServices,
    /// Opens the sign-ins that pushes were given.
    pub job_tokens: Arc<dyn JobTokens>,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub settings: DeskSettings,
    pub jobs: JobSettings,
    pub requests: RequestPolicy,
    /// What the inventory is read with, and how often; `None`: it is not.
    pub inventory: Option<(Arc<dyn ReadToken>, time::Duration)>,
    /// How often delta is asked between readings; `None`: not.
    pub inventory_delta: Option<time::Duration>,
    /// It is read with sign-ins that people lend.
    pub reads_lent: bool,
    /// Owners' departments may be read.
    pub owner_departments: bool,
    /// What groups of teams are read with, and how old that may be; `None`: they are not.
    pub group_members: Option<(Arc<dyn ReadToken>, time::Duration)>,
    /// The portal's own registration.
    pub own_app: AppId,
    /// `None`: no job tells anything.
    pub notices: Option<NoticeParts>,
    pub notice_settings: Arc<NoticeSettings>,
    /// For the addresses of channels that administrators keep.
    pub channel_sealer: Arc<Sealer>,
}

impl Parts {
    /// `audit_text`: how the audit log puts what came of a push.
    pub(crate) fn new(givens: Givens, audit_text: Arc<dyn AuditText>) -> Self {
        let Givens {
            services,
            job_tokens,
            store,
            clock,
            entropy,
            settings,
            jobs,
            requests,
            inventory,
            inventory_delta,
            reads_lent,
            owner_departments,
            group_members,
            own_app,
            notices,
            notice_settings,
            channel_sealer,
        } = givens;
        let tenant =
            Tenant::new(services, &store, Arc::clone(&clock), Arc::clone(&entropy), &settings, inventory.is_some());
        let jobs_graph = tenant.jobs_graph.clone();
        let inventory_every = inventory.as_ref().map(|(_, every)| *every);
        let inventory = inventory.map(|(token, every)| {
            let (graph, store) = (jobs_graph.clone(), tenant.store.clone());
            let sync = InventorySync::new(graph, store, Arc::clone(&clock), token, every).with_delta(inventory_delta);
            Arc::new(sync.with_departments(owner_departments && requests.rest_on_departments()))
        });
        let group_members_for = group_members.as_ref().map(|(_, age)| *age);
        let groups = group_members.map(|(token, _)| {
            let (graph, store) = (jobs_graph.clone(), tenant.store.clone());
            Arc::new(GroupSync::new(graph, store, Arc::clone(&clock), token, requests.groups_of_teams()))
        });
        let tenants = Arc::new(Tenants::from_iter([tenant]));
        let notifier = Arc::<JobNotifier>::default();
        let leases = Arc::new(Leases::new(store.clone()));
        let rollout = Rollout::new(
            store.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            RolloutSettings::from(&settings),
            jobs_graph,
            Arc::clone(&leases),
            Arc::clone(&notifier),
            job_tokens,
            Arc::new(PushObserver(Arc::clone(&tenants))),
            audit_text,
        );
        Self {
            tenants,
            clock,
            entropy,
            proofs: Arc::new(proofs::limiter(settings.proofs_per_minute)),
            parsers: Parsers::default(),
            quotas: Arc::new(settings.quotas.clone()),
            requests: Arc::new(requests),
            drafts_under_way: Shares::default(),
            imports_under_way: Shares::default(),
            settings,
            store,
            inventory,
            groups,
            group_members_for,
            inventory_every,
            owner_departments,
            reads_lent,
            own_app,
            notices,
            notice_settings,
            channel_sealer,
            rollout: Arc::new(rollout),
            leases,
            notifier,
            jobs,
        }
    }

    /// What goes on with pushes in this process.
    pub fn notifier(&self) -> &JobNotifier {
        &self.notifier
    }

    /// What this process's jobs need.
    pub fn job_parts(&self) -> JobParts {
        JobParts {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            settings: self.jobs.clone(),
            notifier: Arc::clone(&self.notifier),
            leases: Arc::clone(&self.leases),
            pushes: Arc::<Rollout>::clone(&self.rollout),
            remembered: RolloutSettings::from(&self.settings).remembered(),
            inventory: self.inventory.clone(),
            groups: self.groups.clone(),
            notices: self.notices.clone(),
        }
    }

    /// `None` for a tenant that is not this portal's.
    pub(crate) fn context(&self, tenant: TenantId) -> Option<Context> {
        Some(Context {
            tenant: self.tenants.of(tenant)?,
            clock: Arc::clone(&self.clock),
            parsers: self.parsers.clone(),
            quotas: Arc::clone(&self.quotas),
            requests: Arc::clone(&self.requests),
            inventory_every: self.inventory_every,
            owner_departments: self.owner_departments,
            reads_lent: self.reads_lent,
            group_members_for: self.group_members_for,
        })
    }

    pub(crate) fn drafts(&self, context: Context) -> DraftContext {
        DraftContext {
            context,
            entropy: Arc::clone(&self.entropy),
            parallel_apps: self.settings.parallel_apps,
            identifier_style: self.settings.identifier_style,
            under_way: self.drafts_under_way.clone(),
        }
    }

    /// Of logs of sign-ins, by who brings them.
    pub(crate) fn imports_under_way(&self) -> &Shares<ObjectId> {
        &self.imports_under_way
    }

    pub(crate) fn pushes(&self, context: Context) -> PushContext {
        PushContext {
            context,
            entropy: Arc::clone(&self.entropy),
            notifier: Arc::clone(&self.notifier),
            jobs: self.jobs.clone(),
        }
    }

    pub(crate) fn secrets(&self, context: Context) -> SecretContext {
        SecretContext { context, entropy: Arc::clone(&self.entropy), rollout: Arc::clone(&self.rollout) }
    }

    pub(crate) fn proofs(&self, context: Context) -> ProofContext {
        ProofContext { context, limiter: Arc::clone(&self.proofs) }
    }

    pub(crate) fn notices(&self, context: Context) -> NoticeContext {
        let settings = Arc::clone(&self.notice_settings);
        let recipients = Recipients::new(&settings, &self.requests.teams, self.group_members_for);
        let sealer = Arc::clone(&self.channel_sealer);
        let book = ChannelBook::new(context.tenant.store.clone(), Arc::clone(&settings), sealer);
        let planner = Planner::new(book.clone(), Arc::clone(&self.clock), recipients);
        NoticeContext { context, settings, book, planner }
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        self.entropy.as_ref()
    }

    /// Requests under way at the same time for one person.
    pub(crate) fn parallel_apps(&self) -> usize {
        self.settings.parallel_apps
    }

    pub(crate) fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// Where the portal itself is given permissions.
    pub(crate) fn permissions_page(&self) -> Option<String> {
        self.admin_center().map(|root| registration_page(root, "CallAnAPI", self.own_app))
    }

    pub(crate) fn admin_center(&self) -> Option<&Url> {
        self.settings.admin_center_root.as_ref()
    }
}

/// Notes what pushes read, for the search and the time machine.
struct PushObserver(Arc<Tenants>);

#[async_trait]
impl Observer for PushObserver {
    fn seen(&self, tenant: TenantId, sighting: Sighting<'_>) {
        if let Some(tenant) = self.0.of(tenant) {
            tenant.directory.index(&[sighting]);
        }
    }

    async fn note(&self, tenant: TenantId, sightings: &[Sighting<'_>]) {
        if let Some(tenant) = self.0.of(tenant) {
            tenant.directory.note_credentials(sightings).await;
        }
    }
}
