//! Mail: over SMTP to the host that the configuration names, or out of the one mailbox that it names by Graph.

use super::channel::DeliveryVerdict;
use super::notice_text::NoticeText;
use crate::causes::causes;
use crate::config::{EmailSettings, GraphMailbox, SmtpSecurity};
use crate::graph::{Graph, GraphError};
use crate::inventory::ReadToken;
use crate::store::Attempt;
use domain::notices::{DeliveryState, Notice};
use lettre::address::AddressError;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error as SmtpError, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::Semaphore;

const PATIENCE: Duration = Duration::from_secs(20);
/// Connections to the host that are kept; and messages that are on their way by Graph.
const MOST_CONNECTIONS: u32 = 4;
/// Apps that one mail lists.
const MOST_LINES: usize = 100;

#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    #[error("“{text}” is no mail address: {source}")]
    Address { text: String, source: AddressError },
    #[error("{} cannot be read: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("mail cannot be sent to the host: {0}")]
    Smtp(#[from] SmtpError),
}

/// What gives a message away.
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Graph(Box<GraphMail>),
}

/// Graph, with the portal's own permission. Cheap to clone.
#[derive(Clone)]
pub struct GraphMail {
    graph: Graph,
    token: Arc<dyn ReadToken>,
    mailbox: GraphMailbox,
    /// Exchange Online answers 429 to more at once for one mailbox
    /// (<https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>).
    at_once: Arc<Semaphore>,
}

impl GraphMail {
    /// `graph`: of its own, for the limits of mail are others than those of the directory.
    pub fn new(graph: Graph, token: Arc<dyn ReadToken>, mailbox: GraphMailbox) -> Self {
        Self { graph, token, mailbox, at_once: Arc::new(Semaphore::new(MOST_CONNECTIONS as usize)) }
    }

    async fn send(&self, message: &Message, now: OffsetDateTime) -> (Attempt, DeliveryVerdict) {
        let attempt = |status, answer| Attempt { at: now, status, answer };
        let _place = self.at_once.acquire().await;
        let token = match self.token.token().await {
            Ok(bearer) => bearer.token,
            Err(error) => {
                return (attempt(None, causes(&error)), DeliveryVerdict::Again { asked: None, holds: true });
            }
        };
        match self.graph.send_mail(&token, self.mailbox.as_str(), &message.formatted()).await {
            Ok(status) => (attempt(Some(status), String::new()), DeliveryVerdict::Ended(DeliveryState::Accepted)),
            Err(error) => (attempt(error.status(), error.to_string()), judge(&error)),
        }
    }
}

/// What is wrong with this message is so for good; what is wrong with the mailbox, the permission or Graph holds the others, too.
fn judge(error: &GraphError) -> DeliveryVerdict {
    match error.status() {
        Some(400 | 413) => DeliveryVerdict::Ended(DeliveryState::GivenUp),
        _ => DeliveryVerdict::Again { asked: error.retry_after(), holds: true },
    }
}

/// Sends mail.
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    admins: Option<Mailbox>,
    /// Of the portal: its origin, and its host for message ids.
    origin: String,
    host: String,
}

