//! Checks a configuration: all of it, so that one run names everything that is amiss.

mod entra;
mod requests;

use super::file::Raw;
use super::{
    Config, ConnectionSettings, DeskSettings, JobSettings, Limits, Rate, Retention, SENT_WITHIN, SessionPolicy,
    StepUpSettings, Tls, TokenKey, is_loopback,
};
use crate::causes::causes;
use crate::store::Address;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use time::Duration;
use url::Url;

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("There is no configuration file {}. docs/real-tenant.md has one to start from.", path.display())]
    NoFile { path: PathBuf },
    #[error("The configuration cannot be read: {0}")]
    Shape(String),
    #[error("{}", list(.0))]
    Findings(Vec<ConfigFinding>),
}

/// One thing amiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFinding {
    /// Such as `entra.client_id`.
    pub field: &'static str,
    pub what: String,
    pub cure: String,
}

impl fmt::Display for ConfigFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    {}", self.field, self.what, self.cure)
    }
}

fn list(findings: &[ConfigFinding]) -> String {
    let lines: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
    format!("The configuration cannot be used:\n{}", lines.join("\n"))
}

const ANY_ADDRESS: &str = "0.0.0.0:3000";
const LONGEST_BOUND: std::time::Duration = std::time::Duration::from_hours(24);
const HEADERS: [&str; 2] = ["x-forwarded-for", "x-real-ip"];

#[derive(Default)]
struct Findings(Vec<ConfigFinding>);

impl Findings {
    fn add(&mut self, field: &'static str, what: impl Into<String>, cure: impl Into<String>) {
        self.0.push(ConfigFinding { field, what: what.into(), cure: cure.into() });
    }

    fn required<T>(&mut self, field: &'static str, value: Option<T>, cure: &str) -> Option<T> {
        if value.is_none() {
            self.add(field, "is missing.", cure);
        }
        value
    }

    fn id<T: FromStr>(&mut self, field: &'static str, value: Option<&String>, cure: &str) -> Option<T> {
        let text = self.required(field, value, cure)?;
        let id = text.trim().parse().ok();
        if id.is_none() {
            self.add(field, format!("“{text}” is not a GUID."), cure);
        }
        id
    }

    fn file(&mut self, field: &'static str, path: &Path, cure: &str) -> Option<Vec<u8>> {
        match std::fs::read(path) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.add(field, format!("{} cannot be read ({error}).", path.display()), cure);
                None
            }
        }
    }

    fn token_key(&mut self, field: &'static str, path: &Path, cure: &str) -> Option<TokenKey> {
        let bytes = self.file(field, path, cure)?;
        TokenKey::from_base64(&String::from_utf8_lossy(&bytes))
            .map_err(|error| self.add(field, format!("{} cannot be used: {error}.", path.display()), cure))
            .ok()
    }

    /// The end of a host name: labels with dots between them, in lower case.
    fn suffix(&mut self, field: &'static str, text: &str) -> Option<String> {
        let suffix = text.trim().trim_start_matches('.').to_ascii_lowercase();
        let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if suffix.contains('.') && suffix.split('.').all(label) {
            return Some(suffix);
        }
        self.add(
            field,
            format!("“{text}” is not the end of a host name."),
            "Write what follows a vault's name, such as vault.azure.net.",
        );
        None
    }

    /// An absolute URL without path, query or fragment: https, or http on loopback.
    fn base(&mut self, field: &'static str, text: &str) -> Option<Url> {
        let cure = "Write scheme and host, such as https://thumbprint.example.com, and nothing after them.";
        let Ok(url) = Url::parse(text) else {
            self.add(field, format!("“{text}” is not a URL."), cure);
            return None;
        };
        if !["https", "http"].contains(&url.scheme()) || url.host().is_none() {
            self.add(field, format!("“{text}” is not an https URL."), cure);
            return None;
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            self.add(field, format!("“{text}” has more than scheme, host and port."), cure);
            return None;
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            self.add(
                field,
                format!("“{text}” is plain http, which would send tokens in the clear."),
                "Use https; http is for loopback addresses only.",
            );
            return None;
        }
        Some(url)
    }
}

