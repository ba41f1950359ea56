//! The signed-in person, as far as an operation needs to know.

use crate::config::{PushWeight, StepUpReason};
use crate::entra::EntraError;
use crate::store::{AuditEntry, OwnSessionRow, StoreError};
use app::contract::people::Viewer;
use async_trait::async_trait;
use domain::audit::{AuditAction, AuditOutcome};
use domain::ids::ObjectId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// Why there is no token. Receipts keep it as JSON: a variant may be added, and none renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "error")]
pub enum TokenError {
    /// The session has ended, here or at Entra.
    #[error("the person is signed out")]
    SignedOut {
        /// Entra's correlation id, where Entra said so.
        request_id: Option<String>,
    },
    /// Nobody has agreed that the portal has a token for this resource in the person's name.
    #[error("nobody has consented to {resource}: {entra}")]
    ConsentNeeded {
        /// Such as `https://vault.azure.net`.
        resource: String,
        entra: EntraError,
    },
    /// Nobody has agreed that the portal writes in the person's name, or Entra wants to talk to them about it.
    #[error("the portal may not write in the person's name: {entra}")]
    MayNotWrite { entra: EntraError },
    /// The person has to show that it is them.
    #[error("the person has not signed in within {minutes} minutes, and a push that is heavy asks for it")]
    NotConfirmed { why: StepUpReason, minutes: u32 },
    /// Entra did not answer, or refused.
    #[error("{entra}")]
    Entra { entra: EntraError },
    /// The portal's storage does not give the person's tokens out. The log has the reason.
    #[error("the stored tokens could not be read")]
    Unreadable,
    /// Renewed tokens could not be kept. The log has the reason.
    #[error("the renewed tokens could not be kept")]
    NotKept,
    /// A push was given a token for Graph alone.
    #[error("this push has no token for {resource}")]
    NotForThisPush { resource: String },
    /// A push was to give its tokens to another.
    #[error("a push hands no sign-in on")]
    NotHandedOn,
}

impl TokenError {
    /// No session, and nothing that Entra said.
    pub fn signed_out() -> Self {
        Self::SignedOut { request_id: None }
    }

    /// Only the person can go on, by signing in again.
    pub fn needs_sign_in(&self) -> bool {
        matches!(self, Self::SignedOut { .. })
    }

    /// Entra did not answer, or is busy: the same request may succeed in a moment.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Entra { entra } if entra.may_pass())
    }

    /// How long Entra asks to wait, where it says so.
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::Entra { entra } => entra.retry_after(),
            _ => None,
        }
    }

    /// An answer, and no failure on the way to one: asking again gives the same.
    pub fn was_refused(&self) -> bool {
        match self {
            Self::SignedOut { .. }
            | Self::ConsentNeeded { .. }
            | Self::MayNotWrite { .. }
            | Self::NotConfirmed { .. }
            | Self::NotForThisPush { .. }
            | Self::NotHandedOn => true,
            Self::Entra { entra } => entra.refuses_the_person(),
            Self::Unreadable | Self::NotKept => false,
        }
    }

    /// Entra's correlation id, for support.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::SignedOut { request_id } => request_id.as_deref(),
            Self::ConsentNeeded { entra, .. } | Self::MayNotWrite { entra } | Self::Entra { entra } => {
                entra.request_id.as_deref()
            }
            Self::NotConfirmed { .. }
            | Self::Unreadable
            | Self::NotKept
            | Self::NotForThisPush { .. }
            | Self::NotHandedOn => None,
        }
    }
}

/// Gives the person's own token for Graph: every call to Graph is made with it, so Entra decides.
#[async_trait]
pub trait TokenProvider: Send + Sync {
    /// A token that is good for at least a few minutes; renewed on the way where it must be.
    ///
    /// # Errors
    /// [`TokenError::SignedOut`] where the person must sign in again, [`TokenError::Entra`] where Entra did not answer.
    async fn graph_token(&self) -> Result<String, TokenError>;

    /// Another one, where Graph did not accept `refused` though it should hold: renewed now, unless it has been since.
    ///
    /// # Errors
    /// As above.
    async fn graph_token_after(&self, refused: &str) -> Result<String, TokenError>;

