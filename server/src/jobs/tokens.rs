//! A person's tokens in the hands of one push.

use super::JobNotifier;
use crate::config::PushWeight;
use crate::entropy::Entropy;
use crate::graph::Retry;
use crate::person::{JobTokens, TokenError, TokenProvider};
use crate::store::TenantStore;
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

/// What [`TokenProvider::hand_over`] sealed, kept with the receipt and renewed there. Good for Graph, and for nothing else.
pub struct HandedOver {
    receipt: Uuid,
    store: TenantStore,
    opener: Arc<dyn JobTokens>,
    patience: TokenPatience,
    /// Held while they are renewed, so that one request renews for all.
    held: Mutex<Held>,
}

/// How often Entra is asked again where it does not answer: nobody waits for a push as for a page.
pub struct TokenPatience {
    pub retry: Retry,
    pub entropy: Arc<dyn Entropy>,
    pub notifier: Arc<JobNotifier>,
}

struct Held {
    sealed: Vec<u8>,
    /// When they could last not be had, and why.
    failed: Option<(Instant, TokenError)>,
}

impl TokenPatience {
    /// Waits before Entra is asked again after the failed request number `attempt` (from 1). `false`: that would not help, or
    /// there is no time left.
    async fn waits(&self, attempt: u32, error: &TokenError) -> bool {
        if !error.may_pass() || attempt >= self.retry.attempts {
            return false;
        }
        let Some(pause) = self.retry.wait(attempt, error.retry_after(), self.entropy.as_ref()) else { return false };
        tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = self.notifier.stopped() => false,
        }
    }
}

impl HandedOver {
    pub fn new(
        receipt: Uuid,
        sealed: Vec<u8>,
        store: TenantStore,
        opener: Arc<dyn JobTokens>,
        patience: TokenPatience,
    ) -> Self {
        Self { receipt, store, opener, patience, held: Mutex::new(Held { sealed, failed: None }) }
    }

    async fn token(&self, refused: Option<&str>) -> Result<String, TokenError> {
        let asked = Instant::now();
        let mut held = self.held.lock().await;
        // Who waited while another found it out does not ask once more.
        if let Some((at, error)) = &held.failed
            && *at >= asked
        {
            return Err(error.clone());
        }
        let (token, renewed) = match self.asked_for(&held.sealed, refused).await {
            Ok(token) => token,
            Err(error) => {
                held.failed = Some((Instant::now(), error.clone()));
                return Err(error);
            }
        };
        if let Some(renewed) = renewed {
            self.store.keep_run_tokens(self.receipt, &renewed).await.map_err(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "a push's renewed tokens could not be kept");
                TokenError::NotKept
            })?;
            held.sealed = renewed;
        }
        Ok(token)
    }

    async fn asked_for(&self, sealed: &[u8], refused: Option<&str>) -> Result<(String, Option<Vec<u8>>), TokenError> {
        let mut attempt = 1;
        loop {
            match self.opener.graph_token(self.receipt, sealed, refused).await {
                Err(error) if self.patience.waits(attempt, &error).await => attempt += 1,
                done => return done,
            }
        }
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

    async fn hand_over(&self, _: Uuid, _: PushWeight) -> Result<Vec<u8>, TokenError> {
        Err(TokenError::NotHandedOn)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::entra::EntraError;
    use crate::entropy::OsEntropy;
    use crate::store::databases::Database;
    use domain::ids::TenantId;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Does not answer so often.
    struct Silent {
        times: u32,
        asked: AtomicU32,
    }

    #[async_trait]
    impl JobTokens for Silent {
        async fn graph_token(
            &self,
            _: Uuid,
            _: &[u8],
            _: Option<&str>,
        ) -> Result<(String, Option<Vec<u8>>), TokenError> {
            if self.asked.fetch_add(1, Ordering::SeqCst) < self.times {
                return Err(TokenError::Entra { entra: EntraError::unreachable(&std::fmt::Error) });
            }
            Ok(("token".to_owned(), None))
        }
    }

    async fn handed_over(times: u32) -> (Arc<Silent>, HandedOver) {
        let silent = Arc::new(Silent { times, asked: AtomicU32::new(0) });
        let store = Database::sqlite().store().await.of(TenantId::new(Uuid::from_u128(1)));
        let retry = Retry { attempts: 3, first_pause: 0.001, longest_pause: 1.0 };
        let patience = TokenPatience { retry, entropy: Arc::new(OsEntropy), notifier: Arc::default() };
        (Arc::clone(&silent), HandedOver::new(Uuid::from_u128(2), vec![], store, silent, patience))
    }

    #[tokio::test]
    async fn entra_is_asked_again_where_it_did_not_answer() {
        let (silent, tokens) = handed_over(2).await;
        assert_eq!(tokens.graph_token().await.unwrap(), "token");
        assert_eq!(silent.asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn what_one_app_found_out_the_others_need_not() {
        let (silent, tokens) = handed_over(3).await;
        let all = futures_util::future::join_all((0..50).map(|_| tokens.graph_token())).await;
        assert!(all.iter().all(Result::is_err), "{all:?}");
        assert_eq!(silent.asked.load(Ordering::SeqCst), 3);
        assert_eq!(tokens.graph_token().await.unwrap(), "token", "and later it is asked anew");
    }
}
