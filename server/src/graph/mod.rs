//! Microsoft Graph. Nothing outside this module knows its wire format.
//!
//! Reads are repeated where Graph asks for it (429, 5xx, no answer), within bounds and with jitter. A write is sent
//! once per call: whether it may be sent again is a question for whoever can read the app in between. All requests of
//! the process share one budget, and none passes while Graph has asked for a pause.

mod all_credentials;
mod application;
mod application_lists;
mod applications_by_id;
mod batch;
mod budget;
mod credential_activities;
mod directory_audits;
mod error;
#[cfg(test)]
mod fuzz;
mod groups;
mod inventory;
mod memberships;
mod names;
mod owners;
mod pages;
mod policies;
mod remove_password;
mod retry;
mod send_mail;
mod service_principals;
mod trusted_subjects;
mod url;

pub use all_credentials::CredentialList;
pub use application::{Application, PasswordCredential, WritePermit};
pub use application_lists::{ListQuery, ListedApplication, Listing, Needle};
pub use applications_by_id::MOST_IN_FILTER;
pub use batch::MOST as MOST_IN_BATCH;
pub use budget::BudgetSettings;
pub use credential_activities::CredentialActivity;
pub use directory_audits::DirectoryAudit;
pub use error::{GraphError, Reply};
pub use groups::{GroupObject, GroupUser, MOST_MEMBERS};
pub use inventory::{DeltaPage, OwnerDetail, RawPage};
pub use names::{AppReference, Named};
pub use owners::OwnerObject;
pub use policies::ManagementPolicies;
pub use retry::Retry;
pub use service_principals::ServicePrincipal;
pub use trusted_subjects::TrustedSubject;

use crate::entropy::{Entropy, OsEntropy};
use ::url::Url;
use budget::{Budget, Cost, Lane};
use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long Graph has to answer one request.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// A client for one Graph endpoint. Every call takes the bearer token of the person it is made for.
#[derive(Clone)]
pub struct Graph {
    http: reqwest::Client,
    root: Url,
    retry: Retry,
    timeout: Duration,
    entropy: Arc<dyn Entropy>,
    budget: Arc<Budget>,
    lane: Lane,
    /// How long a request waits at a shut gate.
    patience: Duration,
}

/// What Graph said, with its own number for the exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphResponse<T> {
    pub value: T,
    pub status: u16,
    /// The `request-id` header, which Microsoft's support asks for.
    pub request_id: Option<String>,
}

impl<T> GraphResponse<T> {
    fn map<U>(self, f: impl FnOnce(T) -> Result<U, String>) -> Result<GraphResponse<U>, GraphError> {
        let Self { value, status, request_id } = self;
        match f(value) {
            Ok(value) => Ok(GraphResponse { value, status, request_id }),
            Err(why) => Err(GraphError::Unreadable { why, request_id }),
        }
    }
}

/// How a read is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consistency {
    /// From the directory itself.
    Default,
    /// From the index that can search, sort and count, a little behind the directory.
    Eventual,
}

impl Graph {
    /// `root` is the endpoint without a version, such as `https://graph.microsoft.com`.
    pub fn new(http: reqwest::Client, root: Url) -> Self {
        let retry = Retry::default();
        Self {
            http,
            root,
            patience: retry.longest_pause(),
            retry,
            timeout: DEFAULT_TIMEOUT,
            entropy: Arc::new(OsEntropy),
            budget: Arc::new(Budget::new(&BudgetSettings::default())),
            lane: Lane::Person,
        }
    }

    #[must_use]
    pub fn with(self, retry: Retry, timeout: Duration, entropy: Arc<dyn Entropy>) -> Self {
        Self { patience: retry.longest_pause(), retry, timeout, entropy, ..self }
    }

    /// With an account of its own for what is sent. Clones made from here on share it.
    #[must_use]
    pub fn within(self, settings: &BudgetSettings) -> Self {
        Self { budget: Arc::new(Budget::new(settings)), ..self }
    }

    /// The same client for a push of many apps: leaves something of the budget to people who wait for a page, and
    /// waits longer itself.
    #[must_use]
    pub fn for_jobs(&self, settings: &BudgetSettings) -> Self {
        let retry = Retry { longest_pause: settings.longest_wait, ..self.retry.clone() };
        Self { lane: Lane::Job, patience: settings.longest_wait(), retry, ..self.clone() }
    }

