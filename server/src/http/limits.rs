//! How many requests one client may send.

use super::Refusal;
use super::held::HeldBytes;
use crate::config::{Config, Rate};
use crate::connections::network;
use crate::session::COOKIE;
use app::contract::problem::Problem;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{COOKIE as COOKIE_HEADER, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Request};
use axum::response::{IntoResponse as _, Response};
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tower_governor::governor::{GovernorConfig, GovernorConfigBuilder};
use tower_governor::key_extractor::KeyExtractor;
use tower_governor::{GovernorError, GovernorLayer};

type NoOp = governor::middleware::NoOpMiddleware<governor::clock::QuantaInstant>;
type Limiter = Arc<GovernorConfig<Client, NoOp>>;
type Layer = GovernorLayer<Client, NoOp, Body>;
type SignInLayer = GovernorLayer<SignInClient, NoOp, Body>;

/// People behind one address who sign in at the same time: so many times the rate of one of them.
const OFFICE: u32 = 15;

/// One limiter per kind of request.
#[derive(Clone)]
pub struct Limiters {
    general: Limiter,
    sign_in: Arc<GovernorConfig<SignInClient, NoOp>>,
    begin: Limiter,
    sign_in_of_address: Limiter,
    upload: Limiter,
    health: Limiter,
    assets: Limiter,
    calendar: Limiter,
    held: Arc<HeldBytes>,
    client: Client,
}

impl Limiters {
    /// `None` where a rate is not positive, which a checked configuration rules out.
    pub fn new(config: &Config) -> Option<Self> {
        let client = Client {
            header: config.client_address_header.as_deref().and_then(|name| name.parse().ok()),
            proxies: config.trusted_proxies,
        };
        let limiter = |rate| configured(rate, client.clone());
        let sign_in = config.limits.sign_in;
        Some(Self {
            general: limiter(config.limits.general)?,
            sign_in: configured(sign_in, SignInClient { client: client.clone(), state: RandomState::new() })?,
            begin: limiter(sign_in)?,
            sign_in_of_address: limiter(Rate {
                burst: sign_in.burst.saturating_mul(OFFICE),
                per_minute: sign_in.per_minute.saturating_mul(OFFICE),
            })?,
            upload: limiter(config.limits.upload)?,
            health: limiter(config.limits.health)?,
            assets: limiter(config.limits.assets)?,
            // As heavy as a file.
            calendar: limiter(config.limits.upload)?,
            held: Arc::default(),
            client,
        })
    }

    pub fn general(&self) -> Layer {
        layer(&self.general)
    }

    /// Beginning a sign-in, which every stranger may.
    pub fn begin(&self) -> Layer {
        layer(&self.begin)
    }

    /// Finishing one, of one browser.
    pub fn sign_in(&self) -> SignInLayer {
        layer(&self.sign_in)
    }

    /// The same, of all browsers behind one address.
    pub fn sign_in_of_address(&self) -> Layer {
        layer(&self.sign_in_of_address)
    }

    pub fn upload(&self) -> Layer {
        layer(&self.upload)
    }

    pub fn health(&self) -> Layer {
        layer(&self.health)
    }

    pub fn assets(&self) -> Layer {
        layer(&self.assets)
    }

    /// Fetching a calendar, which a stranger may try.
    pub fn calendar(&self) -> Layer {
        layer(&self.calendar)
    }

    /// What bodies may hold in memory.
    pub(super) fn held(&self) -> &Arc<HeldBytes> {
        &self.held
    }

    /// Who sent a request; nobody known where it has no address, which is a mistake of ours.
    pub(super) fn client_of<T>(&self, request: &Request<T>) -> Option<IpAddr> {
        self.client.extract(request).ok()
    }

    /// Forgets clients that have been quiet.
    pub fn tidy(&self) {
        self.sign_in.limiter().retain_recent();
        let of_addresses = [&self.general, &self.begin, &self.sign_in_of_address, &self.upload, &self.health];
        for limiter in of_addresses.into_iter().chain([&self.assets, &self.calendar]) {
            limiter.limiter().retain_recent();
        }
    }
}

fn configured<K: KeyExtractor>(rate: Rate, key: K) -> Option<Arc<GovernorConfig<K, NoOp>>> {
    let period = time::Duration::minutes(1).unsigned_abs().checked_div(rate.per_minute)?;
    GovernorConfigBuilder::default().period(period).burst_size(rate.burst).key_extractor(key).finish().map(Arc::new)
}

fn layer<K: KeyExtractor>(limiter: &Arc<GovernorConfig<K, NoOp>>) -> GovernorLayer<K, NoOp, Body> {
    GovernorLayer::new(limiter.clone()).error_handler(refuse)
}

