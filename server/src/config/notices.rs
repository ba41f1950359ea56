//! What who runs the portal can set about notices: over which channels what is told.

use super::ConfigFinding;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use domain::ids::ObjectId;
use domain::notices::ChannelName;
use domain::spelling::spelled;
use ring::signature::Ed25519KeyPair;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use time::Duration;
use url::Url;

/// The name under which mail is a channel.
pub const EMAIL: &str = "email";
/// Channels beside mail.
const MOST_CHANNELS: usize = 20;

/// Nothing is told unless there is a channel.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeSettings {
    /// Digests are made from this hour on, in UTC, for who has not said when they want to be told.
    pub hour: u8,
    /// Days for which notices and their deliveries are kept.
    pub keep_days: u32,
    /// What people's calendars have.
    pub calendar: CalendarContent,
    /// Hosts that may be reached over plain http and at private addresses: all others must be https, and public.
    pub allow_hosts: Vec<String>,
    pub channels: Vec<ChannelSettings>,
    pub email: Option<EmailSettings>,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self {
            hour: 7,
            keep_days: 90,
            calendar: CalendarContent::default(),
            allow_hosts: vec![],
            channels: vec![],
            email: None,
        }
    }
}

/// Whoever has a calendar's address reads it without a sign-in: how much it says is for who runs the portal to decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CalendarContent {
    /// There are no calendars.
    Off,
    /// Days, and how much ends on them.
    #[default]
    Counts,
    /// And of which apps.
    Names,
}

/// A place that takes notices over HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSettings {
    pub name: Name,
    pub kind: ChannelKind,
    pub url: ChannelUrl,
    /// What goes there.
    pub tells: Vec<Tells>,
    /// Of a webhook: `whsec_…`, the current one first. Each signs.
    #[serde(default)]
    pub secrets: Vec<WebhookSecret>,
    /// Of a webhook: Ed25519 keys, `whsk_…`. Each signs.
    #[serde(default)]
    pub private_keys: Vec<WebhookKey>,
}

/// What speaks at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// Standard Webhooks 1.0.0 with a CloudEvents 1.0 body.
    Webhook,
    /// An incoming webhook of Slack.
    Slack,
    /// A workflow of Teams that begins with "When a Teams webhook request is received".
    Teams,
}

impl ChannelKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Teams => "teams",
        }
    }
}

spelled! {
    /// For whom a channel is.
    pub enum Tells ("word for whom a channel tells") {
        /// Alarms, and what administrators have to decide.
        Admins = "admins",
        /// Apps without owners, and owners whom nothing reaches.
        Unowned = "unowned",
    }
}

impl Tells {
    /// For people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Admins => "administrators",
            Self::Unowned => "apps without owners",
        }
    }
}

/// Mail, over SMTP or out of one mailbox by Graph. A host is used as it is named here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailSettings {
    /// Of SMTP.
    pub host: Option<String>,
    /// In its place: the one mailbox that Graph's `sendMail` sends from, with the portal's own permission.
    pub mailbox: Option<GraphMailbox>,
    /// 587 with STARTTLS, 465 with TLS from the start.
    pub port: Option<u16>,
    #[serde(default)]
    pub security: SmtpSecurity,
    pub username: Option<String>,
    pub password_file: Option<PathBuf>,
    /// A PEM file with the authority of the host's certificate, where it is none that the machine trusts.
    pub authority: Option<PathBuf>,
    pub from: String,
    /// Mailboxes for what is not for one person.
    pub admins: Option<String>,
    pub unowned: Option<String>,
    /// Whether what people sign in with is also where their mail goes.
    #[serde(default)]
    pub usernames_are_addresses: bool,
    /// Addresses by the object id of a person; before anything else.
    #[serde(default)]
    pub people: BTreeMap<String, String>,
}

/// A mailbox in Exchange Online: its user principal name, or the object id of its user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct GraphMailbox(String);

impl GraphMailbox {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for GraphMailbox {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.parse::<ObjectId>().is_ok() || text.parse::<lettre::Address>().is_ok() {
            return Ok(Self(text));
        }
        Err(format!("“{text}” is no mailbox: write its user principal name or its user's object id"))
    }
}

impl EmailSettings {
    /// Where mail is given away, in words.
    pub fn place(&self) -> String {
        match (&self.host, &self.mailbox) {
            (Some(host), _) => host.clone(),
            (None, Some(mailbox)) => format!("Graph, from {}", mailbox.as_str()),
            (None, None) => String::new(),
        }
    }

    fn says_how(&self) -> bool {
        self.port.is_some() || self.username.is_some() || self.password_file.is_some() || self.authority.is_some()
    }

    pub fn address_of(&self, person: ObjectId) -> Option<&str> {
        self.people.get(&person.to_string()).map(String::as_str)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    #[default]
    Starttls,
    Tls,
}

/// A [`ChannelName`] that is read from text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(pub ChannelName);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.parse() {
            Ok(name) if text != EMAIL => Ok(Self(name)),
            _ => Err(format!("“{text}” is no name of a channel: 1 to 40 of a to z, 0 to 9 and -, and not {EMAIL}")),
        }
    }
}