    /// Until when the budget has no room for reading and writing so many apps, if it has none now.
    pub(crate) fn full_until(&self, apps: u32) -> Option<Instant> {
        let cost = Cost { units: apps.saturating_mul(2), writes: apps, ..Cost::default() };
        self.budget.full_until(cost, self.lane)
    }

    /// The endpoint without a version and without a slash at the end.
    pub fn root(&self) -> &str {
        self.root.as_str().trim_end_matches('/')
    }

    /// Reads, and reads again where that may help.
    async fn get(&self, bearer: &str, url: Url, consistency: Consistency) -> Result<GraphResponse<Value>, GraphError> {
        let mut attempt = 1;
        loop {
            let error = match self.send(bearer, Method::GET, url.clone(), consistency, None).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(pause) = self.retry.pause(attempt, &error, self.entropy.as_ref()) else { return Err(error) };
            tracing::debug!(%error, attempt, pause = pause.as_secs_f64(), "Graph read is repeated");
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// Sends one request, once.
    async fn send(
        &self,
        bearer: &str,
        method: Method,
        url: Url,
        consistency: Consistency,
        body: Option<&Value>,
    ) -> Result<GraphResponse<Value>, GraphError> {
        let cost = Cost::of(&method, &url);
        self.send_at(cost, bearer, method, url, consistency, body).await
    }

    /// The same, at a cost that the URL does not tell.
    async fn send_at(
        &self,
        cost: Cost,
        bearer: &str,
        method: Method,
        url: Url,
        consistency: Consistency,
        body: Option<&Value>,
    ) -> Result<GraphResponse<Value>, GraphError> {
        self.admit(cost).await?;
        self.send_admitted(cost, bearer, method, url, consistency, body).await
    }

    /// Waits until the budget has room for a request, and counts it.
    async fn admit(&self, cost: Cost) -> Result<(), GraphError> {
        self.budget.admit(cost, self.lane, self.patience, self.entropy.as_ref()).await
    }

    async fn send_admitted(
        &self,
        cost: Cost,
        bearer: &str,
        method: Method,
        url: Url,
        consistency: Consistency,
        body: Option<&Value>,
    ) -> Result<GraphResponse<Value>, GraphError> {
        let mut request = self.request(bearer, method, url);
        if consistency == Consistency::Eventual {
            request = request.header("ConsistencyLevel", "eventual");
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.answered(cost, request).await
    }

    fn request(&self, bearer: &str, method: Method, url: Url) -> RequestBuilder {
        self.http
            .request(method, url)
            .bearer_auth(bearer)
            .timeout(self.timeout)
            .header(ACCEPT, "application/json")
            .header("client-request-id", self.entropy.uuid().to_string())
    }

    /// Sends one that was admitted.
    async fn answered(&self, cost: Cost, request: RequestBuilder) -> Result<GraphResponse<Value>, GraphError> {
        let response = request.send().await.map_err(|e| GraphError::from_transport(&e))?;
        let status = response.status().as_u16();
        let request_id = header(response.headers(), "request-id");
        let retry_after = retry::retry_after(response.headers());
        if status == 429 {
            self.budget.throttled(retry_after);
        } else {
            let number = |name| header(response.headers(), name).and_then(|text| text.parse::<f64>().ok());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast that saturates")]
            let units = number("x-ms-resource-unit").map(|units| units as u32);
            self.budget.answered(cost, units, number("x-ms-throttle-limit-percentage"));
        }
        let succeeded = response.status().is_success();
        let bytes = match response.bytes().await {
            Ok(bytes) => bytes,
            // The head of a refusal is a refusal; half of a success is no answer.
            Err(_) if !succeeded => Bytes::default(),
            Err(e) => return Err(GraphError::from_transport(&e)),
        };
        if !succeeded {
            return Err(GraphError::from_reply(Reply::read(status, request_id, &bytes), retry_after));
        }
        let value = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)
                .map_err(|e| GraphError::Unreadable { why: e.to_string(), request_id: request_id.clone() })?
        };
        Ok(GraphResponse { value, status, request_id })
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// A client that no request is made with.
#[cfg(test)]
pub(crate) fn test_graph(root: &str) -> Graph {
    // reqwest has no TLS of its own here: the process chooses one, and every test may be the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Graph::new(reqwest::Client::new(), Url::parse(root).unwrap_or_else(|e| panic!("{root}: {e}")))
}
