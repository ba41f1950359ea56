//! A portal that runs: puts its parts together, listens, and stops without cutting anything off.

use crate::causes::causes;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, DeskSettings, InventoryRead, is_loopback};
use crate::connections::{self, Answering, Serving};
use crate::entra::Provider;
use crate::entropy::{Entropy, OsEntropy};
use crate::graph::Graph;
use crate::http::{AppState, Limiters, Portal, Readiness, RecentRefusals, parts, refused, reserve, router};
use crate::inventory::{LentToken, PortalToken, ReadToken};
use crate::jobs::{self, NoticeParts, QueueError, RunningJobs};
use crate::keyvault::KeyVault;
use crate::notices::{ChannelBook, GraphMail, Planner, Recipients, Sender, SenderError};
use crate::parts::Givens;
use crate::session::{SealError, Sealer, Sessions, TokenVault};
use crate::shares::Shares;
use crate::store::{Store, StoreError};
use crate::tenants::TenantServices;
use crate::token_endpoint::TokenEndpoint;
use app::route::Route;
use openidconnect::RedirectUrl;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

/// How often this process forgets addresses that have been silent.
const TIDY: Duration = time::Duration::minutes(10).unsigned_abs();
/// How often refusals that were only counted are written down.
const COUNTED: Duration = time::Duration::minutes(1).unsigned_abs();

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{address} cannot be listened on: {source}. Is another program using it? Choose another port.")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the database cannot be opened: {}", causes(.0))]
    Store(#[from] StoreError),
    #[error("the queue of jobs cannot be opened: {}", causes(.0))]
    Queue(#[from] QueueError),
    #[error("the token key cannot be used: {0}")]
    TokenKey(#[from] SealError),
    #[error("the TLS certificate or key cannot be used: {0}")]
    Tls(std::io::Error),
    #[error("the HTTP client cannot be made: {0}")]
    Http(#[from] reqwest::Error),
    #[error("notices cannot be sent: {}", causes(.0))]
    Notices(#[from] SenderError),
    #[error("the public URL cannot hold a redirect URI: {0}")]
    RedirectUri(#[from] url::ParseError),
    #[error("a rate limit is zero")]
    Limits,
}

/// What the portal takes from its surroundings.
#[derive(Clone)]
pub struct Surroundings {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy) }
    }
}

/// A portal that serves requests in a background task. It stops when dropped; [`Self::shutdown`] also waits until all
/// work is done.
pub struct RunningPortal {
    base_url: String,
    address: SocketAddr,
    serving: Serving,
    /// Ends with it.
    _tidying: AbortOnDropHandle<()>,
    jobs: Option<RunningJobs>,
    at_work: TaskTracker,
    app: AppState,
}

/// Listens where the configuration says, and serves.
pub async fn start(config: Config) -> Result<RunningPortal, StartError> {
    let listener = listen(config.listen)?;
    start_on(listener, config, Surroundings::default()).await
}

/// Binds an address. Port 0 takes any free one.
pub fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })
}

/// Serves on a listener that is bound already.
pub async fn start_on(
    listener: TcpListener,
    config: Config,
    surroundings: Surroundings,
) -> Result<RunningPortal, StartError> {
    // It is there already where another part of the process was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let unusable = |source| StartError::Listen { address: config.listen, source };
    listener.set_nonblocking(true).map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let base_url = config.origin();
    let tls = if let Some(tls) = &config.tls {
        Some(connections::read_tls(tls).await.map_err(StartError::Tls)?)
    } else {
        None
    };

    let at_work = TaskTracker::new();
    let app = assemble(config, surroundings, at_work.clone()).await?;
    let jobs = jobs::start(app.desk.job_parts()).await?;

    let settings = app.config.connections.clone();
    let most = connections::room_for(settings.most);
    let answering = Answering { usual: router(&app), reserve: reserve(&app) };
    let unusable = |source| StartError::Listen { address, source };
    let serving = connections::serve(listener, tls, settings, most, answering).map_err(unusable)?;
    let tidying = AbortOnDropHandle::new(tokio::spawn(tidy(app.clone())));
    tracing::info!(%address, base_url, "the portal is listening");
    Ok(RunningPortal { base_url, address, serving, _tidying: tidying, jobs: Some(jobs), at_work, app })
}