/// A channel's address, which is a secret. It is sent to the byte as it was written; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ChannelUrl(Url);

impl ChannelUrl {
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// SHA-256 in hexadecimal: says whether it is another one, and not which.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_str()))
    }

    /// For pages: scheme and host.
    pub fn masked(&self) -> String {
        format!("{}://{}/…", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

impl TryFrom<String> for ChannelUrl {
    type Error = String;

    /// The address is in no error.
    fn try_from(text: String) -> Result<Self, String> {
        let url = Url::parse(&text).map_err(|error| format!("the url of a channel is none: {error}"))?;
        if !["https", "http"].contains(&url.scheme()) || url.host().is_none() {
            return Err("the url of a channel begins with https://".into());
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("the url of a channel has a user name, a password or a fragment".into());
        }
        // A signature that stands in it would not fit any more.
        if url.as_str() != text {
            return Err(
                "the url of a channel cannot be sent as it is written: check its capitals, spaces and special characters, and write / after the host".into(),
            );
        }
        Ok(Self(url))
    }
}

impl fmt::Debug for ChannelUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks 1.0.0, "Symmetric"). `Debug` does not show it.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for WebhookSecret {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bytes = text.strip_prefix("whsec_").and_then(|rest| BASE64_STANDARD.decode(rest).ok());
        match bytes {
            Some(bytes) if (24..=64).contains(&bytes.len()) => Ok(Self(bytes)),
            _ => Err("a webhook's secret is whsec_ and 24 to 64 bytes in base64".into()),
        }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret")
    }
}

/// `whsk_` and an Ed25519 key in base64: its seed of 32 bytes, or seed and public key (Standard Webhooks 1.0.0,
/// "Asymmetric"). `Debug` does not show it.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct WebhookKey(Arc<Ed25519KeyPair>);

impl WebhookKey {
    pub fn pair(&self) -> &Ed25519KeyPair {
        &self.0
    }
}

impl TryFrom<String> for WebhookKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bytes = text.strip_prefix("whsk_").and_then(|rest| BASE64_STANDARD.decode(rest).ok()).unwrap_or_default();
        let pair = match bytes.split_at_checked(32) {
            Some((seed, [])) => Ed25519KeyPair::from_seed_unchecked(seed).ok(),
            Some((seed, public)) => Ed25519KeyPair::from_seed_and_public_key(seed, public).ok(),
            None => None,
        };
        pair.map(|pair| Self(Arc::new(pair))).ok_or_else(|| {
            "a webhook's private key is whsk_ and the 32 bytes of an Ed25519 seed, or those and its public key, in base64"
                .into()
        })
    }
}

impl fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookKey")
    }
}

impl NoticeSettings {
    /// Something can be told to somebody.
    pub fn is_on(&self) -> bool {
        !self.channels.is_empty() || self.email.is_some()
    }

    pub fn keep(&self) -> Duration {
        Duration::days(self.keep_days.into())
    }

    pub fn allows(&self, host: &str) -> bool {
        self.allow_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }

    /// What does not fit together in a channel, wherever it is written down.
    pub(crate) fn findings_of(&self, channel: &ChannelSettings) -> Vec<ConfigFinding> {
        let name = channel.name.0.as_str();
        let finding = |what: &str, cure: &str| ConfigFinding {
            field: "notices.channels",
            what: format!("“{name}” {what}"),
            cure: cure.into(),
        };
        let mut found = vec![];
        let (url, host) = (channel.url.url(), channel.url.url().host_str().unwrap_or_default());
        if url.scheme() != "https" && !self.allows(host) {
            found.push(finding("is plain http.", "Use https, or name the host in allow_hosts."));
        }
        let signs = !channel.secrets.is_empty() || !channel.private_keys.is_empty();
        if (channel.kind == ChannelKind::Webhook) != signs {
            let what = if signs {
                "has secrets, which only webhooks sign with."
            } else {
                "is a webhook that signs with nothing."
            };
            found.push(finding(what, "Give webhooks secrets or private_keys, and others none."));
        }
        found
    }

