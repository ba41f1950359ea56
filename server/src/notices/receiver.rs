//! Where a channel goes, and how an administrator writes it down in the portal: read by what reads the configuration.

use crate::config::{ChannelSettings, NameOfChannel, NoticeSettings, Tells};
use domain::notices::ChannelName;
use domain::spelling::spelled;
use lettre::Address;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Addresses of one list.
const MOST_ADDRESSES: usize = 20;
/// Of a webhook: secrets, and keys.
const MOST_KEYS: usize = 5;
/// Characters. Workflows of Teams have addresses of some hundred.
const LONGEST_URL: usize = 2_000;

/// Where a channel goes.
#[derive(Debug, Clone)]
pub(crate) enum Receiver {
    Http(ChannelSettings),
    /// A list of addresses, over the mail of the configuration.
    Mail(MailList),
}

/// Everybody on it gets the same message.
#[derive(Debug, Clone)]
pub(crate) struct MailList {
    name: ChannelName,
    tells: Vec<Tells>,
    to: Vec<Address>,
}

impl Receiver {
    pub(crate) fn name(&self) -> &ChannelName {
        match self {
            Self::Http(channel) => &channel.name.0,
            Self::Mail(list) => &list.name,
        }
    }

    pub(crate) fn tells(&self) -> &[Tells] {
        match self {
            Self::Http(channel) => &channel.tells,
            Self::Mail(list) => &list.tells,
        }
    }

    /// For pages and the audit log.
    pub(crate) fn masked(&self) -> String {
        match self {
            Self::Http(channel) => channel.url.masked(),
            Self::Mail(list) => list.to.iter().map(masked).collect::<Vec<_>>().join(", "),
        }
    }
}

impl MailList {
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.to.iter().map(ToString::to_string).collect()
    }
}

/// The first character of what is before the @.
fn masked(address: &Address) -> String {
    format!("{}…@{}", address.user().chars().next().unwrap_or_default(), address.domain())
}

spelled! {
    /// What speaks at the other end of a channel that is written down in the portal: as [`crate::config::ChannelKind`], and mail.
    pub enum WrittenKind ("kind of channel") {
        /// Standard Webhooks.
        Webhook = "webhook",
        /// An incoming webhook of Slack.
        Slack = "slack",
        /// A workflow of Teams.
        Teams = "teams",
        /// A list of mail addresses.
        Email = "email",
    }
}

/// A channel as it is written down. It holds secrets, and has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChannelText {
    pub(crate) kind: WrittenKind,
    pub(crate) tells: Vec<Tells>,
    pub(crate) url: String,
    pub(crate) to: Vec<String>,
    pub(crate) secrets: Vec<String>,
    pub(crate) private_keys: Vec<String>,
}

/// Why it cannot be used. No secret is in any.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChannelTextError {
    #[error("nothing would be told there: choose for whom it is")]
    TellsNothing,
    #[error("an address is missing")]
    NoUrl,
    #[error("the address has more than {LONGEST_URL} characters")]
    LongUrl,
    #[error("mail needs the section [notices.email] of the configuration: it has the host")]
    NoMail,
    #[error("a list of mail has 1 to {MOST_ADDRESSES} addresses")]
    Addresses,
    /// From 1.
    #[error("line {0} of the list is no mail address")]
    Address(usize),
    #[error("a webhook has {MOST_KEYS} secrets and {MOST_KEYS} private keys at most")]
    Keys,
    /// As the configuration's reader puts it.
    #[error("{0}")]
    Shape(String),
    /// As the configuration's check puts it.
    #[error("{0} {1}")]
    Finding(String, String),
}

impl ChannelText {
    /// With nothing of it written down but what it is.
    #[cfg(test)]
    pub(crate) fn new(kind: WrittenKind) -> Self {
        Self { kind, tells: vec![], url: String::new(), to: vec![], secrets: vec![], private_keys: vec![] }
    }

    /// Whether it fits these settings, too.
    pub(crate) fn read(&self, name: &str, settings: &NoticeSettings) -> Result<Receiver, ChannelTextError> {
        if self.tells.is_empty() {
            return Err(ChannelTextError::TellsNothing);
        }
        match self.kind {
            WrittenKind::Email => self.read_list(name, settings),
            WrittenKind::Webhook | WrittenKind::Slack | WrittenKind::Teams => self.read_http(name, settings),
        }
    }

