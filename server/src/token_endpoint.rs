//! Entra's token endpoint for other clients than the portal: a client assertion is relayed once, and what comes back
//! is read for its claims and dropped. Neither assertion nor token is kept or logged.

use crate::config::Cloud;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use domain::client_assertion::{ASSERTION_TYPE, AssertionAnswer};
use domain::ids::{AppId, TenantId};
use reqwest::header::{ACCEPT, HeaderMap};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// Entra's answers are a few kilobytes; a token with many roles is some tens.
const MAX_ANSWER: usize = 256 * 1024;

/// The token endpoints of one cloud.
#[derive(Clone)]
pub struct TokenEndpoint {
    http: reqwest::Client,
    authority: Url,
    scope: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    #[error("the token endpoint could not be reached")]
    Unreachable,
    #[error("the token endpoint did not answer")]
    NoAnswer,
    #[error("the token endpoint's answer made no sense (status {status})")]
    Unreadable { status: u16 },
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    #[serde(default)]
    expires_in: Value,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    error_codes: Vec<u32>,
    #[serde(default)]
    error_description: String,
    correlation_id: Option<String>,
    /// Without it, the body is nothing of Entra's.
    error: String,
}

impl TokenEndpoint {
    /// `http` must follow no redirects.
    pub fn new(http: reqwest::Client, cloud: &Cloud) -> Self {
        let root = cloud.graph_root.as_str().trim_end_matches('/');
        Self { http, authority: cloud.authority.clone(), scope: format!("{root}/.default") }
    }

    /// Of a tenant (v2.0). It is the `aud` of an assertion, too.
    pub fn url(&self, tenant: TenantId) -> String {
        format!("{}/{tenant}/oauth2/v2.0/token", self.authority.as_str().trim_end_matches('/'))
    }

    /// What a token is asked for: a token for Graph proves the certificate, whatever the app may do there.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The host people know the cloud by.
    pub fn host(&self) -> Option<&str> {
        self.authority.host_str()
    }

    /// Sends the assertion, once.
    pub async fn redeem(
        &self,
        tenant: TenantId,
        client: AppId,
        assertion: &str,
    ) -> Result<AssertionAnswer, RelayError> {
        let client = client.to_string();
        let form = [
            ("client_id", client.as_str()),
            ("scope", self.scope()),
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        let request = self.http.post(self.url(tenant)).header(ACCEPT, "application/json").form(&form);
        let answer = request.send().await.map_err(|error| {
            // The error's own words would name the URL only; the form is not in them.
            tracing::debug!(timeout = error.is_timeout(), "no answer from the token endpoint");
            if error.is_connect() { RelayError::Unreachable } else { RelayError::NoAnswer }
        })?;
        let status = answer.status().as_u16();
        let succeeded = answer.status().is_success();
        let request_id = request_id(answer.headers());
        let body = answer.bytes().await.map_err(|_| RelayError::NoAnswer)?;
        if body.len() > MAX_ANSWER {
            return Err(RelayError::Unreadable { status });
        }
        let unreadable = || RelayError::Unreadable { status };
        if succeeded {
            let token: Token = serde_json::from_slice(&body).map_err(|_| unreadable())?;
            let claims = claims(&token.access_token);
            let expires_in = token.expires_in.as_u64().or_else(|| token.expires_in.as_str()?.parse().ok());
            return Ok(AssertionAnswer::Issued { claims, expires_in: expires_in.unwrap_or_default(), request_id });
        }
        let refusal: Refusal = serde_json::from_slice(&body).map_err(|_| unreadable())?;
        let mut codes = refusal.error_codes;
        if codes.is_empty() {
            codes.extend(code_of(&refusal.error_description));
        }
        tracing::debug!(error = refusal.error, ?codes, "the token endpoint refused an assertion");
        let answer = String::from_utf8_lossy(&body).into_owned();
        Ok(AssertionAnswer::Refused { answer, codes, request_id: request_id.or(refusal.correlation_id) })
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    headers.get("x-ms-request-id").and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The payload of a JWT. A token is opaque to clients, so that one without readable claims is no failure.
pub(crate) fn claims_of(token: &str) -> Option<Value> {
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

fn claims(token: &str) -> String {
    claims_of(token).and_then(|claims| serde_json::to_string_pretty(&claims).ok()).unwrap_or_else(|| "{}".to_owned())
}

/// `AADSTS700027: …`
fn code_of(description: &str) -> Option<u32> {
    let digits = description.strip_prefix("AADSTS")?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_without_signature_or_nothing() {
        let token = format!("e30.{}.c2lnbmF0dXJl", BASE64_URL_SAFE_NO_PAD.encode(r#"{"aud":"x"}"#));
        let claims = claims(&token);
        assert!(claims.contains("\"aud\": \"x\"") && !claims.contains("c2lnbmF0dXJl"));
        assert_eq!(super::claims("opaque"), "{}");
        assert_eq!(code_of("AADSTS700027: The certificate"), Some(700_027));
        assert_eq!(code_of("nothing"), None);
    }
}