impl Raw {
    /// The checked configuration, or everything that is amiss.
    pub fn check(self) -> Result<Config, ConfigError> {
        let mut findings = Findings::default();
        let public_url = findings
            .required(
                "public_url",
                self.public_url.as_ref(),
                "Set the address that people open, such as https://thumbprint.example.com.",
            )
            .and_then(|text| findings.base("public_url", text));
        let cure = "Set the path of an SQLite file, such as /var/lib/thumbprint/thumbprint.sqlite, or the URL of a PostgreSQL database, such as postgres://thumbprint@db.example.com/thumbprint?sslmode=verify-full.";
        let database = findings.required("database", self.database.clone(), cure);
        match database.as_deref().map(str::parse::<Address>) {
            Some(Err(error)) => findings.add("database", format!("cannot be used: {}.", causes(&error)), cure),
            Some(Ok(address)) if address.in_the_clear() && !self.database_without_tls => findings.add(
                "database",
                "is on another machine, and its URL takes a connection without TLS: sessions and names could be read on the way.",
                "Add ?sslmode=verify-full to it (and sslrootcert=… for a CA of your own). Where that network is yours alone, write database_without_tls = true.",
            ),
            _ => {}
        }
        let token_key = self.token_key(&mut findings);
        let old_token_keys = self.old_token_keys(&mut findings);
        let entra = self.entra.check(&mut findings);
        let tls = self.tls(&mut findings);
        let sessions = self.sessions(&mut findings);
        let limits = self.limits(&mut findings);
        jobs(&self.jobs, &mut findings);
        late_writes(&self.desk, &mut findings);
        step_up(&self.step_up, &mut findings);
        if self.inventory.full_every_hours == 0 {
            findings.add(
                "inventory.full_every_hours",
                "is 0, which would read the whole directory without a pause.",
                "24 is the default.",
            );
        }
        if !(1..=30).contains(&self.inventory.group_members_days) {
            findings.add("inventory.group_members_days", "is not between 1 and 30.", "3 is the default.");
        }
        findings.0.extend(self.notices.findings());
        let connections = connections(self.connections, self.client_address_header.is_some(), &mut findings);
        let client_address_header = self.client_address_header.map(|name| name.to_ascii_lowercase());
        if let Some(name) = &client_address_header
            && !HEADERS.contains(&name.as_str())
        {
            findings.add(
                "client_address_header",
                format!("“{name}” is not a header that can be used."),
                format!("Use one of {}, or leave it out where no proxy is in front.", HEADERS.join(", ")),
            );
        }
        let trusted_proxies = self.trusted_proxies.unwrap_or(1);
        if trusted_proxies == 0 || (self.trusted_proxies.is_some() && client_address_header.is_none()) {
            findings.add(
                "trusted_proxies",
                "is 0, or there is no client_address_header.",
                "Write how many proxies in front append an address to that header each, or leave it out for one.",
            );
        }
        let requests = requests::check(self.requests, self.approval_rules, self.teams, &mut findings);
        let default_listen = ANY_ADDRESS.parse().ok();
        match (public_url, database, token_key, entra, self.listen.or(default_listen)) {
            (Some(public_url), Some(database), Some(token_key), Some(entra), Some(listen)) if findings.0.is_empty() => {
                Ok(Config {
                    public_url,
                    listen,
                    database,
                    token_key,
                    old_token_keys,
                    entra,
                    tls,
                    sessions,
                    step_up: self.step_up,
                    limits,
                    connections,
                    client_address_header,
                    trusted_proxies,
                    hsts_include_subdomains: self.hsts_include_subdomains,
                    log_format: self.log_format.unwrap_or_default(),
                    desk: self.desk,
                    jobs: self.jobs,
                    inventory: self.inventory,
                    notices: Arc::new(self.notices),
                    requests,
                })
            }
            _ => Err(ConfigError::Findings(findings.0)),
        }
    }

    fn token_key(&self, findings: &mut Findings) -> Option<TokenKey> {
        let cure = "Make one with: openssl rand -base64 32 > token.key. Then name it in token_key_file, or give its text in THUMBPRINT_TOKEN_KEY.";
        let text = match (&self.token_key, &self.token_key_file) {
            (Some(text), None) => text,
            (None, Some(path)) => return findings.token_key("token_key_file", path, cure),
            (Some(_), Some(_)) => {
                findings.add(
                    "token_key",
                    "is given twice, as text and as a file.",
                    "Keep one of token_key and token_key_file.",
                );
                return None;
            }
            (None, None) => {
                findings.add("token_key_file", "is missing.", cure);
                return None;
            }
        };
        TokenKey::from_base64(text)
            .map_err(|error| findings.add("token_key", format!("cannot be used: {error}."), cure))
            .ok()
    }

    fn old_token_keys(&self, findings: &mut Findings) -> Vec<TokenKey> {
        let (field, cure) = ("old_token_key_files", "Name the files of earlier keys, or leave it out.");
        self.old_token_key_files.iter().filter_map(|path| findings.token_key(field, path, cure)).collect()
    }

    fn tls(&self, findings: &mut Findings) -> Option<Tls> {
        let tls = self.tls.as_ref()?;
        let cure = "Name PEM files that the server may read, or leave [tls] out and let a proxy end TLS.";
        findings.file("tls.certificate", &tls.certificate, cure);
        findings.file("tls.private_key", &tls.private_key, cure);
        Some(Tls { certificate: tls.certificate.clone(), private_key: tls.private_key.clone() })
    }