#[derive(Clone)]
struct ListUnsubscribe(String);
#[derive(Clone)]
struct AutoSubmitted;

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// No "out of office" comes back (RFC 3834, section 5).
impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mailer {
    /// Reads the files that the settings name. Connects when the first mail is sent.
    /// `graph`: used where the settings name a mailbox. Without it, or a host, there is no mail.
    pub fn new(
        settings: &EmailSettings,
        (origin, host): (&str, &str),
        graph: Option<GraphMail>,
    ) -> Result<Option<Self>, MailerError> {
        let transport = match (&settings.host, graph) {
            (Some(smtp), _) => Transport::Smtp(Self::smtp(settings, smtp)?),
            (None, Some(graph)) => Transport::Graph(Box::new(graph)),
            (None, None) => return Ok(None),
        };
        Ok(Some(Self {
            transport,
            from: mailbox(&settings.from)?,
            admins: settings.admins.as_deref().map(mailbox).transpose()?,
            origin: origin.to_owned(),
            host: host.to_owned(),
        }))
    }

    fn smtp(settings: &EmailSettings, host: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailerError> {
        let mut tls = TlsParameters::builder(host.to_owned());
        if let Some(path) = &settings.authority {
            tls = tls.add_root_certificate(Certificate::from_pem(&file(path)?)?);
        }
        let tls = tls.build()?;
        let (tls, port) = match settings.security {
            SmtpSecurity::Starttls => (Tls::Required(tls), 587),
            SmtpSecurity::Tls => (Tls::Wrapper(tls), 465),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(settings.port.unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(MOST_CONNECTIONS));
        if let (Some(username), Some(path)) = (&settings.username, &settings.password_file) {
            let password = String::from_utf8_lossy(&file(path)?).trim().to_owned();
            transport = transport.credentials(Credentials::new(username.clone(), password));
        }
        Ok(transport.build())
    }

    /// Sends once, to one or more. The message's id is the notice's, however often it is sent.
    pub async fn send(&self, notice: &Notice, to: &[String], now: OffsetDateTime) -> (Attempt, DeliveryVerdict) {
        let attempt = |status, answer| Attempt { at: now, status, answer };
        let message = match self.message(notice, to, now) {
            Ok(message) => message,
            Err(error) => return (attempt(None, error), DeliveryVerdict::Ended(DeliveryState::GivenUp)),
        };
        let smtp = match &self.transport {
            Transport::Smtp(smtp) => smtp,
            Transport::Graph(graph) => return graph.send(&message, now).await,
        };
        match smtp.send(message).await {
            Ok(response) => {
                let words: Vec<&str> = response.message().collect();
                let code = u16::from(response.code());
                (attempt(Some(code), words.join(" ")), DeliveryVerdict::Ended(DeliveryState::Accepted))
            }
            Err(error) => {
                let code = error.status().map(u16::from);
                let verdict = if error.is_permanent() {
                    DeliveryVerdict::Ended(DeliveryState::GivenUp)
                } else {
                    DeliveryVerdict::Again { asked: None, holds: !error.is_transient() }
                };
                (attempt(code, causes(&error)), verdict)
            }
        }
    }

    fn message(&self, notice: &Notice, to: &[String], now: OffsetDateTime) -> Result<Message, String> {
        let words = NoticeText::of(notice, &self.origin, now);
        let mut message = Message::builder()
            .from(self.from.clone())
            .subject(words.subject.clone())
            .date(now.into())
            .message_id(Some(format!("<{}@{}>", notice.id, self.host)))
            .header(AutoSubmitted);
        for address in to {
            message = message.to(mailbox(address).map_err(|error| error.to_string())?);
        }
        if let Some(admins) = &self.admins {
            let whom = &admins.email;
            message = message.header(ListUnsubscribe(format!("<mailto:{whom}?subject=unsubscribe>")));
        }
        let parts = MultiPart::alternative_plain_html(plain(&words), html(&words));
        message.multipart(parts).map_err(|error| error.to_string())
    }
}

fn file(path: &PathBuf) -> Result<Vec<u8>, MailerError> {
    std::fs::read(path).map_err(|source| MailerError::File { path: path.clone(), source })
}

fn mailbox(text: &str) -> Result<Mailbox, MailerError> {
    text.parse().map_err(|source| MailerError::Address { text: text.to_owned(), source })
}

fn shown(words: &NoticeText) -> &[String] {
    &words.lines[..words.lines.len().min(MOST_LINES)]
}

fn plain(words: &NoticeText) -> String {
    let mut lines = vec![words.lead.clone(), String::new()];
    lines.extend(shown(words).iter().map(|line| format!("- {line}")));
    lines.extend(words.rest(shown(words).len()));
    lines.extend([String::new(), words.link.clone(), String::new()]);
    lines.join("\n")
}

/// Old elements only, without styles: Outlook shows them as every other program does.
fn html(words: &NoticeText) -> String {
    let mut html = vec![format!("<html><body><p>{}</p>", escaped(&words.lead))];
    if !words.lines.is_empty() {
        html.push("<ul>".to_owned());
        html.extend(shown(words).iter().map(|line| format!("<li>{}</li>", escaped(line))));
        html.push("</ul>".to_owned());
    }
    html.extend(words.rest(shown(words).len()).map(|rest| format!("<p>{rest}</p>")));
    html.push(format!("<p><a href=\"{0}\">{0}</a></p></body></html>", escaped(&words.link)));
    html.join("\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::notice_text::samples::{AT, digest};
    use super::*;
    use crate::graph::Reply;

    #[test]
    fn graph_holds_the_channel_for_what_is_no_fault_of_the_message() {
        let reply = |status| Reply { status, code: "x".into(), message: "y".into(), request_id: None };
        let judged = |status, wait| judge(&GraphError::from_reply(reply(status), wait));
        let wait = Some(Duration::from_secs(7));
        assert_eq!(judged(429, wait), DeliveryVerdict::Again { asked: wait, holds: true });
        for status in [401, 403, 404, 503] {
            assert_eq!(judged(status, None), DeliveryVerdict::Again { asked: None, holds: true }, "{status}");
        }
        assert_eq!(judge(&GraphError::NoAnswer), DeliveryVerdict::Again { asked: None, holds: true });
        for status in [400, 413] {
            assert_eq!(judged(status, None), DeliveryVerdict::Ended(DeliveryState::GivenUp), "{status}");
        }
    }

    #[test]
    fn names_are_text_in_html_and_there_is_one_link() {
        let words = NoticeText::of(&digest(150), "https://t.example", AT);
        let html = html(&words);
        assert!(!html.contains("<b>") && html.contains("&lt;b&gt;&quot;payroll&quot; &amp; [x]"));
        assert_eq!((html.matches("href=").count(), html.matches("<li>").count()), (1, 100));
        assert!(html.contains("and 50 more") && plain(&words).contains("and 50 more"));
        assert!(!html.contains("<img") && !html.contains("style"));
    }
}
