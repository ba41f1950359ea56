//! A person's tokens for Graph: kept sealed, renewed before they expire.

use super::Sessions;
use super::seal::{SealError, Sealer, of_job, of_lent};
use crate::clock::Clock;
use crate::config::{PushWeight, StepUpSettings};
use crate::entra::{Access, EntraError, OtherToken, Provider, RolesRead, Tokens};
use crate::entropy::Entropy;
use crate::keyed_mutex::KeyedMutex;
use crate::person::{JobTokens, LentTokens, TokenError, TokenProvider};
use crate::store::StoreError;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use time::{Duration, OffsetDateTime};
use tokio::time::Instant;
use tower_sessions::session::Id;
use uuid::Uuid;

/// A token that ends sooner is renewed first, so that one request does not outlive it.
const SKEW: Duration = Duration::minutes(5);
/// After Entra did not answer, tokens that still hold are used to their end for so long before it is asked again.
const SILENT: std::time::Duration = std::time::Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the database did not answer: {0}")]
    Database(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the tokens in the database cannot be read: {0}")]
    Encoding(#[from] serde_json::Error),
    /// The session ended.
    #[error("there is no such session")]
    NoSession,
    /// The person has no role any more with which they could push.
    #[error("the person has no role for this")]
    NoRole,
    /// A token for writing is not to be had without the person.
    #[error("a token for writing: {0}")]
    MayNotWrite(EntraError),
    #[error(transparent)]
    Entra(#[from] EntraError),
}

impl From<VaultError> for TokenError {
    fn from(error: VaultError) -> Self {
        match error {
            // Sealed with another key, or for another session: as good as none.
            VaultError::NoSession | VaultError::NoRole | VaultError::Seal(SealError::Open) => Self::signed_out(),
            VaultError::Entra(error) if error.needs_sign_in() => Self::SignedOut { request_id: error.request_id },
            VaultError::MayNotWrite(entra) => Self::MayNotWrite { entra },
            VaultError::Entra(entra) => Self::Entra { entra },
            error => {
                tracing::error!(%error, "a person's tokens could not be used");
                Self::Unreadable
            }
        }
    }
}

/// Keeps and renews the tokens of all sessions.
pub struct TokenVault {
    sessions: Sessions,
    sealer: Sealer,
    provider: Arc<Provider>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    step_up: StepUpSettings,
    /// Of each session that is renewing: the others wait for it, since a refresh token is spent by its use.
    renewing: KeyedMutex<i128>,
    /// When Entra last did not answer, or was busy.
    silent: Mutex<Option<Instant>>,
}

/// Who has tokens beside the session that they come from.
#[derive(Debug, Clone, Copy)]
enum Holder {
    Push(Uuid),
    /// The portal, to read with in the background.
    Lent(Uuid),
}

impl Holder {
    fn owner(self) -> String {
        match self {
            Self::Push(receipt) => of_job(receipt),
            Self::Lent(lent) => of_lent(lent),
        }
    }

    fn access(self) -> Access {
        match self {
            Self::Push(_) => Access::Write,
            Self::Lent(_) => Access::Read,
        }
    }

    /// Whether somebody with these roles may be behind it.
    fn is_for(self, roles: &RolesRead) -> bool {
        match self {
            Self::Push(_) => roles.may_push(),
            Self::Lent(_) => roles.sees_everything(),
        }
    }

    /// What it has from now on in place of `old`.
    fn take(self, new: Tokens, old: Tokens) -> Result<Tokens, VaultError> {
        if new.roles.as_ref().is_some_and(|read| !self.is_for(read)) {
            return Err(VaultError::NoRole);
        }
        Ok(new.in_place_of(old))
    }
}

impl TokenVault {
    pub fn new(
        sessions: Sessions,
        sealer: Sealer,
        provider: Arc<Provider>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        step_up: StepUpSettings,
    ) -> Self {
        let (renewing, silent) = (KeyedMutex::default(), Mutex::default());
        Self { sessions, sealer, provider, clock, entropy, step_up, renewing, silent }
    }

    pub async fn keep(&self, id: Id, tokens: &Tokens) -> Result<(), VaultError> {
        let sealed = self.sealer.seal(&id.to_string(), &serde_json::to_vec(tokens)?, self.entropy.as_ref())?;
        if self.sessions.keep_tokens(&id, &sealed).await? { Ok(()) } else { Err(VaultError::NoSession) }
    }

    /// An access token for Graph that is good for five minutes or more, and not the one that Graph has `refused`.
    pub async fn access_token(&self, id: Id, refused: Option<&str>) -> Result<String, VaultError> {
        if let Some(token) = self.fresh(id, refused).await? {
            return Ok(token);
        }
        let _renewing = self.renewing.lock(id.0).await;
        // Another request may have renewed it while this one waited.
        if let Some(token) = self.fresh(id, refused).await? {
            return Ok(token);
        }
        let old = self.open(id).await?;
        match self.renewed(&old, refused, Access::Read).await {
            Ok(None) => Ok(old.access),
            Ok(Some(new)) => {
                let tokens = new.in_place_of(old);
                self.keep(id, &tokens).await?;
                Ok(tokens.access)
            }
            Err(error) => Err(self.ended(id, error).await?),
        }
    }

    /// Which roles the person has, as Entra said within `age`: it is asked anew where it has not. `None`: it does not say.
    ///
    /// # Errors
    /// Entra does not answer, or no longer knows the sign-in: then the session has ended.
    pub async fn roles(&self, id: Id, age: Duration) -> Result<Option<RolesRead>, VaultError> {
        let _renewing = self.renewing.lock(id.0).await;
        let old = self.open(id).await?;
        let known = old.roles.as_ref().filter(|read| self.clock.now() - read.at < age);
        if let Some(known) = known {
            return Ok(Some(known.clone()));
        }
        match self.provider.refresh(old.refresh.as_deref(), Access::Read).await {
            Ok(new) => {
                let tokens = new.in_place_of(old);
                self.keep(id, &tokens).await?;
                Ok(tokens.roles)
            }
            Err(error) => Err(self.ended(id, error).await?),
        }
    }

    /// Keeps the session, and no tokens: who has no role needs none.
    pub async fn forget(&self, id: Id) -> Result<(), VaultError> {
        self.sessions.take_back(&id).await?;
        self.keep(id, &Tokens::none(self.clock.now())).await
    }

    /// What Entra no longer renews is over here, too.
    async fn ended(&self, id: Id, error: EntraError) -> Result<VaultError, VaultError> {
        if error.needs_sign_in() {
            self.sessions.end(&id).await?;
        }
        Ok(error.into())
    }

    /// An access token for another resource, asked for when it is first needed: whoever never uses Key Vault is never
    /// asked to consent to it.
    pub async fn token_for(&self, id: Id, resource: &str) -> Result<String, VaultError> {
        let _renewing = self.renewing.lock(id.0).await;
        let old = self.open(id).await?;
        if let Some(token) = old.others.get(resource).filter(|token| token.expires_at - SKEW > self.clock.now()) {
            return Ok(token.access.clone());
        }
        let new = self.provider.refresh_for(old.refresh.as_deref(), resource).await?;
        let token = OtherToken { access: new.access.clone(), expires_at: new.expires_at };
        let mut tokens = Tokens { refresh: new.refresh.or(old.refresh), ..old };
        tokens.others.insert(resource.to_owned(), token);
        self.keep(id, &tokens).await?;
        Ok(new.access)
    }

    /// Tokens for Graph that are good for writing, sealed for one push; the session's own stay as they are. Entra lets two
    /// holders renew with the same refresh token (<https://learn.microsoft.com/entra/identity-platform/refresh-tokens>): what
    /// the push renews, the session does not miss.
    pub async fn hand_over(&self, id: Id, receipt: Uuid) -> Result<Vec<u8>, VaultError> {
        self.access_token(id, None).await?;
        let own = self.open(id).await?;
        let tokens = if own.may_write { own } else { self.for_writing(own).await? };
        self.seal_for(Holder::Push(receipt), tokens)
    }

    /// Tokens for Graph to read with in the background, asked for as such: the session's own may be good for writing. As with
    /// [`Self::hand_over`], these stay as they are.
    pub async fn lend(&self, id: Id, lent: Uuid) -> Result<Vec<u8>, VaultError> {
        let _renewing = self.renewing.lock(id.0).await;
        let (own, holder) = (self.open(id).await?, Holder::Lent(lent));
        let new = match self.provider.refresh(own.refresh.as_deref(), holder.access()).await {
            Ok(new) => new,
            Err(error) => return Err(self.ended(id, error).await?),
        };
        self.seal_for(holder, holder.take(new, own)?)
    }

    /// A refresh token is for all that the person, or an administrator, has agreed to.
    async fn for_writing(&self, own: Tokens) -> Result<Tokens, VaultError> {
        match self.provider.refresh(own.refresh.as_deref(), Access::Write).await {
            Ok(new) if new.roles.as_ref().is_some_and(|read| !read.may_push()) => Err(VaultError::NoRole),
            Ok(new) => Ok(Tokens { refresh: new.refresh.or(own.refresh), ..new }),
            Err(error) if error.needs_consent() || error.needs_interaction() => Err(VaultError::MayNotWrite(error)),
            Err(error) => Err(error.into()),
        }
    }

    /// A token for Graph out of sealed ones; with it, where they had to be renewed, what to keep in their place.
    async fn sealed_token(
        &self,
        holder: Holder,
        sealed: &[u8],
        refused: Option<&str>,
    ) -> Result<(String, Option<Vec<u8>>), VaultError> {
        let old: Tokens = serde_json::from_slice(&self.sealer.open(&holder.owner(), sealed)?)?;
        if self.holds(&old, refused) {
            return Ok((old.access, None));
        }
        let renewed = self.renewed(&old, refused, holder.access()).await?;
        let Some(new) = renewed else { return Ok((old.access, None)) };
        let tokens = holder.take(new, old)?;
        let access = tokens.access.clone();
        Ok((access, Some(self.seal_for(holder, tokens)?)))
    }

    /// Without those for other resources.
    fn seal_for(&self, holder: Holder, tokens: Tokens) -> Result<Vec<u8>, VaultError> {
        let tokens = serde_json::to_vec(&Tokens { others: BTreeMap::new(), ..tokens })?;
        Ok(self.sealer.seal(&holder.owner(), &tokens, self.entropy.as_ref())?)
    }

    async fn open(&self, id: Id) -> Result<Tokens, VaultError> {
        let sealed = self.sessions.tokens(&id).await?.ok_or(VaultError::NoSession)?;
        Ok(serde_json::from_slice(&self.sealer.open(&id.to_string(), &sealed)?)?)
    }

    async fn fresh(&self, id: Id, refused: Option<&str>) -> Result<Option<String>, VaultError> {
        let tokens = self.open(id).await?;
        Ok(self.holds(&tokens, refused).then_some(tokens.access))
    }

    /// Tokens in place of these. `None`: there are none to be had for now, and these are still good, or would be if it were not
    /// for the portal's own clock; then Graph says whether they are.
    async fn renewed(&self, old: &Tokens, refused: Option<&str>, access: Access) -> Result<Option<Tokens>, EntraError> {
        let error = match self.provider.refresh(old.refresh.as_deref(), access).await {
            Ok(new) => return Ok(Some(new)),
            Err(error) => error,
        };
        if error.may_pass() {
            *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        let by_the_clock = error.is_about_the_clock() && refused != Some(old.access.as_str());
        if by_the_clock || self.holds(old, refused) {
            tracing::warn!(%error, "a token could not be renewed, and is used as it is");
            return Ok(None);
        }
        Err(error)
    }

    fn holds(&self, tokens: &Tokens, refused: Option<&str>) -> bool {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        let skew = if silent.is_some_and(|since| since.elapsed() < SILENT) { Duration::ZERO } else { SKEW };
        tokens.expires_at - skew > self.clock.now() && refused != Some(tokens.access.as_str())
    }
}

/// The tokens of one session.
pub struct SessionTokens {
    pub id: Id,
    pub vault: Arc<TokenVault>,
    /// When the person signed in to Entra, where that is known.
    pub authenticated_at: Option<OffsetDateTime>,
}

#[async_trait]
impl TokenProvider for SessionTokens {
    async fn graph_token(&self) -> Result<String, TokenError> {
        self.vault.access_token(self.id, None).await.map_err(TokenError::from)
    }

    async fn graph_token_after(&self, refused: &str) -> Result<String, TokenError> {
        self.vault.access_token(self.id, Some(refused)).await.map_err(TokenError::from)
    }

    async fn token_for(&self, resource: &str) -> Result<String, TokenError> {
        match self.vault.token_for(self.id, resource).await {
            Err(VaultError::Entra(entra)) if entra.needs_consent() => {
                Err(TokenError::ConsentNeeded { resource: resource.to_owned(), entra })
            }
            other => other.map_err(TokenError::from),
        }
    }

    async fn hand_over(&self, receipt: Uuid, weight: PushWeight) -> Result<Vec<u8>, TokenError> {
        let TokenVault { step_up, clock, .. } = self.vault.as_ref();
        if let Some(why) = step_up.asked_for(weight)
            && !step_up.is_recent(self.authenticated_at, clock.now())
        {
            return Err(TokenError::NotConfirmed { why, minutes: step_up.max_age_minutes });
        }
        self.vault.hand_over(self.id, receipt).await.map_err(TokenError::from)
    }
}

#[async_trait]
impl JobTokens for TokenVault {
    async fn graph_token(
        &self,
        receipt: Uuid,
        sealed: &[u8],
        refused: Option<&str>,
    ) -> Result<(String, Option<Vec<u8>>), TokenError> {
        self.sealed_token(Holder::Push(receipt), sealed, refused).await.map_err(TokenError::from)
    }
}

#[async_trait]
impl LentTokens for TokenVault {
    async fn reading_token(&self, lent: Uuid, sealed: &[u8]) -> Result<(String, Option<Vec<u8>>), TokenError> {
        self.sealed_token(Holder::Lent(lent), sealed, None).await.map_err(|error| match error {
            // Another replica may have the key.
            VaultError::Seal(error) => {
                tracing::warn!(%error, "a lent sign-in could not be opened");
                TokenError::Unreadable
            }
            error => error.into(),
        })
    }
}
