//! The token that the inventory is read with.

use crate::clock::Clock;
use crate::entra::{EntraError, Provider, Tokens};
use crate::token_endpoint::claims_of;
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;
use time::Duration;
use tokio::sync::Mutex;

/// A token that ends sooner is not used any more: a request, and its repetitions, must not outlive it.
const SKEW: Duration = Duration::minutes(5);

/// Whose right it is to read.
#[async_trait]
pub trait ReadToken: Send + Sync {
    /// A token for Graph, good for at least a few minutes.
    ///
    /// # Errors
    /// Entra gives none, or does not answer.
    async fn token(&self) -> Result<String, EntraError>;
}

/// Of these one is needed to read more of people than the basic profile, which has no department
/// (<https://learn.microsoft.com/graph/permissions-reference>, `User.ReadBasic.All`).
const READ_PROFILES: [&str; 4] =
    ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// Whether this token shows people's departments. Graph gives null for what it does not show, as for what is not there, so that
/// the token has to say: by `roles` of the portal's own, by `scp` of a person's
/// (<https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>). One that cannot be read says no.
pub(super) fn reads_profiles(token: &str) -> bool {
    let Some(claims) = claims_of(token) else { return false };
    let roles = claims["roles"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let scopes = claims["scp"].as_str().unwrap_or_default().split(' ');
    roles.chain(scopes).any(|permission| READ_PROFILES.contains(&permission))
}

/// The portal's own: what an administrator granted it as application permissions, and nobody's in particular.
pub struct PortalToken {
    provider: Arc<Provider>,
    clock: Arc<dyn Clock>,
    /// Held while one is fetched.
    held: Mutex<Option<Tokens>>,
}

impl PortalToken {
    pub fn new(provider: Arc<Provider>, clock: Arc<dyn Clock>) -> Self {
        Self { provider, clock, held: Mutex::default() }
    }
}

#[async_trait]
impl ReadToken for PortalToken {
    async fn token(&self) -> Result<String, EntraError> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        if let Some(tokens) = held.as_ref().filter(|tokens| tokens.expires_at - now > SKEW) {
            return Ok(tokens.access.clone());
        }
        let tokens = self.provider.own_tokens().await?;
        Ok(held.insert(tokens).access.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
    use serde_json::json;

    #[test]
    fn a_token_shows_departments_only_where_it_says_so() {
        let token = |claims: Value| format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
        assert!(reads_profiles(&token(json!({"roles": ["Application.Read.All", "User.Read.All"]}))));
        assert!(reads_profiles(&token(json!({"scp": "openid Directory.Read.All"}))));
        for other in [
            json!({"roles": ["User.ReadBasic.All", "Application.Read.All"]}),
            json!({"scp": "User.Read"}),
            json!({}),
            json!({"roles": "User.Read.All"}),
        ] {
            assert!(!reads_profiles(&token(other.clone())), "{other}");
        }
        assert!(!reads_profiles("opaque"));
    }
}