fn refuse(error: GovernorError) -> Response {
    match error {
        GovernorError::TooManyRequests { wait_time, .. } => {
            let wait = wait_time.max(1);
            let problem = Problem::new(
                429,
                "too-many-requests",
                "Too many requests",
                "Your address sent more requests than the portal takes.",
            )
            .advice(format!("Wait {wait} seconds and try again."));
            let mut response = Refusal::from(problem).into_response();
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait));
            response
        }
        error => {
            tracing::error!(%error, "a client's address could not be read");
            Refusal::from(Problem::new(
                500,
                "internal",
                "Something failed on the server",
                "The request's sender could not be made out.",
            ))
            .into_response()
        }
    }
}

/// The client's address: the peer's, or the one that a trusted proxy names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    header: Option<HeaderName>,
    /// How many proxies in front append an address each.
    proxies: u8,
}

impl KeyExtractor for Client {
    type Key = IpAddr;

    fn extract<T>(&self, request: &Request<T>) -> Result<IpAddr, GovernorError> {
        let named = self.header.as_ref().and_then(|name| {
            // Each proxy appends what it saw: what stands before the first of ours is anybody's word.
            let lines = request.headers().get_all(name).iter().rev().filter_map(|line| line.to_str().ok());
            let mut addresses = lines.flat_map(|line| line.rsplit(','));
            address(addresses.nth(usize::from(self.proxies).saturating_sub(1))?)
        });
        let peer = || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        named.or_else(peer).map(network).ok_or(GovernorError::UnableToExtractKey)
    }
}

/// As proxies write it: with or without a port, and IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse().map(|address: SocketAddr| address.ip());
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().or_else(|_| with_port()).ok()
}

/// A browser that signs in: its address, and the session that it has. One without a session counts with all others of its
/// address that have none.
#[derive(Debug, Clone)]
pub struct SignInClient {
    client: Client,
    /// Cookies are not kept, and nobody knows which two count as one.
    state: RandomState,
}

impl KeyExtractor for SignInClient {
    type Key = (IpAddr, Option<u64>);

    fn extract<T>(&self, request: &Request<T>) -> Result<Self::Key, GovernorError> {
        let pairs = request.headers().get_all(COOKIE_HEADER).iter().filter_map(|line| line.to_str().ok());
        let session = pairs.flat_map(|line| line.split(';')).find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE).then(|| self.state.hash_one(value))
        });
        Ok((self.client.extract(request)?, session))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn key(header: Option<&str>, forwarded: Option<&str>) -> IpAddr {
        let client = Client { header: header.map(|name| name.parse().unwrap()), proxies: 1 };
        let mut request = Request::new(());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 443))));
        if let Some(value) = forwarded {
            request.headers_mut().insert("x-forwarded-for", value.parse().unwrap());
        }
        client.extract(&request).unwrap()
    }

    #[test]
    fn a_header_counts_only_where_the_configuration_names_it() {
        assert_eq!(key(None, Some("203.0.113.9")).to_string(), "10.0.0.1");
        assert_eq!(key(Some("x-forwarded-for"), Some("198.51.100.7, 203.0.113.9")).to_string(), "203.0.113.9");
        assert_eq!(key(Some("x-forwarded-for"), Some("nonsense")).to_string(), "10.0.0.1");
        assert_eq!(key(Some("x-forwarded-for"), None).to_string(), "10.0.0.1");
    }

    #[test]
    fn a_port_is_no_part_of_an_address() {
        for (text, expected) in [
            ("203.0.113.9:61234", Some("203.0.113.9")),
            (" 203.0.113.9 ", Some("203.0.113.9")),
            ("[2001:db8::1]:61234", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("unknown", None),
            ("203.0.113.9:x", None),
        ] {
            assert_eq!(address(text).map(|address| address.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn of_several_proxies_the_outermost_says_who_it_was() {
        let client = |proxies| Client { header: Some("x-forwarded-for".parse().unwrap()), proxies };
        let mut request = Request::new(());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 443))));
        for line in ["6.6.6.6, 203.0.113.9:4711", "10.0.0.2"] {
            request.headers_mut().append("x-forwarded-for", line.parse().unwrap());
        }
        for (proxies, expected) in [(1, "10.0.0.2"), (2, "203.0.113.9"), (3, "6.6.6.6"), (4, "10.0.0.1")] {
            assert_eq!(client(proxies).extract(&request).unwrap().to_string(), expected, "{proxies}");
        }
    }
}