    /// The same for another resource, asked for when it is first needed. `resource`: such as
    /// `https://vault.azure.net`.
    ///
    /// # Errors
    /// As above, and [`TokenError::ConsentNeeded`] where the person, or an administrator, has not agreed to it.
    async fn token_for(&self, resource: &str) -> Result<String, TokenError>;

    /// A copy of the person's tokens, sealed for one push and readable by [`JobTokens`] alone: the push goes on when
    /// the session has ended, and no longer than its receipt is open. With them the push may write, which what the person
    /// looks around with may not. No push begins or goes on without: so it is here that a heavy one is refused to whoever
    /// has not signed in a short while ago.
    ///
    /// # Errors
    /// As of [`Self::graph_token`], [`TokenError::NotConfirmed`], and [`TokenError::MayNotWrite`].
    async fn hand_over(&self, receipt: Uuid, weight: PushWeight) -> Result<Vec<u8>, TokenError>;
}

/// Opens what [`TokenProvider::hand_over`] sealed, for the push that it was sealed for.
#[async_trait]
pub trait JobTokens: Send + Sync {
    /// A token for Graph, good for at least a few minutes, and the tokens to keep from now on where it had to be renewed:
    /// before it ends, or where it is the one that Graph has `refused`.
    ///
    /// # Errors
    /// [`TokenError::SignedOut`] where the person must sign in again, [`TokenError::Entra`] where Entra did not answer.
    async fn graph_token(
        &self,
        receipt: Uuid,
        sealed: &[u8],
        refused: Option<&str>,
    ) -> Result<(String, Option<Vec<u8>>), TokenError>;
}

/// Opens what [`OwnSessions::lend`] sealed.
#[async_trait]
pub trait LentTokens: Send + Sync {
    /// A token for Graph, good for reading and for at least a few minutes, and what to keep from now on where it had to be
    /// renewed. `lent`: what it was sealed for.
    ///
    /// # Errors
    /// As of [`JobTokens::graph_token`]; [`TokenError::SignedOut`] as well where the person sees no longer the whole directory.
    async fn reading_token(&self, lent: Uuid, sealed: &[u8]) -> Result<(String, Option<Vec<u8>>), TokenError>;
}

/// The sessions of the person who asks, and no other person's.
#[async_trait]
pub trait OwnSessions: Send + Sync {
    /// The newest first; `true`: the one that asks.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    async fn list(&self) -> Result<Vec<(OwnSessionRow, bool)>, StoreError>;

    /// `digest`: the row's id. `false` where this person has no such session.
    ///
    /// # Errors
    /// As above.
    async fn end(&self, digest: &str) -> Result<bool, StoreError>;

    /// All but the one that asks; answers how many.
    ///
    /// # Errors
    /// As above.
    async fn end_others(&self) -> Result<u64, StoreError>;

    /// A copy of this session's tokens, sealed for `lent` and readable by [`LentTokens`] alone; and the row of the session,
    /// which it must not outlive.
    ///
    /// # Errors
    /// As of [`TokenProvider::graph_token`].
    async fn lend(&self, lent: Uuid) -> Result<(String, Vec<u8>), TokenError>;
}

/// Who asks, and with which token.
#[derive(Clone)]
pub struct Person {
    /// What the interface shows of them.
    pub viewer: Viewer,
    /// Their token for Graph.
    pub tokens: Arc<dyn TokenProvider>,
    /// Where they are signed in.
    pub sessions: Arc<dyn OwnSessions>,
}

impl Person {
    /// A row of the audit log about what they did. About no app yet; set what is known on `row`.
    pub(crate) fn audit(
        &self,
        at: OffsetDateTime,
        action: AuditAction,
        outcome: impl Into<AuditOutcome>,
    ) -> AuditEntry {
        let mut entry = AuditEntry::new(Some(self.viewer.object_id), at, action, outcome);
        entry.row.who.clone_from(&self.viewer.name);
        entry.row.username.clone_from(&self.viewer.username);
        entry
    }

    /// Whose rows they see: everyone's (`None`), or their own.
    pub(crate) fn sees(&self) -> Option<ObjectId> {
        (!self.viewer.sees_whole_audit()).then_some(self.viewer.object_id)
    }
}
