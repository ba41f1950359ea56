//! The portal with a local tenant: the same portal, with other base URLs.

mod banner;
pub mod identity;
mod teams;

use app::route::Route;
use domain::ids::{AppId, TenantId};
use domain::teams::TeamError;
use identity::{Identity, IdentityError};
use local_tenant::{HttpsOptions, MicrosoftOptions, PortalRegistration, RunningTenant, TenantError, TenantOptions};
use serde_json::json;
use server::client_credential::{ClientCredential, CredentialError};
use server::config::{
    Cloud, Config, ConnectionSettings, DeskSettings, Entra, InventoryRead, InventorySettings, KeyVaultCloud, Limits,
    LogFormat, Permissions, RequestPolicy, RequestPolicyError, SessionPolicy, StepUpSettings, TokenKey, VaultPlace,
};
use server::entropy::OsEntropy;
use server::graph::BudgetSettings;
use server::jobs::JobSettings;
use server::portal::{self, RunningPortal, StartError, Surroundings};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use time::OffsetDateTime;
use url::Url;

/// For whom the local tenant's Key Vault wants tokens, as in the public cloud.
const VAULT_RESOURCE: &str = "https://vault.azure.net";
/// Below which the local tenant's vaults answer, by name.
const VAULT_PATH: &str = "_vault/";
/// What the inventory is read with, who made a change, and owners' departments; used where the configuration switches that on.
const READS_THE_DIRECTORY: [&str; 3] = ["Application.Read.All", "AuditLog.Read.All", "User.Read.All"];
/// What the tenant calls its CA's file.
const CA_FILE: &str = "ca.pem";
/// Ports after the tenant's that are tried for its https, before any free one.
const NEARBY: u16 = 20;

