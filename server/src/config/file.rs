//! The configuration as it is written: a TOML file, overridden by environment variables.

use super::{
    AppPermission, Config, ConfigError, ConnectionSettings, DeskSettings, InventorySettings, JobSettings, LogFormat,
    NoticeSettings, RequestSettings, StepUpSettings,
};
use domain::requests::ApprovalRule;
use domain::teams::Team;
use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The file's shape. A key that is not here is an error, so that a slip of the pen does not go unnoticed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    pub public_url: Option<String>,
    pub listen: Option<SocketAddr>,
    pub database: Option<String>,
    #[serde(default)]
    pub database_without_tls: bool,
    pub token_key: Option<String>,
    pub token_key_file: Option<PathBuf>,
    #[serde(default)]
    pub old_token_key_files: Vec<PathBuf>,
    pub client_address_header: Option<String>,
    pub trusted_proxies: Option<u8>,
    #[serde(default)]
    pub hsts_include_subdomains: bool,
    pub log_format: Option<LogFormat>,
    #[serde(default)]
    pub entra: RawEntra,
    pub tls: Option<RawTls>,
    #[serde(default)]
    pub session: RawSession,
    #[serde(default)]
    pub step_up: StepUpSettings,
    #[serde(default)]
    pub limits: RawLimits,
    #[serde(default)]
    pub connections: ConnectionSettings,
    #[serde(default)]
    pub desk: DeskSettings,
    #[serde(default)]
    pub jobs: JobSettings,
    #[serde(default)]
    pub inventory: InventorySettings,
    #[serde(default)]
    pub notices: NoticeSettings,
    #[serde(default)]
    pub requests: RequestSettings,
    #[serde(default)]
    pub approval_rules: Vec<ApprovalRule>,
    #[serde(default)]
    pub teams: Vec<Team>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEntra {
    pub tenant_id: Option<String>,
    pub client_id: Option<String>,
    pub certificate: Option<PathBuf>,
    pub private_key: Option<PathBuf>,
    /// `global`, `us-gov-l4`, `us-gov-dod`, `china` or `custom`.
    pub cloud: Option<String>,
    /// In place of the cloud's own, such as `login.chinacloudapi.cn`.
    pub login_host: Option<String>,
    /// `Application.Read.All`, or the other where people write with what they sign in with.
    pub read_permission: Option<AppPermission>,
    /// `Application.ReadWrite.All` or `Application.ReadUpdate.All`.
    pub write_permission: Option<AppPermission>,
    pub custom: Option<RawCustomCloud>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCustomCloud {
    pub name: Option<String>,
    pub authority: String,
    pub graph_root: String,
    pub admin_center: Option<String>,
    /// What follows a vault's name in its host name, such as `vault.azure.net`. Without it there is no Key Vault.
    pub vault_suffix: Option<String>,
    /// For whom Key Vault's tokens are; without it, `https://` and the suffix.
    pub vault_resource: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTls {
    pub certificate: PathBuf,
    pub private_key: PathBuf,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSession {
    pub idle_minutes: Option<u32>,
    pub absolute_hours: Option<u32>,
    pub roles_minutes: Option<u32>,
}

/// Requests per minute and client address.
#[expect(clippy::struct_field_names, reason = "the keys say their unit")]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLimits {
    pub requests_per_minute: Option<u32>,
    pub sign_ins_per_minute: Option<u32>,
    pub uploads_per_minute: Option<u32>,
}

/// Variables outside these sections belong to someone else.
const SECTIONS: [&str; 24] = [
    "public_url",
    "listen",
    "database",
    "database_without_tls",
    "token_key",
    "token_key_file",
    "old_token_key_files",
    "client_address_header",
    "trusted_proxies",
    "hsts_include_subdomains",
    "log_format",
    "entra",
    "tls",
    "session",
    "step_up",
    "limits",
    "connections",
    "desk",
    "jobs",
    "inventory",
    "notices",
    "requests",
    "approval_rules",
    "teams",
];

/// Reads and checks. `THUMBPRINT_ENTRA__CLIENT_ID` overrides `client_id` in `[entra]`, and so on. Relative paths in the
/// file are relative to the working directory.
pub fn read(path: &Path) -> Result<Config, ConfigError> {
    if !path.is_file() {
        return Err(ConfigError::NoFile { path: path.to_owned() });
    }
    let ours = |key: &figment::value::UncasedStr| {
        let section = key.as_str().split("__").next().unwrap_or_default();
        SECTIONS.iter().any(|known| known.eq_ignore_ascii_case(section))
    };
    let raw: Raw = Figment::from(Toml::file_exact(path))
        .merge(Env::prefixed("THUMBPRINT_").filter(ours).split("__"))
        .extract()
        .map_err(|error| ConfigError::Shape(error.to_string()))?;
    raw.check()
}