    fn sessions(&self, findings: &mut Findings) -> SessionPolicy {
        let default = SessionPolicy::default();
        let idle = self.session.idle_minutes.map_or(default.idle, |minutes| Duration::minutes(minutes.into()));
        let absolute = self.session.absolute_hours.map_or(default.absolute, |hours| Duration::hours(hours.into()));
        if idle < Duration::minutes(5) || idle > absolute {
            findings.add(
                "session.idle_minutes",
                "is not between 5 minutes and session.absolute_hours.",
                "60 minutes and 8 hours are the defaults.",
            );
        }
        if absolute > Duration::hours(24) {
            findings.add("session.absolute_hours", "is more than 24 hours.", "8 hours is the default.");
        }
        let roles = self.session.roles_minutes.map_or(default.roles, |minutes| Duration::minutes(minutes.into()));
        if roles < Duration::minutes(1) || roles > absolute {
            findings.add(
                "session.roles_minutes",
                "is not between 1 minute and session.absolute_hours.",
                "10 is the default: so long a role counts that was taken away.",
            );
        }
        SessionPolicy { idle, absolute, roles }
    }

    fn limits(&self, findings: &mut Findings) -> Limits {
        let default = Limits::default();
        let mut rate = |field, per_minute: Option<u32>, default: Rate| match per_minute {
            None => default,
            Some(0) => {
                findings.add(
                    field,
                    "is 0, which would let nobody in.",
                    "Set how many requests one address may make per minute.",
                );
                default
            }
            Some(per_minute) => Rate { burst: (per_minute / 6).max(5), per_minute },
        };
        Limits {
            general: rate("limits.requests_per_minute", self.limits.requests_per_minute, default.general),
            sign_in: rate("limits.sign_ins_per_minute", self.limits.sign_ins_per_minute, default.sign_in),
            upload: rate("limits.uploads_per_minute", self.limits.uploads_per_minute, default.upload),
            ..default
        }
    }
}

fn jobs(jobs: &JobSettings, findings: &mut Findings) {
    let Retention { previews, certificates, states, changes, counts } = jobs.retention;
    if [previews, certificates, states, changes, counts].contains(&0) {
        findings.add(
            "jobs.retention",
            "has a 0, which would delete things the moment they are there.",
            "Write days: 30 for previews, 730 for certificates, and 1095 for states, changes and counts are the defaults.",
        );
    }
    if jobs.workers == 0 {
        findings.add("jobs.workers", "is 0, which would let no push go on.", "4 is the default.");
    }
    if !(1.0..=60.0).contains(&jobs.heartbeat.as_secs_f64()) {
        findings.add(
            "jobs.heartbeat",
            "is not between 1 and 60 seconds.",
            "3 is the default. A process that misses three is taken for dead, and another goes on with its pushes.",
        );
    }
    if !(0.05..=60.0).contains(&jobs.poll.as_secs_f64()) {
        findings.add("jobs.poll", "is not between 0.05 and 60 seconds.", "1 is the default.");
    }
}

/// A sign-in takes some time, and what was signed in for longer than a session lasts is asked for nothing.
fn step_up(settings: &StepUpSettings, findings: &mut Findings) {
    if !(2..=1_440).contains(&settings.max_age_minutes) {
        findings.add(
            "step_up.max_age_minutes",
            "is not between 2 and 1440.",
            "15 is the default. To ask nobody, write before = [].",
        );
    }
}

/// Until the bound has passed since a write was kept, nobody writes over it: it must not pass while the request is under way.
fn late_writes(desk: &DeskSettings, findings: &mut Findings) {
    let least = desk.request_timeout.saturating_add(SENT_WITHIN);
    if desk.late_write_bound < least {
        findings.add(
            "desk.late_write_bound",
            format!(
                "is {} seconds, less than the {} of desk.request_timeout and {} to send a write in. Another push could write while one is still waited for, and lose what it added.",
                desk.late_write_bound.as_secs_f64(),
                desk.request_timeout.as_secs_f64(),
                SENT_WITHIN.as_secs()
            ),
            format!("Write at least {}, or leave it out: 120 is the default.", least.as_secs_f64()),
        );
    }
    if desk.late_write_bound > LONGEST_BOUND {
        findings.add(
            "desk.late_write_bound",
            "is more than a day, and an app whose push was cut off could not be written for so long.",
            "Leave it out: 120 seconds is the default.",
        );
    }
}

/// Behind a proxy all connections come from one address.
fn connections(settings: ConnectionSettings, behind_proxy: bool, findings: &mut Findings) -> ConnectionSettings {
    if settings.most == 0 || settings.per_address == Some(0) || settings.streams == 0 {
        findings.add(
            "connections",
            "one of most, per_address and streams is 0, which would let nobody in.",
            "Leave them out: 4096, a quarter of that, and 32 are the defaults.",
        );
    }
    let times = [settings.head, settings.idle, settings.receive, settings.stalled, settings.send];
    if times.iter().any(|time| !(0.1..=86_400.0).contains(&time.as_secs_f64())) {
        findings.add(
            "connections",
            "one of head, idle, receive, stalled and send is not between 0.1 seconds and a day.",
            "10, 75, 60, 20 and 300 seconds are the defaults.",
        );
    }
    let per_address = settings.per_address.or(behind_proxy.then_some(settings.most));
    ConnectionSettings { per_address, ..settings }
}

#[cfg(test)]
mod tests;
