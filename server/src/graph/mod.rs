//! Microsoft Graph. Nothing outside this module knows its wire format.
//!
//! Reads are repeated where Graph asks for it (429, 5xx, no answer), within bounds and with jitter. A write is sent
//! once per call: whether it may be sent again is a question for whoever can read the app in between.

mod all_credentials;
mod app_names;
mod application;
mod by_app_id;
mod error;
mod find_application;
mod list_applications;
mod listed;
mod me;
mod owned_applications;
mod owners;
mod patch_key_credentials;
mod retry;
mod trusted_subjects;
mod url;

pub use all_credentials::Kind;
pub use application::{Application, PasswordCredential};
pub use by_app_id::ServicePrincipal;
pub use error::{GraphError, Reply};
pub use list_applications::{ListQuery, Listing, Needle};
pub use listed::ListedApplication;
pub use me::Me;
pub use owners::OwnerObject;
pub use retry::Retry;

use crate::entropy::{Entropy, OsEntropy};
use ::url::Url;
use axum::body::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

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
}

/// What Graph said, with its own number for the exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    pub value: T,
    pub status: u16,
    /// The `request-id` header, which Microsoft's support asks for.
    pub request_id: Option<String>,
}

impl<T> Answer<T> {
    fn map<U>(self, f: impl FnOnce(T) -> Result<U, String>) -> Result<Answer<U>, GraphError> {
        let Self { value, status, request_id } = self;
        match f(value) {
            Ok(value) => Ok(Answer { value, status, request_id }),
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
        Self { http, root, retry: Retry::default(), timeout: DEFAULT_TIMEOUT, entropy: Arc::new(OsEntropy) }
    }

    #[must_use]
    pub fn with(self, retry: Retry, timeout: Duration, entropy: Arc<dyn Entropy>) -> Self {
        Self { retry, timeout, entropy, ..self }
    }

    /// The endpoint without a version and without a slash at the end.
    pub fn root(&self) -> &str {
        self.root.as_str().trim_end_matches('/')
    }

    /// Reads, and reads again where that may help.
    async fn get(&self, bearer: &str, url: Url, consistency: Consistency) -> Result<Answer<Value>, GraphError> {
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
    ) -> Result<Answer<Value>, GraphError> {
        let mut request = self
            .http
            .request(method, url)
            .bearer_auth(bearer)
            .timeout(self.timeout)
            .header(ACCEPT, "application/json")
            .header("client-request-id", self.entropy.uuid().to_string());
        if consistency == Consistency::Eventual {
            request = request.header("ConsistencyLevel", "eventual");
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|e| GraphError::from_transport(&e))?;
        let status = response.status().as_u16();
        let request_id = header(response.headers(), "request-id");
        let retry_after = retry::retry_after(response.headers());
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
        Ok(Answer { value, status, request_id })
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// A client that no request is made with.
#[cfg(test)]
fn test_graph(root: &str) -> Graph {
    // reqwest has no TLS of its own here: the process chooses one, and every test may be the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Graph::new(reqwest::Client::new(), Url::parse(root).unwrap_or_else(|e| panic!("{root}: {e}")))
}
