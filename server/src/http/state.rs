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
use crate::session::{SessionTokens, Sessions, SessionsOf, TokenVault, signed_in};
use crate::shares::Shares;
use crate::store::{AuditEntry, KnownPerson, Store};
use app::contract::people::{PortalRole, Viewer};
use app::contract::problem::Problem;
use domain::audit::AuditAction;
use domain::doctor::authority::Authority;
use domain::ids::{ObjectId, TenantId};
use domain::rollout::Outcome;
use std::ops::Deref;
use std::sync::Arc;
use tokio_util::task::TaskTracker;
use tower_sessions::Session;
use views::scene::PortalAuthority;

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

    /// Notes who has signed in: whom a notice can reach. Nobody is kept out where that fails.
    pub(super) async fn know(&self, person: &SignedIn) {
        let known = KnownPerson {
            id: person.object_id,
            name: person.name.clone(),
            username: person.username.clone(),
            signed_in_at: self.clock.now(),
        };
        if let Err(error) = self.store.of(self.tenant_of(person)).know_person(&known).await {
            tracing::error!(error = &error as &dyn std::error::Error, "who has signed in could not be noted");
        }
    }

    /// Who sent this request; `None` where nobody is signed in.
    pub async fn person(&self, session: &Session) -> Result<Option<Person>, Refusal> {
        let found = signed_in(session).await.map_err(|error| {
            tracing::error!(%error, "a session could not be read");
            Refusal::from(NotReadable)
        })?;
        Ok(found.zip(session.id()).map(|(person, id)| {
            let authenticated_at = person.authenticated_at;
            let viewer = self.viewer(person);
            let (sessions, tenant, person) = (self.sessions.clone(), viewer.tenant_id, viewer.object_id);
            Person {
                viewer,
                sessions: Arc::new(SessionsOf { sessions, tenant, person, here: id }),
                tokens: Arc::new(SessionTokens { id, vault: self.vault.clone(), authenticated_at }),
            }
        }))
    }

    fn viewer(&self, person: SignedIn) -> Viewer {
        let role = |value: &String| match value.as_str() {
            "Thumbprint.Admin" => Some(PortalRole::Admin),
            "Thumbprint.User" => Some(PortalRole::User),
            "Thumbprint.Auditor" => Some(PortalRole::Auditor),
            _ => None,
        };
        Viewer {
            tenant_id: self.tenant_of(&person),
            roles: person.roles.iter().filter_map(role).collect(),
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

    /// Leaves an audit row about a sign-in that was refused. Nobody is known by then.
    pub async fn record_refused_sign_in(&self, problem: &Problem) {
        let mut entry = AuditEntry::new(None, self.clock.now(), AuditAction::SignInRefused, Outcome::Refused);
        entry.row.detail = format!("{}: {}", problem.title, problem.detail);
        entry.row.request_id.clone_from(&problem.request_id);
        if let Err(error) = self.store.of(self.config.entra.tenant_id).audit(entry).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a refused sign-in could not be recorded");
        }
    }
}
