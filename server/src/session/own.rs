//! The sessions of the person who asks.

use super::Sessions;
use crate::person::OwnSessions;
use crate::store::{OwnSessionRow, StoreError};
use async_trait::async_trait;
use domain::ids::{ObjectId, TenantId};
use tower_sessions::session::Id;

/// A person's sessions, and which of them asks.
pub struct SessionsOf {
    pub sessions: Sessions,
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
}
