//! The token that the inventory is read with.

use crate::clock::Clock;
use crate::entra::{EntraError, Provider, Tokens};
use async_trait::async_trait;
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
