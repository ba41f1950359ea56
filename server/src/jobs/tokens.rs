//! A person's tokens in the hands of one push.

use crate::person::{JobTokens, TokenProvider};
use crate::store::TenantStore;
use app::contract::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// What [`TokenProvider::hand_over`] sealed, kept with the receipt and renewed there. Good for Graph, and for nothing else.
pub struct HandedOver {
    receipt: Uuid,
    store: TenantStore,
    opener: Arc<dyn JobTokens>,
    /// Held while they are renewed, so that one request renews for all.
    sealed: Mutex<Vec<u8>>,
}

impl HandedOver {
    pub fn new(receipt: Uuid, sealed: Vec<u8>, store: TenantStore, opener: Arc<dyn JobTokens>) -> Self {
        Self { receipt, store, opener, sealed: Mutex::new(sealed) }
    }
}

#[async_trait]
impl TokenProvider for HandedOver {
    async fn graph_token(&self) -> Result<String, Problem> {
        let mut sealed = self.sealed.lock().await;
        let (token, renewed) = self.opener.graph_token(self.receipt, &sealed).await?;
        if let Some(renewed) = renewed {
            self.store.keep_run_tokens(self.receipt, &renewed).await?;
            *sealed = renewed;
        }
        Ok(token)
    }

    async fn token_for(&self, resource: &str) -> Result<String, Problem> {
        Err(Problem::new(
            403,
            "not-for-this-push",
            "This push has no token for that",
            format!("It was given a token for Microsoft Graph, and none for {resource}."),
        ))
    }

    async fn hand_over(&self, _: Uuid) -> Result<Vec<u8>, Problem> {
        Err(Problem::new(
            403,
            "not-for-this-push",
            "A push hands no sign-in on",
            "What it was given is for itself alone.",
        ))
    }
}
