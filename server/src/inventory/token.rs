//! The token that the inventory is read with.

use crate::clock::Clock;
use crate::entra::{EntraError, Provider, Tokens};
use crate::person::{LentTokens, TokenError};
use crate::store::{AuditEntry, LentRead, StoreError, TenantStore};
use crate::token_endpoint::claims_of;
use async_trait::async_trait;
use domain::audit::{AuditAction, AuditOutcome};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use uuid::Uuid;

/// A token that ends sooner is not used any more: a request, and its repetitions, must not outlive it.
const SKEW: Duration = Duration::minutes(5);
/// A lent sign-in that was refused is not tried again for so long.
const ASIDE: Duration = Duration::minutes(10);

/// Why there is no token to read with.
#[derive(Debug, thiserror::Error)]
pub enum ReadTokenError {
    #[error("Entra gives the portal no token of its own: {0}")]
    Entra(#[from] EntraError),
    #[error("the sign-in that somebody lent cannot be used now: {0}")]
    Lent(TokenError),
    #[error("the sign-ins that people lend were refused a few minutes ago, and are not tried again yet")]
    Refused,
    #[error("nobody lends a sign-in to read with")]
    Nobody,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is read with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBearer {
    pub token: String,
    /// The name of who lends it; `None`: it is the portal's own.
    pub lender: Option<String>,
}

impl ReadBearer {
    /// The portal's own.
    pub fn own(token: String) -> Self {
        Self { token, lender: None }
    }
}

/// Whose right it is to read.
#[async_trait]
pub trait ReadToken: Send + Sync {
    /// A token for Graph, good for at least a few minutes.
    ///
    /// # Errors
    /// Entra gives none, or does not answer, or nobody is there to read with.
    async fn token(&self) -> Result<ReadBearer, ReadTokenError>;

    /// Graph does not take the one that was given last, or shows too little with it. Answers whether another may be had.
    async fn refused(&self) -> bool {
        false
    }
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
    async fn token(&self) -> Result<ReadBearer, ReadTokenError> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        if let Some(tokens) = held.as_ref().filter(|tokens| tokens.expires_at - now > SKEW) {
            return Ok(ReadBearer::own(tokens.access.clone()));
        }
        let tokens = self.provider.own_tokens().await?;
        Ok(ReadBearer::own(held.insert(tokens).access.clone()))
    }
}

/// That of an administrator or auditor who lends it: the one who did so last, while it lasts.
pub struct LentToken {
    store: TenantStore,
    tokens: Arc<dyn LentTokens>,
    clock: Arc<dyn Clock>,
    /// Held while one is asked for: a refresh token is spent by its use.
    turn: Mutex<Turn>,
}

/// Of the sign-ins that people lend, by their ids.
#[derive(Default)]
struct Turn {
    given: Option<Uuid>,
    /// Those that were refused, and until when they are not tried again: others may be taken meanwhile.
    aside: HashMap<Uuid, OffsetDateTime>,
}

impl LentToken {
    pub fn new(store: TenantStore, tokens: Arc<dyn LentTokens>, clock: Arc<dyn Clock>) -> Self {
        Self { store, tokens, clock, turn: Mutex::default() }
    }
}

#[async_trait]
impl ReadToken for LentToken {
    async fn token(&self) -> Result<ReadBearer, ReadTokenError> {
        let mut turn = self.turn.lock().await;
        let now = self.clock.now();
        turn.aside.retain(|_, until| *until > now);
        let mut failed = None;
        for lent in self.store.lent_reads(now).await? {
            if turn.aside.contains_key(&lent.id) {
                failed.get_or_insert(ReadTokenError::Refused);
                continue;
            }
            match self.tokens.reading_token(lent.id, &lent.tokens).await {
                Ok((token, renewed)) => {
                    // It may have been taken back meanwhile.
                    if let Some(renewed) = renewed
                        && !self.store.renew_lent_read(lent.id, &renewed).await?
                    {
                        continue;
                    }
                    turn.given = Some(lent.id);
                    return Ok(ReadBearer { token, lender: Some(lent.name) });
                }
                Err(error @ TokenError::SignedOut { .. }) => {
                    tracing::info!(%error, lender = %lent.person, "a lent sign-in is over");
                    self.store.forget_lent_read(lent.id, &over(&lent, now)).await?;
                }
                Err(error) => {
                    tracing::warn!(%error, lender = %lent.person, "a lent sign-in cannot be used now");
                    if error.was_refused() {
                        turn.aside.insert(lent.id, now + ASIDE);
                    }
                    failed.get_or_insert(ReadTokenError::Lent(error));
                }
            }
        }
        Err(failed.unwrap_or(ReadTokenError::Nobody))
    }

