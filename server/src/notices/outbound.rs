//! The one HTTP client for all channels.
//!
//! It takes no redirects and no proxy from the environment. A host name is looked up here, and every address that it has
//! is judged before anything connects; an address in place of a name is judged as well.

use super::address::is_public;
use crate::causes::causes;
use crate::config::NoticeSettings;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use url::{Host, Url};

/// For a whole request (Standard Webhooks: 15 to 30 seconds).
const PATIENCE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(10);
/// Of an answer, as much as is looked at.
const MOST_BYTES: usize = 4 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    #[error("{0} is not a public address. Name the host in notices.allow_hosts if this is meant")]
    NotPublic(IpAddr),
    #[error("plain http is for hosts in notices.allow_hosts alone")]
    NotHttps,
    /// In words, without the address.
    #[error("{0}")]
    Failed(String),
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundResponse {
    pub status: u16,
    /// How long it asks to be left alone.
    pub retry_after: Option<Duration>,
    /// Its beginning.
    pub text: String,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    http: reqwest::Client,
    allowed: Arc<NoticeSettings>,
}

impl Outbound {
    pub fn new(settings: &Arc<NoticeSettings>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .dns_resolver(Judging(Arc::clone(settings)))
            .user_agent(concat!("Thumbprint/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, allowed: Arc::clone(settings) })
    }

    pub(super) async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Vec<u8>,
        now: OffsetDateTime,
    ) -> Result<OutboundResponse, OutboundError> {
        self.judge(url)?;
        let request = self.http.post(url.clone()).headers(headers).body(body);
        let mut response = request.send().await.map_err(failed)?;
        let retry_after = retry_after(response.headers(), now);
        let mut bytes = vec![];
        while bytes.len() < MOST_BYTES {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk[..chunk.len().min(MOST_BYTES - bytes.len())]),
                // The status says what became of it.
                Ok(None) | Err(_) => break,
            }
        }
        Ok(OutboundResponse {
            status: response.status().as_u16(),
            retry_after,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    fn judge(&self, url: &Url) -> Result<(), OutboundError> {
        if url.host_str().is_some_and(|host| self.allowed.allows(host)) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(OutboundError::NotHttps);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            // Judged when it is looked up.
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if is_public(literal) { Ok(()) } else { Err(OutboundError::NotPublic(literal)) }
    }
}

/// Seconds, or a date (RFC 9110, section 10.2.3). A date that is over asks for nothing.
fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::from(now)).ok()
}

/// The address is a secret: it is in no error.
fn failed(error: reqwest::Error) -> OutboundError {
    OutboundError::Failed(causes(&error.without_url()))
}

/// Looks names up, and answers nothing where one of the addresses is not public.
struct Judging(Arc<NoticeSettings>);

impl Resolve for Judging {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.allows(name.as_str());
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !allowed && let Some(private) = found.iter().find(|address| !is_public(address.ip())) {
                return Err(OutboundError::NotPublic(private.ip()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use time::macros::datetime;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    const AT: OffsetDateTime = datetime!(2026-11-29 08:00 UTC);

    #[test]
    fn a_receiver_asks_for_peace_in_seconds_or_until_a_date() {
        for (text, seconds) in [
            ("120", Some(120)),
            ("Sun, 29 Nov 2026 08:02:00 GMT", Some(120)),
            ("Sunday, 29-Nov-26 08:02:00 GMT", Some(120)),
            ("Sun, 29 Nov 2026 07:59:59 GMT", None),
            ("soon", None),
            ("-1", None),
        ] {
            let headers: HeaderMap = [(RETRY_AFTER, text.parse().unwrap())].into_iter().collect();
            assert_eq!(retry_after(&headers, AT), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), AT), None);
    }

    fn outbound(allowed: &[&str]) -> Outbound {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let allow_hosts = allowed.iter().map(|host| (*host).to_owned()).collect();
        Outbound::new(&Arc::new(NoticeSettings { allow_hosts, ..NoticeSettings::default() })).unwrap()
    }

    /// Answers every request with the same bytes, and counts the connections.
    async fn server(answer: &'static str) -> (u16, Arc<std::sync::atomic::AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::<std::sync::atomic::AtomicUsize>::default();
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        (port, connections)
    }

    async fn post(outbound: &Outbound, url: String) -> Result<OutboundResponse, OutboundError> {
        outbound.post(&url.parse().unwrap(), HeaderMap::new(), vec![], AT).await
    }

    #[tokio::test]
    async fn nothing_connects_to_an_address_that_is_not_public() {
        let (port, connections) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let outbound = outbound(&[]);
        for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "169.254.169.254"] {
            let error = post(&outbound, format!("https://{host}:{port}/")).await.unwrap_err();
            assert!(matches!(error, OutboundError::NotPublic(_)), "{host}: {error}");
        }
        // By name, after it was looked up.
        let error = post(&outbound, format!("https://localhost:{port}/secret-path")).await.unwrap_err().to_string();
        assert!(error.contains("is not a public address") && !error.contains("secret-path"), "{error}");
        assert!(matches!(post(&outbound, "http://example.com/".into()).await, Err(OutboundError::NotHttps)));
        assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn an_answer_is_cut_and_redirects_are_not_followed() {
        let far = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\nretry-after: 7\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno";
        let (port, connections) = server(far).await;
        for host in ["127.0.0.1", "localhost"] {
            let answer = post(&outbound(&[host]), format!("http://{host}:{port}/")).await.unwrap();
            let expected =
                OutboundResponse { status: 302, retry_after: Some(Duration::from_secs(7)), text: "no".into() };
            assert_eq!(answer, expected);
        }
        assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 2);
    }
}