    fn read_list(&self, name: &str, settings: &NoticeSettings) -> Result<Receiver, ChannelTextError> {
        if settings.email.is_none() {
            return Err(ChannelTextError::NoMail);
        }
        if self.to.is_empty() || self.to.len() > MOST_ADDRESSES {
            return Err(ChannelTextError::Addresses);
        }
        let read = |(n, text): (usize, &String)| text.parse().map_err(|_| ChannelTextError::Address(n + 1));
        let to = self.to.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let name: NameOfChannel =
            serde_json::from_value(json!(name)).map_err(|error| ChannelTextError::Shape(error.to_string()))?;
        Ok(Receiver::Mail(MailList { name: name.0, tells: self.tells.clone(), to }))
    }

    fn read_http(&self, name: &str, settings: &NoticeSettings) -> Result<Receiver, ChannelTextError> {
        if self.url.is_empty() {
            return Err(ChannelTextError::NoUrl);
        }
        if self.url.chars().count() > LONGEST_URL {
            return Err(ChannelTextError::LongUrl);
        }
        if self.secrets.len() > MOST_KEYS || self.private_keys.len() > MOST_KEYS {
            return Err(ChannelTextError::Keys);
        }
        let value = json!({"name": name, "kind": self.kind, "url": self.url, "tells": self.tells,
            "secrets": self.secrets, "private_keys": self.private_keys});
        let channel: ChannelSettings =
            serde_json::from_value(value).map_err(|error| ChannelTextError::Shape(error.to_string()))?;
        match settings.findings_of(&channel).into_iter().next() {
            Some(finding) => Err(ChannelTextError::Finding(finding.what, finding.cure)),
            None => Ok(Receiver::Http(channel)),
        }
    }

    /// What is left blank stays as `before` has it: nobody is shown an address or a secret in order to change something else.
    /// Of another kind nothing stays.
    pub(crate) fn or(self, before: &Self) -> Self {
        if self.kind != before.kind {
            return self;
        }
        let signs = !self.secrets.is_empty() || !self.private_keys.is_empty();
        let keys = if signs { &self } else { before };
        Self {
            url: if self.url.is_empty() { before.url.clone() } else { self.url.clone() },
            to: if self.to.is_empty() { before.to.clone() } else { self.to.clone() },
            secrets: keys.secrets.clone(),
            private_keys: keys.private_keys.clone(),
            ..self
        }
    }

    /// For the audit log: what it is, without what is secret.
    pub(crate) fn in_words(&self, receiver: Option<&Receiver>) -> String {
        let tells: Vec<&str> = self.tells.iter().map(|tells| tells.in_words()).collect();
        let address = receiver.map_or_else(|| "an address that is not known".to_owned(), Receiver::masked);
        let keys = match (self.secrets.len(), self.private_keys.len()) {
            (0, 0) => String::new(),
            (secrets, keys) => format!(", secrets: {secrets}, private keys: {keys}"),
        };
        format!("{} {address}, for {}{keys}", self.kind, tells.join(" and "))
    }