    async fn refused(&self) -> bool {
        let mut turn = self.turn.lock().await;
        let Some(given) = turn.given.take() else { return false };
        turn.aside.insert(given, self.clock.now() + ASIDE);
        true
    }
}

/// Nobody took it back: Entra did, or the person's role went.
fn over(lent: &LentRead, now: OffsetDateTime) -> AuditEntry {
    let mut entry = AuditEntry::new(Some(lent.person), now, AuditAction::SignInTakenBack, AuditOutcome::Recorded);
    entry.row.who.clone_from(&lent.name);
    entry.row.detail = "Microsoft takes it no more, or the person is no longer administrator or auditor here.".into();
    entry
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::clock::SystemClock;
    use crate::store::databases::Database;
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
    use domain::ids::{ObjectId, TenantId};
    use serde_json::json;

    /// What Entra says of each, by what it was lent as.
    struct Entra(HashMap<Uuid, Said>);

    type Said = Result<(String, Option<Vec<u8>>), TokenError>;

    #[async_trait]
    impl LentTokens for Entra {
        async fn reading_token(&self, lent: Uuid, _: &[u8]) -> Said {
            self.0[&lent].clone()
        }
    }

    #[tokio::test]
    async fn the_newest_that_entra_takes_is_read_with_and_the_others_are_forgotten() {
        let database = Database::sqlite();
        let everything = database.store().await;
        let (store, person) = (everything.of(TenantId::new(Uuid::from_u128(1))), ObjectId::new(Uuid::from_u128(2)));
        let now = SystemClock.now();
        for n in 1..=3 {
            let (session, at) = (n.to_string(), now.unix_timestamp());
            everything.sessions().create(&session, "{}", at, at + 600).await.unwrap();
            everything.sessions().claim(&session, store.tenant(), person, "", at).await.unwrap();
            everything.sessions().keep_tokens(&session, b"own", at, 600, 600).await.unwrap();
            let lent = LentRead {
                id: Uuid::from_u128(n),
                session,
                person,
                name: format!("lender {n}"),
                lent_at: now + Duration::seconds(i64::try_from(n).unwrap()),
                tokens: vec![0],
            };
            let entry = AuditEntry::new(None, now, AuditAction::SignInLent, AuditOutcome::Recorded);
            assert!(store.lend_read(&lent, Some(&entry)).await.unwrap());
        }
        let silent = TokenError::Entra { entra: EntraError::unreachable(&std::fmt::Error) };
        let said = [Err(silent.clone()), Ok(("token".to_owned(), Some(vec![9]))), Err(TokenError::signed_out())];
        let entra = Arc::new(Entra((1..).map(Uuid::from_u128).zip(said).collect()));
        let token = LentToken::new(store.clone(), entra, Arc::new(SystemClock));
        let bearer = token.token().await.unwrap();
        assert_eq!((bearer.token.as_str(), bearer.lender.as_deref()), ("token", Some("lender 2")));
        let left = store.lent_reads(now).await.unwrap();
        assert_eq!(left.iter().map(|one| one.id.as_u128()).collect::<Vec<_>>(), [2, 1], "the third is over");
        assert_eq!(left[0].tokens, [9], "what was renewed is kept");
        let gone = AuditEntry::new(None, now, AuditAction::SignInTakenBack, AuditOutcome::Recorded);
        assert!(token.refused().await, "Graph shows nothing with the second");
        assert!(matches!(token.token().await, Err(ReadTokenError::Refused | ReadTokenError::Lent(_))));
        assert!(!token.refused().await, "none was given since");
        assert!(store.forget_lent_read(Uuid::from_u128(2), &gone).await.unwrap());
        assert!(matches!(token.token().await, Err(ReadTokenError::Lent(_))));
        assert_eq!(store.lent_reads(now).await.unwrap().len(), 1, "who does not answer has said nothing of it");
        assert!(store.forget_lent_read(Uuid::from_u128(1), &gone).await.unwrap());
        assert!(matches!(token.token().await, Err(ReadTokenError::Nobody)));
    }

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
