//! Mail over SMTP, to the host that the configuration names.

use super::channel::DeliveryVerdict;
use super::notice_text::NoticeText;
use crate::causes::causes;
use crate::config::{EmailSettings, SmtpSecurity};
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
use std::time::Duration;
use time::OffsetDateTime;

const PATIENCE: Duration = Duration::from_secs(20);
/// Connections to the host that are kept.
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

/// Sends mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
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
    pub fn new(settings: &EmailSettings, origin: &str, host: &str) -> Result<Self, MailerError> {
        let mut tls = TlsParameters::builder(settings.host.clone());
        if let Some(path) = &settings.authority {
            tls = tls.add_root_certificate(Certificate::from_pem(&file(path)?)?);
        }
        let tls = tls.build()?;
        let (tls, port) = match settings.security {
            SmtpSecurity::Starttls => (Tls::Required(tls), 587),
            SmtpSecurity::Tls => (Tls::Wrapper(tls), 465),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port.unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(MOST_CONNECTIONS));
        if let (Some(username), Some(path)) = (&settings.username, &settings.password_file) {
            let password = String::from_utf8_lossy(&file(path)?).trim().to_owned();
            transport = transport.credentials(Credentials::new(username.clone(), password));
        }
        Ok(Self {
            transport: transport.build(),
            from: mailbox(&settings.from)?,
            admins: settings.admins.as_deref().map(mailbox).transpose()?,
            origin: origin.to_owned(),
            host: host.to_owned(),
        })
    }

    /// Sends once, to one or more. The message's id is the notice's, however often it is sent.
    pub async fn send(&self, notice: &Notice, to: &[String], now: OffsetDateTime) -> (Attempt, DeliveryVerdict) {
        let attempt = |status, answer| Attempt { at: now, status, answer };
        let message = match self.message(notice, to, now) {
            Ok(message) => message,
            Err(error) => return (attempt(None, error), DeliveryVerdict::Ended(DeliveryState::GivenUp)),
        };
        match self.transport.send(message).await {
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