async fn assemble(
    config: Config,
    Surroundings { clock, entropy }: Surroundings,
    at_work: TaskTracker,
) -> Result<AppState, StartError> {
    let http = http_client(&config)?;
    let store = Store::open(&config.database).await?;
    let settings = DeskSettings {
        admin_center_root: config.desk.admin_center_root.clone().or_else(|| config.entra.cloud.admin_center.clone()),
        ..config.desk.clone()
    };
    let graph = Graph::new(http.clone(), config.entra.cloud.graph_root.clone());
    // Mail has limits of its own.
    let mail_graph = Graph::new(http.clone(), config.entra.cloud.graph_root.clone());
    let cloud = &config.entra.cloud;
    let services = TenantServices {
        tenant: config.entra.tenant_id,
        graph,
        token_endpoint: TokenEndpoint::new(http.clone(), cloud),
        key_vault: cloud
            .key_vault
            .clone()
            .map(|vaults| KeyVault::new(http.clone(), vaults, config.entra.tenant_id.to_string())),
    };
    let sessions = Sessions::new(&store, clock.clone(), config.sessions);
    let redirect_uri = RedirectUrl::new(config.url_of(&Route::SignInCallback.to_string()))?;
    let provider = Arc::new(Provider::new(
        http,
        config.entra.clone(),
        redirect_uri,
        config.step_up.needs_auth_time,
        clock.clone(),
        entropy.clone(),
    ));
    let sealer = Sealer::new(&config.token_key, &config.old_token_keys)?;
    let vault = Arc::new(TokenVault::new(
        sessions.clone(),
        sealer,
        provider.clone(),
        clock.clone(),
        entropy.clone(),
        config.step_up.clone(),
    ));
    let jobs = config.jobs.clone();
    // Asked for only where something uses it.
    let own_token: Arc<dyn ReadToken> = Arc::new(PortalToken::new(provider.clone(), clock.clone()));
    if config.inventory.read != InventoryRead::Lent {
        // Nobody would see that they lend one, and it would be used again once the configuration is changed back.
        store.of(config.entra.tenant_id).forget_lent_reads().await?;
    }
    let inventory = match config.inventory.read {
        InventoryRead::Off => None,
        InventoryRead::Application => Some((Arc::clone(&own_token), config.inventory.full_every())),
        InventoryRead::Lent => {
            let lent = LentToken::new(store.of(config.entra.tenant_id), vault.clone(), clock.clone());
            Some((Arc::new(lent) as Arc<dyn ReadToken>, config.inventory.full_every()))
        }
    };
    let group_members = config.inventory.group_members_for().map(|age| (Arc::clone(&own_token), age));
    let mailbox = config.notices.email.as_ref().and_then(|email| email.mailbox.clone());
    let graph_mail = mailbox.map(|mailbox| GraphMail::new(mail_graph, own_token, mailbox));
    let channel_sealer = Arc::new(Sealer::new(&config.token_key, &config.old_token_keys)?);
    let notices = notices(&config, &store, &channel_sealer, graph_mail, (&clock, &entropy))?;
    let desk = Arc::new(parts(Givens {
        services,
        job_tokens: vault.clone(),
        store: store.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
        settings,
        jobs,
        requests: config.requests.clone(),
        inventory,
        inventory_delta: config.inventory.delta_every(),
        reads_lent: config.inventory.read == InventoryRead::Lent,
        owner_departments: config.inventory.owner_departments,
        group_members,
        own_app: config.entra.client_id,
        notices: Some(notices),
        notice_settings: Arc::clone(&config.notices),
        channel_sealer,
    }));
    let limits = Limiters::new(&config).ok_or(StartError::Limits)?;
    Ok(AppState(Arc::new(Portal {
        config,
        desk,
        store,
        sessions,
        vault,
        provider,
        clock,
        entropy,
        limits,
        readiness: Readiness::default(),
        refusals: RecentRefusals::default(),
        event_streams: Shares::default(),
        at_work,
    })))
}

/// What tells people, as soon as there is a channel.
fn notices(
    config: &Config,
    store: &Store,
    sealer: &Arc<Sealer>,
    mail: Option<GraphMail>,
    (clock, entropy): (&Arc<dyn Clock>, &Arc<dyn Entropy>),
) -> Result<NoticeParts, StartError> {
    let settings = &config.notices;
    let book = ChannelBook::new(store.of(config.entra.tenant_id), Arc::clone(settings), Arc::clone(sealer));
    let (origin, host) = (config.origin(), config.public_url.host_str().unwrap_or("localhost"));
    let recipients = Recipients::new(settings, &config.requests.teams, config.inventory.group_members_for());
    let planner = Planner::new(book.clone(), Arc::clone(clock), recipients.clone());
    let sender = Sender::new(book, Arc::clone(clock), Arc::clone(entropy), recipients, (&origin, host), mail)?;
    Ok(NoticeParts { planner: Arc::new(planner), sender: Arc::new(sender), keep: settings.keep() })
}

/// For Entra and Graph. Follows no redirects: neither has a reason to send any with a token on board.
fn http_client(config: &Config) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .user_agent(concat!("Thumbprint/", env!("CARGO_PKG_VERSION")));
    // What is on this machine is not behind a proxy, whatever the environment says.
    if is_loopback(&config.entra.cloud.authority) { builder.no_proxy().build() } else { builder.build() }
}

/// What every process has in its own memory; what the replicas share is tidied by a job.
async fn tidy(app: AppState) {
    let mut addresses = tokio::time::interval(TIDY);
    let mut refusals = tokio::time::interval(COUNTED);
    loop {
        tokio::select! {
            _ = addresses.tick() => app.limits.tidy(),
            _ = refusals.tick() => refused::write_counted(&app, false).await,
        }
    }
}

impl RunningPortal {
    /// The public URL, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sees that a push of this process got further, from now on, several times as one.
    pub fn push_changes(&self) -> watch::Receiver<u64> {
        self.app.desk.notifier().changes()
    }

    /// Takes no new requests, lets those under way finish, and ends pushes at their next step: they go on after the next
    /// start.
    pub async fn shutdown(mut self) {
        self.serving.stop();
        if let Some(jobs) = self.jobs.take() {
            jobs.shutdown().await;
        }
        self.serving.ended().await;
        self.at_work.close();
        self.at_work.wait().await;
        refused::write_counted(&self.app, true).await;
    }
}

impl Drop for RunningPortal {
    fn drop(&mut self) {
        // Takes no new work from here on.
        self.at_work.close();
    }
}
