//! Entra as an OpenID provider: its metadata and keys, and the portal's requests to its token endpoint.

use super::EntraError;
use super::grant::{Access, Pending, RolesRead, SignedIn, Tokens};
use super::transport::{self, TransportError};
use super::wire::{Claims, Client, TokenAnswer};
use crate::clock::Clock;
use crate::config::Entra;
use crate::entropy::Entropy;
use app::contract::problem::SignInFor;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use chrono::DateTime;
use domain::client_assertion::ASSERTION_TYPE;
use domain::ids::ObjectId;
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, CsrfToken, HttpRequest, LoginHint, Nonce,
    NonceVerifier, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout,
    RedirectUrl, RefreshToken, Scope, SignatureVerificationError, TokenResponse as _,
};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use url::Url;

/// To learn who the person is, beside what is asked for on app registrations.
const OWN_PROFILE: &str = "User.Read";
/// Entra changes its keys every few weeks, and announces them days before.
const METADATA_LIFETIME: Duration = Duration::hours(24);
/// Of an access token whose lifetime Entra does not say (RFC 6749, 5.1, leaves it optional).
const ONE_HOUR: std::time::Duration = Duration::hours(1).unsigned_abs();
/// A token with an unknown key makes the portal ask for keys again, at most this often.
const REFETCH: Duration = Duration::minutes(1);

/// Entra for one tenant and one client.
pub struct Provider {
    http: reqwest::Client,
    entra: Entra,
    redirect_uri: RedirectUrl,
    /// See [`StepUpSettings`](crate::config::StepUpSettings).
    needs_auth_time: bool,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    /// Held while it is fetched, so that one request fetches for all.
    metadata: tokio::sync::Mutex<Option<Discovered>>,
}

#[derive(Clone)]
struct Discovered {
    metadata: Arc<ProviderMetadataWithLogout>,
    fetched_at: OffsetDateTime,
}

impl Provider {
    /// `http` must follow no redirects.
    pub fn new(
        http: reqwest::Client,
        entra: Entra,
        redirect_uri: RedirectUrl,
        needs_auth_time: bool,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { http, entra, redirect_uri, needs_auth_time, clock, entropy, metadata: tokio::sync::Mutex::default() }
    }