    /// What is different and cannot be told from [`Self::in_words`], because it is secret.
    pub(crate) fn changed_secrets(&self, before: &Self) -> Option<&'static str> {
        let place = self.url != before.url || self.to != before.to;
        let keys = self.secrets != before.secrets || self.private_keys != before.private_keys;
        match (place, keys) {
            (true, true) => Some("another address, other secrets"),
            (true, false) => Some("another address"),
            (false, true) => Some("other secrets"),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::config::{ChannelKind, EMAIL};

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn settings() -> NoticeSettings {
        let email = json!({"email": {"host": "smtp.example.com", "from": "t@example.com"}});
        serde_json::from_value(email).unwrap()
    }

    fn webhook() -> ChannelText {
        ChannelText {
            tells: vec![Tells::Admins],
            url: "https://hooks.example.com/a?sig=s3cret".into(),
            secrets: vec![SECRET.into()],
            ..ChannelText::new(WrittenKind::Webhook)
        }
    }

    fn list(to: &[&str]) -> ChannelText {
        let to = to.iter().map(|&address| address.to_owned()).collect();
        ChannelText { tells: vec![Tells::Unowned], to, ..ChannelText::new(WrittenKind::Email) }
    }

    #[test]
    fn it_is_read_as_the_configuration_would_be_and_refused_in_its_words() {
        let read = webhook().read("ops", &settings()).unwrap();
        assert_eq!((read.name().as_str(), read.masked().as_str()), ("ops", "https://hooks.example.com/…"));
        let why = |name: &str, text: ChannelText| text.read(name, &settings()).unwrap_err().to_string();
        assert!(why("Ops", webhook()).contains("is no name of a channel"));
        assert!(why("email", webhook()).contains("is no name of a channel"));
        assert!(why("email", list(&["a@b.example"])).contains("is no name of a channel"));
        assert!(why("ops", ChannelText { secrets: vec![], ..webhook() }).contains("signs with nothing"));
        assert!(why("ops", ChannelText { kind: WrittenKind::Slack, ..webhook() }).contains("only webhooks sign"));
        let plain = ChannelText { url: "http://hooks.example.com/s3cret".into(), ..webhook() };
        assert!(why("ops", plain.clone()).contains("plain http") && !why("ops", plain).contains("s3cret"));
        let wrong = ChannelText { secrets: vec!["whsec_x".into()], ..webhook() };
        assert!(why("ops", wrong).contains("24 to 64 bytes"));
        let long = ChannelText { url: format!("https://hooks.example.com/{}", "a".repeat(LONGEST_URL)), ..webhook() };
        assert_eq!(why("ops", long), ChannelTextError::LongUrl.to_string());
        assert_eq!(why("ops", ChannelText { url: String::new(), ..webhook() }), ChannelTextError::NoUrl.to_string());
        assert_eq!(why("ops", ChannelText { tells: vec![], ..webhook() }), ChannelTextError::TellsNothing.to_string());
        let many = ChannelText { secrets: vec![SECRET.into(); MOST_KEYS + 1], ..webhook() };
        assert_eq!(why("ops", many), ChannelTextError::Keys.to_string());
    }

    #[test]
    fn each_kind_but_mail_is_one_of_the_configuration_and_mail_goes_by_its_name() {
        for kind in WrittenKind::ALL.iter().copied().filter(|kind| *kind != WrittenKind::Email) {
            let read = serde_json::from_value::<ChannelKind>(json!(kind)).unwrap();
            assert_eq!(read.as_str(), kind.as_str());
        }
        assert_eq!(WrittenKind::Email.as_str(), EMAIL);
        let kept = json!({"kind": "fax", "tells": [], "url": "", "to": [], "secrets": [], "private_keys": []});
        assert!(serde_json::from_value::<ChannelText>(kept).is_err(), "of a later version");
    }

    #[test]
    fn a_list_needs_mail_and_shows_nobodys_address() {
        let two = list(&["anna@example.com", "bo@example.org"]);
        assert_eq!(two.read("oncall", &settings()).unwrap().masked(), "a…@example.com, b…@example.org");
        let off = NoticeSettings::default();
        assert_eq!(two.read("oncall", &off).unwrap_err(), ChannelTextError::NoMail);
        let bad = list(&["anna@example.com", "nobody"]);
        assert_eq!(bad.read("oncall", &settings()).unwrap_err(), ChannelTextError::Address(2));
        for wrong in [vec![], vec!["a@b.example"; MOST_ADDRESSES + 1]] {
            assert_eq!(list(&wrong).read("oncall", &settings()).unwrap_err(), ChannelTextError::Addresses);
        }
    }

    #[test]
    fn what_is_left_blank_stays_and_the_audit_log_has_no_secret() {
        let before = webhook();
        let blank = ChannelText { url: String::new(), secrets: vec![], tells: vec![Tells::Unowned], ..webhook() };
        let after = blank.clone().or(&before);
        assert!(after == ChannelText { tells: vec![Tells::Unowned], ..webhook() });
        assert_eq!(after.changed_secrets(&before), None);
        let other = ChannelText { kind: WrittenKind::Slack, ..blank };
        assert!(other.clone().or(&before) == other, "of another kind nothing stays");
        let moved = ChannelText { url: "https://hooks.example.com/b".into(), ..before.clone() };
        assert_eq!(moved.changed_secrets(&before), Some("another address"));
        let words = before.in_words(before.read("ops", &settings()).ok().as_ref());
        assert_eq!(words, "webhook https://hooks.example.com/…, for administrators, secrets: 1, private keys: 0");
    }
}
