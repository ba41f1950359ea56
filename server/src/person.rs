//! The signed-in person, as far as an operation needs to know.

use app::contract::people::Viewer;
use app::contract::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;
use uuid::Uuid;

/// Gives the person's own token for Graph: every call to Graph is made with it, so Entra decides.
#[async_trait]
pub trait TokenProvider: Send + Sync {
    /// A token that is good for at least a few minutes; renewed on the way where it must be.
    ///
    /// # Errors
    /// 401 `signed-out` where the person must sign in again, 502 where Entra did not answer.
    async fn graph_token(&self) -> Result<String, Problem>;

    /// The same for another resource, asked for when it is first needed. `resource`: such as
    /// `https://vault.azure.net`.
    ///
    /// # Errors
    /// As above, and 403 `consent-needed` where the person, or an administrator, has not agreed to it.
    async fn token_for(&self, resource: &str) -> Result<String, Problem>;

    /// A copy of the person's tokens, sealed for one push and readable by [`JobTokens`] alone: the push goes on when
    /// the session has ended, and no longer than its receipt is open.
    ///
    /// # Errors
    /// As of [`Self::graph_token`].
    async fn hand_over(&self, receipt: Uuid) -> Result<Vec<u8>, Problem>;
}

/// Opens what [`TokenProvider::hand_over`] sealed, for the push that it was sealed for.
#[async_trait]
pub trait JobTokens: Send + Sync {
    /// A token for Graph, good for at least a few minutes, and the tokens to keep from now on where it had to be renewed.
    ///
    /// # Errors
    /// 401 `signed-out` where the person must sign in again, 502 where Entra did not answer.
    async fn graph_token(&self, receipt: Uuid, sealed: &[u8]) -> Result<(String, Option<Vec<u8>>), Problem>;
}

/// Who asks, and with which token.
#[derive(Clone)]
pub struct Person {
    /// What the interface shows of them.
    pub viewer: Viewer,
    /// Their token for Graph.
    pub tokens: Arc<dyn TokenProvider>,
}
