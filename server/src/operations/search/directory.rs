//! The credential index as people may use it: kept per tenant, read by whoever's own token could list the same, and
//! brought up to date by pushes and reads in between. Others search what they own.

use crate::clock::Clock;
use crate::graph::{GraphError, Kind, ListedApplication};
use crate::http::problems;
use crate::index::{Index, Indexed};
use crate::operations::DeskState;
use crate::person::Person;
use crate::rollout::Observer;
use crate::store::{Origin, Sighting, Store, StoreError};
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::certificate::Certificate;
use domain::ids::{AppId, ObjectId, TenantId};
use domain::key_credential::KeyCredentials;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use time::{Duration, OffsetDateTime};

/// How long what Graph said about a person's right to list counts.
const RIGHT_LIFETIME: Duration = Duration::minutes(10);
/// An index that is filled this fast is filled again while the person waits; a slower one in the background.
const FAST: Duration = Duration::seconds(5);
/// What was not found in an index older than this is looked for again in a new one.
const SECOND_LOOK: Duration = Duration::seconds(15);

/// The indexes of all tenants.
#[derive(Default)]
pub(crate) struct Directory(Mutex<HashMap<TenantId, Arc<Kept>>>);

#[derive(Default)]
pub(crate) struct Kept {
    index: RwLock<Index>,
    filled: Mutex<Option<Filled>>,
    /// Held by who fills it.
    filling: tokio::sync::Mutex<()>,
    /// What was put in since the last filling began: a filling that read an app before must not undo it.
    since: Mutex<Vec<(OffsetDateTime, Indexed)>>,
    rights: Mutex<HashMap<ObjectId, (OffsetDateTime, bool)>>,
}

#[derive(Debug, Clone, Copy)]
struct Filled {
    at: OffsetDateTime,
    took: Duration,
}

/// What a search was made in.
pub(crate) struct Searched<T> {
    pub(crate) value: T,
    pub(crate) apps: u64,
    pub(crate) at: OffsetDateTime,
}

impl Directory {
    fn of(&self, tenant: TenantId) -> Arc<Kept> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(tenant).or_default())
    }
}

impl Kept {
    fn filled(&self) -> Option<Filled> {
        *self.filled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, read: impl FnOnce(&Index) -> T) -> Searched<T> {
        let at = self.filled().map_or(OffsetDateTime::UNIX_EPOCH, |filled| filled.at);
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        Searched { value: read(&index), apps: index.apps(), at }
    }

    fn put(&self, at: OffsetDateTime, object: Indexed) {
        self.since.lock().unwrap_or_else(PoisonError::into_inner).push((at, object.clone()));
        self.index.write().unwrap_or_else(PoisonError::into_inner).put(object);
    }
}

impl DeskState {
    /// Looks into the index with the rights of the person. `found` says whether a look found something: where it did
    /// not, and the index is not of just now, it is filled again first.
    pub(crate) async fn look<T>(
        self: &Arc<Self>,
        person: &Person,
        look: impl Fn(&Index) -> T,
        found: impl Fn(&T) -> bool,
    ) -> Result<Searched<T>, Problem> {
        let token = self.token(person).await?;
        let kept = self.directory.of(person.viewer.tenant_id);
        if !self.may_list(person, &token, &kept).await? {
            return self.look_at_own(person, &token, look).await;
        }
        let now = self.clock.now();
        let lifetime = Duration::try_from(self.settings.index_lifetime).unwrap_or(SECOND_LOOK);
        match kept.filled() {
            Some(filled) if now - filled.at <= lifetime => {}
            Some(filled) if filled.took > FAST => self.fill_in_background(person, token.clone(), Arc::clone(&kept)),
            _ => self.fill(person, &token, &kept, lifetime).await?,
        }
        let searched = kept.read(&look);
        let fast = kept.filled().is_some_and(|filled| filled.took <= FAST);
        if found(&searched.value) || !fast || now - searched.at <= SECOND_LOOK {
            return Ok(searched);
        }
        self.fill(person, &token, &kept, SECOND_LOOK).await?;
        Ok(kept.read(look))
    }

    /// Only Entra knows: a guest, or a member of a directory that says so, may not list.
    async fn may_list(&self, person: &Person, token: &str, kept: &Kept) -> Result<bool, Problem> {
        let (who, now) = (person.viewer.object_id, self.clock.now());
        let known = kept.rights.lock().unwrap_or_else(PoisonError::into_inner).get(&who).copied();
        if let Some((at, may)) = known
            && now - at <= RIGHT_LIFETIME
        {
            return Ok(may);
        }
        let mut may = true;
        for kind in [Kind::Applications, Kind::ServicePrincipals] {
            may = may
                && self.graph.may_list(token, kind).await.map_err(|e| problems::graph::of(&e, "the list of apps"))?;
        }
        let mut rights = kept.rights.lock().unwrap_or_else(PoisonError::into_inner);
        rights.retain(|_, (at, _)| now - *at <= RIGHT_LIFETIME);
        rights.insert(who, (now, may));
        Ok(may)
    }