    /// Where the person signs in, and what must be remembered until they are back. `hint`: the username of who is signed in
    /// already.
    pub async fn begin(
        &self,
        return_to: String,
        purpose: Option<SignInFor>,
        hint: Option<String>,
        lifetime: Duration,
    ) -> Result<(Url, Pending), EntraError> {
        let client = self.client().await?;
        let now = self.clock.now();
        let pending = Pending {
            state: self.secret(),
            nonce: self.secret(),
            verifier: self.secret(),
            return_to,
            purpose,
            begun_at: Some(now),
            expires_at: now + lifetime,
        };
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(pending.verifier.clone()));
        let (state, nonce) = (CsrfToken::new(pending.state.clone()), Nonce::new(pending.nonce.clone()));
        let access = if purpose == Some(SignInFor::Writing) { Access::Write } else { Access::Read };
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scopes(self.scopes(access))
            .set_pkce_challenge(challenge)
            .add_extra_param("response_mode", "query");
        if let Some(hint) = hint {
            request = request.set_login_hint(LoginHint::new(hint));
        }
        if purpose == Some(SignInFor::Confirmation) {
            // `max_age` is what OpenID Connect asks with, and makes it promise `auth_time`; Entra documents `prompt` alone.
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO);
        }
        Ok((request.url().0, pending))
    }

    /// Redeems a code, and verifies who it is about.
    pub async fn redeem(&self, code: String, pending: &Pending) -> Result<(SignedIn, Tokens), EntraError> {
        let client = self.client().await?;
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(EntraError::portal)?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()))
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion(&client)?)
            .request_async(&self.transport())
            .await?;
        let nonce = Nonce::new(pending.nonce.clone());
        let claims = self.verified(&client, &answer, &nonce).await?;
        let person = self.person(&claims, pending)?;
        Ok((person, Tokens { roles: Some(self.roles(&claims)?), ..self.tokens(&answer) }))
    }

    /// New tokens for a refresh token. `None`: Entra gave none, so the person must sign in again.
    pub async fn refresh(&self, refresh_token: Option<&str>, access: Access) -> Result<Tokens, EntraError> {
        // With an ID token, which tells the person's roles as they are now.
        let scopes = std::iter::once(Scope::new("openid".into())).chain(self.scopes(access)).collect();
        self.refresh_with(refresh_token, scopes).await
    }

    /// The same for another resource: a refresh token is for all resources that the person agreed to
    /// (<https://learn.microsoft.com/entra/identity-platform/refresh-tokens>).
    pub async fn refresh_for(&self, refresh_token: Option<&str>, resource: &str) -> Result<Tokens, EntraError> {
        let scopes = ["offline_access".to_owned(), format!("{resource}/.default")].map(Scope::new).to_vec();
        self.refresh_with(refresh_token, scopes).await
    }

    /// The portal's own, for Graph, with what an administrator granted it as application permissions (client credentials,
    /// RFC 6749, section 4.4).
    ///
    /// # Errors
    /// Entra refuses, or does not answer.
    pub async fn own_tokens(&self) -> Result<Tokens, EntraError> {
        let client = self.client().await?;
        let answer = client
            .exchange_client_credentials()
            .map_err(EntraError::portal)?
            .add_scope(Scope::new(self.entra.cloud.graph_scope(".default")))
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion(&client)?)
            .request_async(&self.transport())
            .await?;
        Ok(self.tokens(&answer))
    }

    async fn refresh_with(&self, refresh_token: Option<&str>, scopes: Vec<Scope>) -> Result<Tokens, EntraError> {
        let refresh_token = refresh_token
            .map(|token| RefreshToken::new(token.to_owned()))
            .ok_or_else(|| EntraError::refused("invalid_grant", "There is no refresh token."))?;
        let client = self.client().await?;
        let answer = client
            .exchange_refresh_token(&refresh_token)
            .map_err(EntraError::portal)?
            .add_scopes(scopes)
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion(&client)?)
            .request_async(&self.transport())
            .await?;
        let roles = match answer.id_token() {
            // One that answers no sign-in has no nonce (OpenID Connect Core, section 12.2).
            Some(_) => Some(self.roles(&self.verified(&client, &answer, |_: Option<&Nonce>| Ok(())).await?)?),
            None => None,
        };
        Ok(Tokens { roles, ..self.tokens(&answer) })
    }

    async fn verified(
        &self,
        client: &Client,
        answer: &TokenAnswer,
        nonce: impl NonceVerifier + Clone,
    ) -> Result<Claims, EntraError> {
        let now = self.clock.now();
        let claims = match verify(client, answer, nonce.clone(), now) {
            // Entra may have changed its keys since they were fetched.
            Err(Unverified::UnknownKey) => verify(&self.client_with_new_keys().await?, answer, nonce, now),
            verified => verified,
        };
        claims.map_err(EntraError::id_token)
    }

    /// Where the person signs out of Entra, if it has such a place; it leads back to `return_to`.
    pub async fn end_session_url(&self, return_to: &str) -> Result<Option<Url>, EntraError> {
        let known = self.known(METADATA_LIFETIME).await?;
        let endpoint = known.metadata.additional_metadata().end_session_endpoint.as_ref().map(|url| url.url().clone());
        Ok(endpoint.map(|mut url| {
            url.query_pairs_mut().append_pair("post_logout_redirect_uri", return_to);
            url
        }))
    }

    async fn client(&self) -> Result<Client, EntraError> {
        Ok(self.client_of(&self.known(METADATA_LIFETIME).await?))
    }

    async fn client_with_new_keys(&self) -> Result<Client, EntraError> {
        Ok(self.client_of(&self.known(REFETCH).await?))
    }

    fn client_of(&self, known: &Discovered) -> Client {
        let client_id = ClientId::new(self.entra.client_id.to_string());
        // No secret: the assertion is the client's proof, and `client_id` goes into the form.
        Client::from_provider_metadata(known.metadata.as_ref().clone(), client_id, None)
            .set_redirect_uri(self.redirect_uri.clone())
    }

    /// Metadata and keys that are no older than `age`.
    async fn known(&self, age: Duration) -> Result<Discovered, EntraError> {
        let mut cached = self.metadata.lock().await;
        let now = self.clock.now();
        if let Some(known) = cached.as_ref().filter(|known| now - known.fetched_at < age) {
            return Ok(known.clone());
        }
        match self.fetch().await {
            Ok(metadata) => {
                let known = Discovered { metadata: Arc::new(metadata), fetched_at: now };
                *cached = Some(known.clone());
                Ok(known)
            }
            // What was right a day ago is better than nobody signing in.
            Err(error) => match cached.as_ref() {
                Some(known) if age == METADATA_LIFETIME => {
                    tracing::warn!(%error, "the sign-in service's metadata could not be renewed");
                    Ok(known.clone())
                }
                _ => Err(error),
            },
        }
    }

    async fn fetch(&self) -> Result<ProviderMetadataWithLogout, EntraError> {
        let issuer = self.entra.cloud.issuer(self.entra.tenant_id);
        let metadata: ProviderMetadataWithLogout =
            self.get(&format!("{issuer}/.well-known/openid-configuration")).await?;
        if metadata.issuer().as_str() != issuer {
            return Err(EntraError::malformed(format!(
                "its metadata names the issuer {}, and the configuration leads to {issuer}",
                metadata.issuer().as_str()
            )));
        }
        let keys: CoreJsonWebKeySet = self.get(metadata.jwks_uri().as_str()).await?;
        Ok(metadata.set_jwks(keys))
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, EntraError> {
        let answer = self.http.get(url).send().await.map_err(|error| EntraError::unreachable(&error))?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|error| EntraError::unreachable(&error))?;
        if !status.is_success() {
            let text =
                |name| serde_json::from_slice::<serde_json::Value>(&body).ok()?.get(name)?.as_str().map(str::to_owned);
            return Err(match (text("error"), text("error_description")) {
                (Some(error), Some(description)) => EntraError::refused(&error, &description),
                _ => EntraError::malformed(format!("{url} answered {status}")),
            });
        }
        serde_json::from_slice(&body).map_err(|error| EntraError::malformed(format!("{url}: {error}")))
    }

    fn transport(&self) -> impl Fn(HttpRequest) -> Sending {
        let http = self.http.clone();
        move |request| {
            let http = http.clone();
            Box::pin(async move { transport::send(&http, request).await })
        }
    }

    fn assertion(&self, client: &Client) -> Result<String, EntraError> {
        let endpoint = client.token_uri().ok_or_else(|| EntraError::malformed("its metadata has no token endpoint"))?;
        self.entra
            .credential
            .assertion(self.entra.client_id, endpoint.as_str(), self.clock.now(), self.entropy.as_ref())
            .map_err(EntraError::portal)
    }

    /// Besides `openid`, which is always sent.
    fn scopes(&self, access: Access) -> Vec<Scope> {
        let permission = match access {
            Access::Read => self.entra.permissions.read,
            Access::Write => self.entra.permissions.write,
        };
        ["profile", "offline_access"]
            .map(str::to_owned)
            .into_iter()
            .chain([permission.as_str(), OWN_PROFILE].map(|permission| self.entra.cloud.graph_scope(permission)))
            .map(Scope::new)
            .collect()
    }

    /// Entra names what it granted, which may be more than what was asked for: with its resource or without.
    fn may_write(&self, answer: &TokenAnswer) -> bool {
        let write = self.entra.permissions.write.as_str();
        let granted = answer.scopes().into_iter().flatten();
        granted.filter_map(|scope| scope.rsplit('/').next()).any(|name| name.eq_ignore_ascii_case(write))
    }

    fn tokens(&self, answer: &TokenAnswer) -> Tokens {
        let lifetime = answer.expires_in().unwrap_or(ONE_HOUR);
        Tokens {
            access: answer.access_token().secret().clone(),
            refresh: answer.refresh_token().map(|token| token.secret().clone()),
            expires_at: self.clock.now() + lifetime,
            may_write: self.may_write(answer),
            roles: None,
            others: BTreeMap::new(),
        }
    }

    fn person(&self, claims: &Claims, pending: &Pending) -> Result<SignedIn, EntraError> {
        let entra = claims.additional_claims();
        let object_id = self.object_id(claims)?;
        let username = claims.preferred_username().map_or_else(|| object_id.to_string(), |name| name.to_string());
        let name =
            claims.name().and_then(|name| name.get(None)).map_or_else(|| username.clone(), |name| name.to_string());
        Ok(SignedIn {
            tenant_id: Some(self.entra.tenant_id),
            object_id,
            name,
            username,
            roles: entra.roles.clone(),
            directory_roles: entra.wids.clone(),
            authenticated_at: self.authenticated_at(claims, pending),
            roles_read_at: Some(self.clock.now()),
        })
    }

    fn roles(&self, claims: &Claims) -> Result<RolesRead, EntraError> {
        let entra = claims.additional_claims();
        Ok(RolesRead {
            object_id: self.object_id(claims)?,
            roles: entra.roles.clone(),
            directory_roles: entra.wids.clone(),
            at: self.clock.now(),
        })
    }

    /// Of this tenant.
    fn object_id(&self, claims: &Claims) -> Result<ObjectId, EntraError> {
        let entra = claims.additional_claims();
        if entra.tid.parse().ok() != Some(self.entra.tenant_id) {
            return Err(EntraError::id_token("it is for another tenant"));
        }
        entra.oid.parse().map_err(|_| EntraError::id_token("its oid is not a GUID"))
    }

    /// `auth_time`, which Entra sends where the registration asks for it as an optional claim
    /// (<https://learn.microsoft.com/entra/identity-platform/optional-claims-reference>). Without it, what this portal itself
    /// saw: whoever comes back from a round trip with `prompt=login` has signed in since it began.
    fn authenticated_at(&self, claims: &Claims, pending: &Pending) -> Option<OffsetDateTime> {
        let told = claims.auth_time().and_then(|at| OffsetDateTime::from_unix_timestamp(at.timestamp()).ok());
        let seen = pending.begun_at.filter(|_| pending.purpose == Some(SignInFor::Confirmation));
        let seen = seen.filter(|_| !self.needs_auth_time);
        // Entra's clock may be ahead.
        told.or(seen).map(|at| at.min(self.clock.now()))
    }

    /// 256 bits as 43 characters that need no escaping.
    fn secret(&self) -> String {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }
}

