//! How many requests one client may send.

use super::Refusal;
use super::held::HeldBytes;
use crate::config::{Config, Rate};
use crate::connections::network;
use app::contract::problem::Problem;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, HeaderValue, Request};
use axum::response::{IntoResponse as _, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tower_governor::governor::{GovernorConfig, GovernorConfigBuilder};
use tower_governor::key_extractor::KeyExtractor;
use tower_governor::{GovernorError, GovernorLayer};

type NoOp = governor::middleware::NoOpMiddleware<governor::clock::QuantaInstant>;
type Limiter = Arc<GovernorConfig<Client, NoOp>>;
type Layer = GovernorLayer<Client, NoOp, Body>;

/// One limiter per kind of request.
#[derive(Clone)]
pub struct Limiters {
    general: Limiter,
    sign_in: Limiter,
    upload: Limiter,
    health: Limiter,
    assets: Limiter,
    held: Arc<HeldBytes>,
    client: Client,
}

impl Limiters {
    /// `None` where a rate is not positive, which a checked configuration rules out.
    pub fn new(config: &Config) -> Option<Self> {
        let client = Client { header: config.client_address_header.as_deref().and_then(|name| name.parse().ok()) };
        let limiter = |rate: Rate| {
            let period = time::Duration::minutes(1).unsigned_abs().checked_div(rate.per_minute)?;
            GovernorConfigBuilder::default()
                .period(period)
                .burst_size(rate.burst)
                .key_extractor(client.clone())
                .finish()
                .map(Arc::new)
        };
        Some(Self {
            general: limiter(config.limits.general)?,
            sign_in: limiter(config.limits.sign_in)?,
            upload: limiter(config.limits.upload)?,
            health: limiter(config.limits.health)?,
            assets: limiter(config.limits.assets)?,
            held: Arc::default(),
            client,
        })
    }

    pub fn general(&self) -> Layer {
        layer(&self.general)
    }

    pub fn sign_in(&self) -> Layer {
        layer(&self.sign_in)
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
        for limiter in [&self.general, &self.sign_in, &self.upload, &self.health, &self.assets] {
            limiter.limiter().retain_recent();
        }
    }
}

fn layer(limiter: &Limiter) -> Layer {
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
}

impl KeyExtractor for Client {
    type Key = IpAddr;

    fn extract<T>(&self, request: &Request<T>) -> Result<IpAddr, GovernorError> {
        let named = self.header.as_ref().and_then(|name| {
            // A proxy appends what it saw: only the last address is its own word.
            let value = request.headers().get_all(name).iter().next_back()?.to_str().ok()?;
            value.rsplit(',').next()?.trim().parse().ok()
        });
        let peer = || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        named.or_else(peer).map(network).ok_or(GovernorError::UnableToExtractKey)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn key(header: Option<&str>, forwarded: Option<&str>) -> IpAddr {
        let client = Client { header: header.map(|name| name.parse().unwrap()) };
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
}
