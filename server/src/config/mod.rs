//! The configuration, read from a TOML file and `THUMBPRINT_…` variables, and checked before anything starts.

mod check;
mod cloud;
mod connections;
mod desk;
mod file;
mod inventory;
mod jobs;
mod notices;
mod permissions;
mod quotas;
mod requests;
mod retention;
mod step_up;
mod token_key;

pub use check::{ConfigError, ConfigFinding};
pub use cloud::{Cloud, KeyVaultCloud, VaultPlace};
pub use connections::ConnectionSettings;
pub use desk::DeskSettings;
pub(crate) use desk::SENT_WITHIN;
pub use file::{Raw, read};
pub use inventory::{InventoryRead, InventorySettings};
pub use jobs::{JobSettings, MISSED_HEARTBEATS};
pub(crate) use notices::Name as NameOfChannel;
pub use notices::{
    CalendarContent, ChannelKind, ChannelSettings, ChannelUrl, EMAIL, EmailSettings, GraphMailbox, NoticeSettings,
    SmtpSecurity, Tells, WebhookKey, WebhookSecret,
};
pub use permissions::{AppPermission, Permissions};
pub use quotas::Quotas;
pub use requests::{RequestPolicy, RequestPolicyError, RequestSettings};
pub use retention::Retention;
pub use step_up::{HeavyPush, PushWeight, StepUpReason, StepUpSettings};
pub use token_key::{TokenKey, TokenKeyError, TokenKeyId};

use crate::client_credential::ClientCredential;
use domain::ids::{AppId, TenantId};
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use time::Duration;
use url::Url;

/// A configuration that was checked: every file that it names could be read, and its parts fit together.
#[derive(Clone)]
pub struct Config {
    /// Where people reach the portal: scheme, host and port; the path is `/`.
    pub public_url: Url,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// An SQLite file, a `sqlite:` or a `postgres:` URL. The latter may hold a password.
    pub database: String,
    /// Encrypts tokens at rest.
    pub token_key: TokenKey,
    /// They open what they encrypted, and encrypt nothing any more.
    pub old_token_keys: Vec<TokenKey>,
    pub entra: Entra,
    /// `None`: plain HTTP, for loopback or behind a proxy that ends TLS.
    pub tls: Option<Tls>,
    pub sessions: SessionPolicy,
    pub step_up: StepUpSettings,
    pub limits: Limits,
    pub connections: ConnectionSettings,
    /// Header in which a trusted proxy names the client's address. `None`: the peer's own address counts.
    pub client_address_header: Option<String>,
    /// How many proxies in front append an address to that header each.
    pub trusted_proxies: u8,
    /// Whether browsers are told to use https for all hosts below this one, too.
    pub hsts_include_subdomains: bool,
    pub log_format: LogFormat,
    /// How pushes go about their work.
    pub desk: DeskSettings,
    pub jobs: JobSettings,
    /// Whether the directory is read in the background, and by whose right.
    pub inventory: InventorySettings,
    /// Over which channels what is told.
    pub notices: Arc<NoticeSettings>,
    /// Which changes need approval, and how long requests wait.
    pub requests: RequestPolicy,
}

/// The portal's own app registration and the cloud that it is in.
#[derive(Clone)]
pub struct Entra {
    pub tenant_id: TenantId,
    pub client_id: AppId,
    pub credential: Arc<ClientCredential>,
    pub cloud: Cloud,
    /// What is asked of Graph in a person's name.
    pub permissions: Permissions,
}

/// PEM files.
#[derive(Debug, Clone)]
pub struct Tls {
    pub certificate: PathBuf,
    pub private_key: PathBuf,
}

/// How long a person stays signed in.
#[derive(Debug, Clone, Copy)]
pub struct SessionPolicy {
    /// Without a request.
    pub idle: Duration,
    /// Since the sign-in, whatever happens.
    pub absolute: Duration,
    /// After so long Entra is asked anew which roles the person has.
    pub roles: Duration,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self { idle: Duration::minutes(30), absolute: Duration::hours(8), roles: Duration::minutes(10) }
    }
}

/// Requests that one client address may make: a burst, refilled at a rate.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub general: Rate,
    /// Beginning a sign-in, by address; finishing one, by browser.
    pub sign_in: Rate,
    /// Sending a certificate.
    pub upload: Rate,
    /// Health checks: a share of their own.
    pub health: Rate,
    /// Scripts and styles.
    pub assets: Rate,
}

#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub burst: u32,
    pub per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            general: Rate { burst: 200, per_minute: 1200 },
            sign_in: Rate { burst: 60, per_minute: 60 },
            upload: Rate { burst: 20, per_minute: 30 },
            health: Rate { burst: 60, per_minute: 600 },
            assets: Rate { burst: 400, per_minute: 2400 },
        }
    }
}

impl Limits {
    /// For one machine's demo and its tests, where every browser has the same address.
    pub const GENEROUS: Self = Self {
        general: Rate { burst: 20_000, per_minute: 600_000 },
        sign_in: Rate { burst: 20_000, per_minute: 600_000 },
        upload: Rate { burst: 20_000, per_minute: 600_000 },
        health: Rate { burst: 20_000, per_minute: 600_000 },
        assets: Rate { burst: 20_000, per_minute: 600_000 },
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Lines for people where there are some, else for programs.
impl Default for LogFormat {
    fn default() -> Self {
        if std::io::stderr().is_terminal() { Self::Text } else { Self::Json }
    }
}

impl Config {
    /// Scheme, host and port, as a browser's `Origin` header has it.
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// A page of this portal as an absolute URL. `path` starts with a slash.
    pub fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// `localhost` or an address of the loopback network.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
