//! A person's tokens in the hands of one push.

use crate::person::{JobTokens, TokenError, TokenProvider};
use crate::store::TenantStore;
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

    async fn token(&self, refused: Option<&str>) -> Result<String, TokenError> {
        let mut sealed = self.sealed.lock().await;
        let (token, renewed) = self.opener.graph_token(self.receipt, &sealed, refused).await?;
        if let Some(renewed) = renewed {
            self.store.keep_run_tokens(self.receipt, &renewed).await.map_err(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "a push's renewed tokens could not be kept");
                TokenError::NotKept
            })?;
            *sealed = renewed;
        }
        Ok(token)
    }
}

#[async_trait]
impl TokenProvider for HandedOver {
    async fn graph_token(&self) -> Result<String, TokenError> {
        self.token(None).await
    }

    async fn graph_token_after(&self, refused: &str) -> Result<String, TokenError> {
        self.token(Some(refused)).await
    }

    async fn token_for(&self, resource: &str) -> Result<String, TokenError> {
        Err(TokenError::NotForThisPush { resource: resource.to_owned() })
    }

    async fn hand_over(&self, _: Uuid) -> Result<Vec<u8>, TokenError> {
        Err(TokenError::NotHandedOn)
    }
}