    /// What does not fit together.
    pub(super) fn findings(&self) -> Vec<ConfigFinding> {
        let mut found = vec![];
        let mut add = |field, what: String, cure: &str| found.push(ConfigFinding { field, what, cure: cure.into() });
        if self.hour > 23 {
            add("notices.hour", format!("is {}.", self.hour), "Write an hour of the day in UTC, 0 to 23.");
        }
        if self.keep_days == 0 {
            add("notices.keep_days", "is 0: nobody could see what was sent.".into(), "90 is the default.");
        }
        if self.channels.len() > MOST_CHANNELS {
            add("notices.channels", format!("are more than {MOST_CHANNELS}."), "Leave some out.");
        }
        for (n, channel) in self.channels.iter().enumerate() {
            if self.channels[..n].iter().any(|other| other.name == channel.name) {
                let what = format!("“{}” is there twice.", channel.name.0);
                add("notices.channels", what, "Give each channel a name of its own.");
            }
            for ConfigFinding { what, cure, .. } in self.findings_of(channel) {
                add("notices.channels", what, &cure);
            }
        }
        if let Some(email) = &self.email {
            if email.host.is_some() == email.mailbox.is_some() {
                let what = if email.host.is_some() { "has a host and a mailbox." } else { "has no host." };
                add("notices.email", what.into(), "Write host for SMTP, or mailbox for Graph's sendMail.");
            }
            if email.mailbox.is_some() && email.says_how() {
                let what = "has a mailbox, and says how a host is reached.".to_owned();
                add("notices.email", what, "Leave port, username, password_file and authority out: Graph is asked.");
            }
            if email.username.is_some() != email.password_file.is_some() {
                add("notices.email", "has only one of username and password_file.".into(), "Write both, or neither.");
            }
            for person in email.people.keys() {
                // One spelling, or nobody would be found.
                if !person.parse::<ObjectId>().is_ok_and(|id| id.to_string() == *person) {
                    add(
                        "notices.email.people",
                        format!("“{person}” is no object id."),
                        "Write it in lower case with hyphens.",
                    );
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn read(text: &str) -> Result<NoticeSettings, serde_json::Error> {
        serde_json::from_str(text)
    }

    fn channel(url: &str, more: &str) -> String {
        format!(r#"{{"channels": [{{"name": "ops", "kind": "webhook", "url": "{url}", "tells": ["admins"]{more}}}]}}"#)
    }

    const SECRET: &str = r#", "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]"#;

    #[test]
    fn nothing_is_told_by_default() {
        let none = read("{}").unwrap();
        assert!(!none.is_on() && none.findings().is_empty());
        assert!(read(r#"{"chanels": []}"#).is_err());
    }

    #[test]
    fn an_address_is_kept_to_the_byte_and_never_shown() {
        let url = "https://hooks.example.com/a%2Fb?sig=A%2bc_d-e";
        let settings = read(&channel(url, SECRET)).unwrap();
        assert_eq!(settings.channels[0].url.url().as_str(), url);
        assert_eq!(settings.findings(), vec![]);
        let shown = format!("{settings:?}");
        assert!(shown.contains("hooks.example.com") && !shown.contains("sig") && !shown.contains("MfKQ"), "{shown}");
        for wrong in [
            "https://hooks.example.com",
            "https://HOOKS.example.com/x",
            "https://h.example.com/a b?sig=s3cret",
            "ftp://h.example.com/",
            "https://me:s3cret@h.example.com/",
            "s3cret",
        ] {
            let error = read(&channel(wrong, SECRET)).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_found() {
        let what = |text: &str| read(text).unwrap().findings().into_iter().map(|one| one.what).collect::<Vec<_>>();
        assert!(what(&channel("https://h.example.com/", ""))[0].contains("signs with nothing"));
        assert!(what(&channel("http://h.example.com/", SECRET))[0].contains("plain http"));
        let allowed = channel("http://127.0.0.1/", SECRET).replacen('{', r#"{"allow_hosts": ["127.0.0.1"], "#, 1);
        assert_eq!(what(&allowed), [""; 0]);
        assert!(what(r#"{"hour": 24}"#)[0].contains("24"));
        let email =
            r#"{"email": {"host": "smtp.example.com", "from": "a@example.com", "people": {"OWEN": "o@example.com"}}}"#;
        assert!(what(email)[0].contains("OWEN"));
        let mail = |more: &str| what(&format!(r#"{{"email": {{"from": "t@example.com"{more}}}}}"#));
        assert!(mail("")[0].contains("no host"));
        assert!(mail(r#", "host": "h", "mailbox": "t@example.com""#)[0].contains("a host and a mailbox"));
        assert!(mail(r#", "mailbox": "t@example.com", "port": 25"#)[0].contains("how a host is reached"));
        assert_eq!(mail(r#", "mailbox": "t@example.com""#), [""; 0]);
        let wrong = r#"{"email": {"from": "t@example.com", "mailbox": "../me"}}"#;
        assert!(read(wrong).unwrap_err().to_string().contains("is no mailbox"));
    }

    #[test]
    fn secrets_and_keys_have_their_form() {
        for wrong in ["whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!"] {
            let error = WebhookSecret::try_from(wrong.to_owned()).unwrap_err();
            assert!(!error.contains(wrong));
        }
        let seed = BASE64_STANDARD.encode([7; 32]);
        assert!(WebhookKey::try_from(format!("whsk_{seed}")).is_ok());
        assert!(WebhookKey::try_from(format!("whsk_{}", BASE64_STANDARD.encode([7; 64]))).is_err(), "another's key");
        assert!(WebhookKey::try_from(seed).is_err());
    }
}
