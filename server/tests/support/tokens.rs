//! Tokens of people whose sign-in is no matter: what a push is given is the token itself.

#![allow(dead_code, reason = "each binary uses its part")]

use async_trait::async_trait;
use server::config::PushWeight;
use server::person::{JobTokens, TokenError, TokenProvider};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use uuid::Uuid;

/// Of pushes; Entra can end all of them.
#[derive(Default)]
pub struct Tokens {
    pub revoked: AtomicBool,
    /// How often they were renewed because Graph had refused them.
    pub renewed: AtomicU32,
}

#[async_trait]
impl JobTokens for Tokens {
    async fn graph_token(
        &self,
        _: Uuid,
        sealed: &[u8],
        refused: Option<&str>,
    ) -> Result<(String, Option<Vec<u8>>), TokenError> {
        if let Some(refused) = refused {
            assert_eq!(refused.as_bytes(), sealed);
            self.renewed.fetch_add(1, Ordering::SeqCst);
        }
        if self.revoked.load(Ordering::SeqCst) {
            return Err(TokenError::signed_out());
        }
        Ok((String::from_utf8(sealed.to_vec()).unwrap(), None))
    }
}

/// A person's, for Graph.
pub struct Token(pub String);

#[async_trait]
impl TokenProvider for Token {
    async fn graph_token(&self) -> Result<String, TokenError> {
        Ok(self.0.clone())
    }

    async fn graph_token_after(&self, _: &str) -> Result<String, TokenError> {
        self.graph_token().await
    }

    async fn token_for(&self, resource: &str) -> Result<String, TokenError> {
        panic!("nobody asked for {resource}")
    }

    async fn hand_over(&self, _: Uuid, _: PushWeight) -> Result<Vec<u8>, TokenError> {
        Ok(self.0.clone().into_bytes())
    }
}