    async fn look_at_own<T>(
        &self,
        person: &Person,
        token: &str,
        look: impl Fn(&Index) -> T,
    ) -> Result<Searched<T>, Problem> {
        let apps = self.graph.owned_applications(token).await.map_err(|e| problems::graph::of(&e, "your apps"))?;
        let mut index = Index::default();
        for app in &apps {
            index.put(indexed(app, false));
        }
        for (sha256, sha1) in self.store.of(person.viewer.tenant_id).known_thumbprints().await? {
            index.know(sha256, sha1);
        }
        Ok(Searched { value: look(&index), apps: index.apps(), at: self.clock.now() })
    }

    fn fill_in_background(self: &Arc<Self>, person: &Person, token: String, kept: Arc<Kept>) {
        // Somebody is at it already.
        if kept.filling.try_lock().is_err() {
            return;
        }
        let (state, person) = (Arc::clone(self), person.clone());
        tokio::spawn(async move {
            if let Err(problem) = state.fill(&person, &token, &kept, SECOND_LOOK).await {
                tracing::warn!(%problem, "the credential index could not be brought up to date");
            }
        });
    }

    /// Reads every app and service principal, unless somebody else did so less than `age` ago.
    async fn fill(&self, person: &Person, token: &str, kept: &Kept, age: Duration) -> Result<(), Problem> {
        let _turn = kept.filling.lock().await;
        let at = self.clock.now();
        if kept.filled().is_some_and(|filled| at - filled.at <= age) {
            return Ok(());
        }
        let begun = std::time::Instant::now();
        let mut index = Index::default();
        let problem = |e: GraphError| problems::graph::of(&e, "the list of apps");
        let apps = |rows: Vec<ListedApplication>| rows.iter().for_each(|app| index.put(indexed(app, false)));
        self.graph.all_credentials(token, Kind::Applications, apps).await.map_err(problem)?;
        let services = |rows: Vec<ListedApplication>| {
            // Most of a directory's service principals are Microsoft's own, and have no credentials to be found.
            let with_keys = rows.iter().filter(|service| !service.key_credentials.is_empty());
            with_keys.for_each(|service| index.put(indexed(service, true)));
        };
        self.graph.all_credentials(token, Kind::ServicePrincipals, services).await.map_err(problem)?;
        for (sha256, sha1) in self.store.of(person.viewer.tenant_id).known_thumbprints().await? {
            index.know(sha256, sha1);
        }
        let mut since = kept.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.retain(|(put_at, _)| *put_at >= at);
        for (_, object) in since.iter() {
            index.put(object.clone());
        }
        let count = index.apps();
        *kept.index.write().unwrap_or_else(PoisonError::into_inner) = index;
        drop(since);
        let took = Duration::try_from(begun.elapsed()).unwrap_or(Duration::MAX);
        *kept.filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(Filled { at, took });
        tracing::info!(apps = count, seconds = took.as_seconds_f64(), "the credential index was filled");
        Ok(())
    }

    /// What an app has was just read. Failing to note it down must not fail the read.
    pub(crate) async fn observed(
        &self,
        tenant: TenantId,
        object_id: ObjectId,
        app_id: AppId,
        display_name: &str,
        keys: &KeyCredentials,
    ) {
        self.observed_all(tenant, &[Sighting { object_id, app_id, display_name, keys }]).await;
    }

    /// The same for many apps: for the search, the doctor and the time machine.
    pub(crate) async fn observed_all(&self, tenant: TenantId, sightings: &[Sighting<'_>]) {
        let now = self.clock.now();
        self.index_all(tenant, sightings, now).await;
        if let Err(error) = self.store.of(tenant).note_states(sightings, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "states of apps could not be kept");
        }
    }

    async fn index_all(&self, tenant: TenantId, sightings: &[Sighting<'_>], now: OffsetDateTime) {
        self.directory.index_all(&self.store, tenant, sightings, now).await;
    }

    /// A certificate was seen whole: its SHA-256 can be searched for from now on.
    pub(crate) fn known(&self, tenant: TenantId, certificate: &Certificate) {
        self.directory.known(tenant, certificate);
    }
}

impl Directory {
    async fn index_all(&self, store: &Store, tenant: TenantId, sightings: &[Sighting<'_>], now: OffsetDateTime) {
        if let Err(error) = store.of(tenant).observe(sightings, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "apps' credentials could not be noted");
        }
        let kept = self.of(tenant);
        for Sighting { object_id, app_id, display_name, keys } in sightings {
            kept.put(now, Indexed::new(*object_id, *app_id, display_name, false, keys));
            for certificate in keys.iter().filter_map(domain::key_credential::KeyCredential::certificate) {
                self.known(tenant, certificate);
            }
        }
    }

    fn known(&self, tenant: TenantId, certificate: &Certificate) {
        let kept = self.of(tenant);
        kept.index.write().unwrap_or_else(PoisonError::into_inner).know(certificate.sha256(), certificate.sha1());
    }
}

/// Notes what pushes read, for the search and the time machine.
pub(crate) struct PushObserver {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) directory: Arc<Directory>,
}

#[async_trait]
impl Observer for PushObserver {
    async fn observed(&self, tenant: TenantId, sighting: Sighting<'_>, origin: Origin) -> Result<i64, StoreError> {
        let now = self.clock.now();
        self.directory.index_all(&self.store, tenant, &[sighting], now).await;
        self.store.of(tenant).note_state(sighting, origin, now).await
    }
}

fn indexed(app: &ListedApplication, on_service_principal: bool) -> Indexed {
    Indexed::new(app.id, app.app_id, &app.display_name, on_service_principal, &app.key_credentials)
}
