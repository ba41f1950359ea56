//! What handlers share.

use super::Refusal;
use super::health::Readiness;
use super::limits::Limiters;
use super::problems::NotReadable;
use super::refused::RecentRefusals;
use crate::clock::Clock;
use crate::config::Config;
use crate::entra::{Provider, SignedIn, change_every_app};
use crate::entropy::Entropy;
use crate::parts::Parts;
use crate::person::Person;
use crate::session::{SealError, SessionTokens, Sessions, SessionsOf, TokenVault, VaultError, signed_in, update};
use crate::shares::Shares;
use crate::store::{AuditEntry, KnownPerson, Store, TenantStore};
use app::contract::people::{PortalRole, Viewer};
use domain::audit::{AuditAction, AuditOutcome};
use domain::doctor::authority::Authority;
use domain::ids::{ObjectId, TenantId};
use std::ops::Deref;
use std::sync::Arc;
use time::Duration;
use tokio_util::task::TaskTracker;
use tower_sessions::Session;
use tower_sessions::session::Id;
use views::scene::PortalAuthority;

/// Where roles could not be read they are asked for again after so long.
const AGAIN: Duration = Duration::minutes(1);

/// A running portal's parts.
pub struct Portal {
    pub config: Config,
    pub desk: Arc<Parts>,
    pub store: Store,
    pub sessions: Sessions,
    pub vault: Arc<TokenVault>,
    pub provider: Arc<Provider>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub limits: Limiters,
    pub readiness: Readiness,
    pub(crate) refusals: RecentRefusals,
    /// Pages that follow a push, by person.
    pub(crate) event_streams: Shares<ObjectId>,
    /// Of every form that is being carried out: the portal does not stop before all have ended.
    pub at_work: TaskTracker,
}

/// [`Portal`], as axum wants it.
#[derive(Clone)]
pub struct AppState(pub Arc<Portal>);

impl Deref for AppState {
    type Target = Portal;

    fn deref(&self) -> &Portal {
        &self.0
    }
}

impl AppState {
    /// Sessions of a version before this name none: theirs is the configured one.
    pub(super) fn tenant_of(&self, person: &SignedIn) -> TenantId {
        person.tenant_id.unwrap_or(self.config.entra.tenant_id)
    }

    pub(super) fn store_of(&self, person: &SignedIn) -> TenantStore {
        self.store.of(self.tenant_of(person))
    }

    /// Notes who has signed in: whom a notice can reach. Nobody is kept out where that fails.
    pub(super) async fn know(&self, person: &SignedIn) {
        let known = KnownPerson {
            id: person.object_id,
            name: person.name.clone(),
            username: person.username.clone(),
            signed_in_at: self.clock.now(),
        };
        if let Err(error) = self.store_of(person).know_person(&known).await {
            tracing::error!(error = &error as &dyn std::error::Error, "who has signed in could not be noted");
        }
    }