type Sending = std::pin::Pin<Box<dyn Future<Output = Result<openidconnect::HttpResponse, TransportError>> + Send>>;

#[derive(Debug, thiserror::Error)]
enum Unverified {
    #[error("it is signed with an unknown key")]
    UnknownKey,
    #[error("there is none")]
    Missing,
    #[error("its at_hash is not of the access token")]
    AccessToken,
    #[error("the clock shows no date that a token can be compared with")]
    Clock,
    #[error("{0}")]
    Claims(ClaimsVerificationError),
}

/// Signature, issuer, audience, expiry and nonce of the ID token, and that the access token belongs to it.
fn verify(
    client: &Client,
    answer: &TokenAnswer,
    nonce: impl NonceVerifier,
    now: OffsetDateTime,
) -> Result<Claims, Unverified> {
    let token = answer.id_token().ok_or(Unverified::Missing)?;
    let now = DateTime::from_timestamp(now.unix_timestamp(), now.nanosecond()).ok_or(Unverified::Clock)?;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
        // By default it would look at the machine's clock.
        .set_time_fn(move || now);
    let claims = token.claims(&verifier, nonce).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            Unverified::UnknownKey
        }
        error => Unverified::Claims(error),
    })?;
    if let Some(expected) = claims.access_token_hash() {
        let actual = token
            .signing_alg()
            .ok()
            .zip(token.signing_key(&verifier).ok())
            .and_then(|(algorithm, key)| AccessTokenHash::from_token(answer.access_token(), algorithm, key).ok());
        if actual.as_ref() != Some(expected) {
            return Err(Unverified::AccessToken);
        }
    }
    Ok(claims.clone())
}