/// How the demo starts.
#[derive(Debug, Clone, clap::Args)]
pub struct DemoOptions {
    /// Port of the portal on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Port of the local tenant on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 3001)]
    pub tenant_port: u16,
    /// Port of the local tenant's https; by default the next free one after --tenant-port
    #[arg(long)]
    pub tenant_https_port: Option<u16>,
    /// Port of the local tenant's control API on 127.0.0.1: faults, delays, clock, request log
    #[arg(long)]
    pub control_port: Option<u16>,
    /// The local tenant answers to Microsoft's own host names as well, for programs that are pointed at its proxy
    #[arg(long)]
    pub as_microsoft: bool,
    /// The portal reads the directory with a sign-in that somebody lends it, on Your sessions, and not by a right of its own
    #[arg(long)]
    pub lent_reading: bool,
    /// Write the addresses to this file as JSON, for tests
    #[arg(long, value_name = "FILE")]
    pub state_file: Option<PathBuf>,
    /// Keep the portal's database in this folder; without it, it goes when the demo ends
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Portal(#[from] StartError),
    #[error("the local tenant cannot start: {0}")]
    Tenant(#[from] TenantError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("the portal's certificate cannot be used: {0}")]
    Credential(#[from] CredentialError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the local tenant's address is not a URL: {0}")]
    Url(#[from] url::ParseError),
    #[error("the demo's team cannot be used: {0}")]
    Team(#[from] TeamError),
    #[error("the demo's team cannot be used: {0}")]
    Teams(#[from] RequestPolicyError),
}

/// A running demo.
pub struct Demo {
    pub portal: RunningPortal,
    pub tenant: RunningTenant,
    /// Certificate of the tenant's CA, in PEM.
    ca_file: PathBuf,
    notes: Vec<String>,
    _temporary: Option<tempfile::TempDir>,
}

impl Demo {
    pub async fn start(options: DemoOptions) -> Result<Self, DemoError> {
        let mut notes = Vec::new();
        let listener = listen(options.port, "the portal", &mut notes)?;
        // The tenant binds by itself.
        let address = free(options.tenant_port, "the local tenant", &mut notes);
        let (folder, temporary) = folder(options.data)?;
        let https_port = match options.tenant_https_port {
            Some(port) => free(port, "the local tenant's https", &mut notes).port(),
            None => next_free(address.port()),
        };
        let https = HttpsOptions { ca_dir: Some(folder.clone()), names: vec![] };
        let tenant = local_tenant::start(TenantOptions {
            address,
            control: options.control_port.map(loopback),
            also_https: Some((SocketAddr::new(address.ip(), https_port), https)),
            microsoft: options.as_microsoft.then(|| MicrosoftOptions { proxy: None, ca_dir: Some(folder.clone()) }),
            ..TenantOptions::default()
        })
        .await?;

        let mut config =
            configure(&tenant, address_of(&listener)?, folder.join("thumbprint.sqlite").display().to_string())?;
        config.inventory.read = if options.lent_reading { InventoryRead::Lent } else { InventoryRead::Application };
        config.inventory.owner_departments = true;
        config.requests = std::mem::take(&mut config.requests).with_teams(teams::teams(&tenant.people())?)?;
        let portal = portal::start_on(listener, config, Surroundings::default()).await?;
        let demo = Self { portal, tenant, ca_file: folder.join(CA_FILE), notes, _temporary: temporary };
        if let Some(path) = options.state_file {
            demo.write_state(&path).map_err(|source| DemoError::File { path, source })?;
        }
        Ok(demo)
    }

    /// One URL, and who can sign in as what.
    pub fn banner(&self) -> String {
        let addresses = banner::Addresses {
            portal: self.portal.base_url(),
            tenant: self.tenant.base_url(),
            tenant_https: self.tenant.https_url().unwrap_or_default(),
            ca_file: &self.ca_file.display().to_string(),
            microsoft: self.tenant.microsoft(),
        };
        banner::write(&addresses, &self.tenant.people(), &self.notes)
    }

    pub async fn shutdown(self) {
        self.portal.shutdown().await;
        self.tenant.shutdown().await;
    }

    /// Whole or not at all: whoever waits for the file may read it the moment it is there.
    fn write_state(&self, path: &std::path::Path) -> std::io::Result<()> {
        let state = json!({
            "portal": self.portal.base_url(),
            "tenant": self.tenant.base_url(),
            "tenant_id": self.tenant.tenant_id(),
            "tenant_https": self.tenant.https_url(),
            "control": self.tenant.control_url(),
            "ca_file": self.ca_file,
        });
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let half = path.with_extension("part");
        std::fs::write(&half, format!("{state:#}\n"))?;
        std::fs::rename(half, path)
    }
}

/// A portal's configuration for a running tenant, and its registration there. `address`: where the portal listens.
pub fn configure(tenant: &RunningTenant, address: SocketAddr, database: String) -> Result<Config, DemoError> {
    let identity = Identity::make("Thumbprint", OffsetDateTime::now_utc())?;
    let credential = ClientCredential::from_pem(identity.certificate_pem.as_bytes(), identity.key_pem.as_bytes())?;
    let public_url = Url::parse(&format!("http://{address}"))?;
    let base = Url::parse(tenant.base_url())?;
    let mut config = Config {
        public_url,
        listen: address,
        database,
        token_key: TokenKey::random(&OsEntropy),
        old_token_keys: vec![],
        entra: Entra {
            tenant_id: TenantId::new(tenant.tenant_id()),
            client_id: AppId::new(uuid::Uuid::nil()),
            credential: Arc::new(credential),
            cloud: Cloud {
                name: "Local tenant".into(),
                key_vault: Some(KeyVaultCloud {
                    resource: VAULT_RESOURCE.into(),
                    place: VaultPlace::Below(base.join(VAULT_PATH)?),
                }),
                over_https: tenant.https_url().and_then(|url| Url::parse(url).ok()),
                authority: base.clone(),
                graph_root: base,
                admin_center: None,
            },
            permissions: Permissions::default(),
        },
        tls: None,
        sessions: SessionPolicy::default(),
        step_up: StepUpSettings::default(),
        limits: Limits::GENEROUS,
        connections: ConnectionSettings::of_one_machine(),
        client_address_header: None,
        trusted_proxies: 1,
        hsts_include_subdomains: false,
        log_format: LogFormat::Text,
        // The local tenant turns nothing away unless it is told to.
        desk: DeskSettings { budget: BudgetSettings::unlimited(), ..DeskSettings::default() },
        jobs: JobSettings::default(),
        requests: RequestPolicy::default(),
        inventory: InventorySettings::default(),
        notices: Arc::default(),
    };
    let registered = tenant.register_portal(PortalRegistration {
        display_name: "Thumbprint".into(),
        redirect_uri: config.url_of(&Route::SignInCallback.to_string()),
        logout_uri: config.url_of(&Route::SignedOut.to_string()),
        certificate_der: identity.certificate_der,
    });
    config.entra.client_id = AppId::new(registered.app_id);
    tenant.grant_graph_permissions(registered.app_id, &READS_THE_DIRECTORY);
    Ok(config)
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn taken(port: u16, who: &str) -> String {
    format!("Port {port} is in use by another program: {who} took another one.")
}

/// The wanted port, or any free one where it is taken.
fn listen(port: u16, who: &str, notes: &mut Vec<String>) -> Result<TcpListener, StartError> {
    match portal::listen(loopback(port)) {
        Err(StartError::Listen { source, .. }) if source.kind() == ErrorKind::AddrInUse => {
            notes.push(taken(port, who));
            portal::listen(loopback(0))
        }
        listening => listening,
    }
}

/// The wanted port, or 0 where it is taken. 0 stays 0: a free port that is let go before it is bound is anybody's.
fn free(port: u16, who: &str, notes: &mut Vec<String>) -> SocketAddr {
    if port != 0 && TcpListener::bind(loopback(port)).is_err_and(|error| error.kind() == ErrorKind::AddrInUse) {
        notes.push(taken(port, who));
        return loopback(0);
    }
    loopback(port)
}

/// The first free port after `port`; 0, which stands for any, when none near it is, or when `port` is 0 itself.
fn next_free(port: u16) -> u16 {
    if port == 0 {
        return 0;
    }
    let free = |port: &u16| TcpListener::bind(loopback(*port)).is_ok();
    (port.saturating_add(1)..=port.saturating_add(NEARBY)).find(free).unwrap_or_default()
}

fn address_of(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map_err(|source| StartError::Listen { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), source })
}

fn folder(wanted: Option<PathBuf>) -> Result<(PathBuf, Option<tempfile::TempDir>), DemoError> {
    if let Some(path) = wanted {
        return match std::fs::create_dir_all(&path) {
            Ok(()) => Ok((path, None)),
            Err(source) => Err(DemoError::File { path, source }),
        };
    }
    let temporary = tempfile::Builder::new()
        .prefix("thumbprint-")
        .tempdir()
        .map_err(|source| DemoError::File { path: std::env::temp_dir(), source })?;
    Ok((temporary.path().to_owned(), Some(temporary)))
}