    /// Whoever has no role any more has no calendar either: nobody signs in to read one.
    pub(super) async fn revoke_calendar(&self, person: &SignedIn) {
        let store = self.store_of(person);
        match store.revoke_calendar(person.object_id, None).await {
            Ok(true) => {
                tracing::info!(person = %person.object_id, "the calendar of a person without a role was taken back");
            }
            Ok(false) => {}
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a calendar could not be taken back");
            }
        }
    }

    /// Who sent this request; `None` where nobody is signed in.
    pub async fn person(&self, session: &Session) -> Result<Option<Person>, Refusal> {
        let found = signed_in(session).await.map_err(|error| {
            tracing::error!(%error, "a session could not be read");
            Refusal::from(NotReadable)
        })?;
        let Some((person, id)) = found.zip(session.id()) else { return Ok(None) };
        let person = self.with_roles_of_late(session, id, person).await;
        Ok(person.map(|person| {
            let authenticated_at = person.authenticated_at;
            let viewer = self.viewer(person);
            let (sessions, tenant, person) = (self.sessions.clone(), viewer.tenant_id, viewer.object_id);
            let vault = self.vault.clone();
            Person {
                viewer,
                sessions: Arc::new(SessionsOf { sessions, vault, tenant, person, here: id }),
                tokens: Arc::new(SessionTokens { id, vault: self.vault.clone(), authenticated_at }),
            }
        }))
    }

    /// A role that was taken away counts for minutes: every so often Entra is asked anew, with the person's refresh token. `None`:
    /// it no longer knows the sign-in. While it does not answer what it said last counts.
    async fn with_roles_of_late(&self, session: &Session, id: Id, mut person: SignedIn) -> Option<SignedIn> {
        let (age, now) = (self.config.sessions.roles, self.clock.now());
        let is_due = person.roles_read_at.is_none_or(|at| now - at >= age);
        // Who has none has no tokens to ask with, and gets one with the next sign-in.
        if !is_due || portal_roles(&person).next().is_none() {
            return Some(person);
        }
        let saw_everything = portal_roles(&person).any(PortalRole::sees_everything);
        match self.vault.roles(id, age).await {
            Ok(Some(read)) if read.object_id == person.object_id => {
                person.roles = read.roles;
                person.directory_roles = read.directory_roles;
                person.roles_read_at = Some(read.at);
            }
            Ok(Some(_)) | Err(VaultError::NoSession | VaultError::Seal(SealError::Open)) => return None,
            Err(VaultError::Entra(error)) if error.needs_sign_in() || error.is_about_the_id_token() => return None,
            Ok(None) => person.roles_read_at = Some(now),
            Err(error) => {
                tracing::warn!(%error, "roles could not be read anew, and those of before count");
                person.roles_read_at = Some(now - age + AGAIN);
            }
        }
        if saw_everything && !portal_roles(&person).any(PortalRole::sees_everything) {
            self.take_back_lent(&person).await;
        }
        if portal_roles(&person).next().is_none() {
            if let Err(error) = self.vault.forget(id).await {
                tracing::error!(%error, "the tokens of a person without a role could not be forgotten");
            }
            self.revoke_calendar(&person).await;
        }
        if let Err(error) = update(session, &person).await {
            tracing::error!(%error, "roles could not be noted in a session");
        }
        Some(person)
    }

    /// Of somebody who is neither administrator nor auditor any more, from all of their sessions.
    async fn take_back_lent(&self, person: &SignedIn) {
        let mut entry = AuditEntry::new(
            Some(person.object_id),
            self.clock.now(),
            AuditAction::SignInTakenBack,
            AuditOutcome::Recorded,
        );
        entry.row.who.clone_from(&person.name);
        entry.row.username.clone_from(&person.username);
        entry.row.detail = "No longer administrator or auditor here.".into();
        let store = self.store_of(person);
        if let Err(error) = store.take_back_lent_reads(person.object_id, &entry).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a lent sign-in could not be taken back");
        }
    }

    fn viewer(&self, person: SignedIn) -> Viewer {
        Viewer {
            tenant_id: self.tenant_of(&person),
            roles: portal_roles(&person).collect(),
            changes_every_app: change_every_app(person.directory_roles.as_deref()),
            name: person.name,
            username: person.username,
            object_id: person.object_id,
            cloud: self.config.entra.cloud.name.clone(),
        }
    }

    /// `None` only for addresses that cannot stand in code, such as IPv6 literals.
    pub fn authority(&self) -> Option<PortalAuthority> {
        let cloud = &self.config.entra.cloud;
        let authority = Authority::new(cloud.authority.as_str(), cloud.graph_root.as_str()).ok()?;
        // What is over https is the whole of a local tenant, Graph included.
        let over_https = cloud.over_https.as_ref().and_then(|url| Authority::new(url.as_str(), url.as_str()).ok());
        Some(PortalAuthority { authority, over_https })
    }
}

/// Those that the portal knows.
pub(super) fn portal_roles(person: &SignedIn) -> impl Iterator<Item = PortalRole> {
    person.roles.iter().filter_map(|value| PortalRole::of_value(value))
}
