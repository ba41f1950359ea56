//! The sessions of the person who asks.

use super::{Sessions, TokenVault};
use crate::person::{OwnSessions, TokenError};
use crate::store::{OwnSessionRow, StoreError};
use async_trait::async_trait;
use domain::ids::{ObjectId, TenantId};
use std::sync::Arc;
use tower_sessions::session::Id;
use uuid::Uuid;

/// A person's sessions, and which of them asks.
pub struct SessionsOf {
    pub sessions: Sessions,
    pub vault: Arc<TokenVault>,
    pub tenant: TenantId,
    pub person: ObjectId,
    pub here: Id,
}

#[async_trait]
impl OwnSessions for SessionsOf {
    async fn list(&self) -> Result<Vec<(OwnSessionRow, bool)>, StoreError> {
        self.sessions.of_person(self.tenant, self.person, &self.here).await
    }

    async fn end(&self, digest: &str) -> Result<bool, StoreError> {
        self.sessions.end_of_person(self.tenant, self.person, digest).await
    }

    async fn end_others(&self) -> Result<u64, StoreError> {
        self.sessions.end_others(self.tenant, self.person, &self.here).await
    }
    async fn lend(&self, lent: Uuid) -> Result<(String, Vec<u8>), TokenError> {
        let sealed = self.vault.lend(self.here, lent).await?;
        Ok((Sessions::row_of(&self.here), sealed))
    }
}
