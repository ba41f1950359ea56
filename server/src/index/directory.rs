//! A tenant's credential index as people may use it: read by whoever's own token could list the same, and brought up to
//! date by pushes and reads in between. Others search what they own.

use super::{Index, Indexed};
use crate::clock::Clock;
use crate::graph::{Application, CredentialList, Graph, GraphError, ListedApplication};
use crate::store::{Sighting, StoreError, TenantStore};
use domain::certificate::Certificate;
use domain::ids::ObjectId;
use domain::inventory::LifetimePolicy;
use domain::key_credential::KeyCredential;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use time::{Duration, OffsetDateTime};

/// How long what Graph said about a person's right to list counts.
const RIGHT_LIFETIME: Duration = Duration::minutes(10);
/// An index that is filled this fast is filled again while the person waits; a slower one in the background.
const FAST: Duration = Duration::seconds(5);
/// How long a page waits for what it read to be noted down. Many apps take a while; a locked database takes longer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);
/// What was not found in an index older than this is looked for again in a new one.
const SECOND_LOOK: Duration = Duration::seconds(15);

/// Why the index could not be looked into.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The directory's lists could not be read.
    #[error("the directory could not be listed: {0}")]
    List(GraphError),
    /// Nor what the person owns, which is all that they may search.
    #[error("the person's own apps could not be listed: {0}")]
    Own(GraphError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The index of one tenant.
pub struct Directory {
    graph: Graph,
    store: TenantStore,
    clock: Arc<dyn Clock>,
    lifetime: Duration,
    index: RwLock<Index>,
    filled: Mutex<Option<Filled>>,
    /// Held by who fills it.
    filling: tokio::sync::Mutex<()>,
    /// What was put in since a filling began that is under way: it may have read an app before, and must not undo it. `None`: none
    /// is, and nothing need be kept.
    since: Mutex<Option<HashMap<ObjectId, Indexed>>>,
    rights: Mutex<HashMap<ObjectId, (OffsetDateTime, bool)>>,
    inventory: bool,
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

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Directory {
    /// `lifetime`: how old the index may be. `inventory`: what is read goes into the inventory, too.
    pub(crate) fn new(
        graph: Graph,
        store: TenantStore,
        clock: Arc<dyn Clock>,
        lifetime: std::time::Duration,
        inventory: bool,
    ) -> Self {
        Self {
            graph,
            store,
            clock,
            lifetime: Duration::try_from(lifetime).unwrap_or(SECOND_LOOK),
            index: RwLock::default(),
            filled: Mutex::default(),
            filling: tokio::sync::Mutex::default(),
            since: Mutex::default(),
            rights: Mutex::default(),
            inventory,
        }
    }

    /// Looks into the index with the rights of the person `who`, whose token this is. `found` says whether a look found
    /// something: where it did not, and the index is not of just now, it is filled again first.
    pub(crate) async fn look<T>(
        self: &Arc<Self>,
        token: &str,
        who: ObjectId,
        look: impl Fn(&Index) -> T,
        found: impl Fn(&T) -> bool,
    ) -> Result<Searched<T>, LookError> {
        if !self.may_list(token, who).await? {
            return self.look_at_own(token, look).await;
        }
        let now = self.clock.now();
        match self.filled() {
            Some(filled) if now - filled.at <= self.lifetime => {}
            Some(filled) if filled.took > FAST => self.fill_in_background(token.to_owned()),
            _ => self.fill(token, self.lifetime).await?,
        }
        let searched = self.read(&look);
        let fast = self.filled().is_some_and(|filled| filled.took <= FAST);
        if found(&searched.value) || !fast || now - searched.at <= SECOND_LOOK {
            return Ok(searched);
        }
        self.fill(token, SECOND_LOOK).await?;
        Ok(self.read(look))
    }

    fn filled(&self) -> Option<Filled> {
        *held(&self.filled)
    }

    fn read<T>(&self, read: impl FnOnce(&Index) -> T) -> Searched<T> {
        let at = self.filled().map_or(OffsetDateTime::UNIX_EPOCH, |filled| filled.at);
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        Searched { value: read(&index), apps: index.apps(), at }
    }

    /// Only Entra knows: a guest, or a member of a directory that says so, may not list.
    async fn may_list(&self, token: &str, who: ObjectId) -> Result<bool, LookError> {
        let now = self.clock.now();
        let known = held(&self.rights).get(&who).copied();
        if let Some((at, may)) = known
            && now - at <= RIGHT_LIFETIME
        {
            return Ok(may);
        }
        let mut may = true;
        for list in [CredentialList::Applications, CredentialList::ServicePrincipals] {
            may = may && self.graph.may_list(token, list).await.map_err(LookError::List)?;
        }
        let mut rights = held(&self.rights);
        rights.retain(|_, (at, _)| now - *at <= RIGHT_LIFETIME);
        rights.insert(who, (now, may));
        Ok(may)
    }

    async fn look_at_own<T>(&self, token: &str, look: impl Fn(&Index) -> T) -> Result<Searched<T>, LookError> {
        let apps = self.graph.owned_applications(token).await.map_err(LookError::Own)?;
        let mut index = Index::default();
        for app in &apps {
            index.put(indexed(app, false));
        }
        for (sha256, sha1) in self.store.known_thumbprints().await? {
            index.know(sha256, sha1);
        }
        Ok(Searched { value: look(&index), apps: index.apps(), at: self.clock.now() })
    }

    fn fill_in_background(self: &Arc<Self>, token: String) {
        // Somebody is at it already.
        if self.filling.try_lock().is_err() {
            return;
        }
        let directory = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = directory.fill(&token, SECOND_LOOK).await {
                tracing::warn!(%error, "the credential index could not be brought up to date");
            }
        });
    }

    /// Reads every app and service principal, unless somebody else did so less than `age` ago.
    async fn fill(&self, token: &str, age: Duration) -> Result<(), LookError> {
        let _turn = self.filling.lock().await;
        let at = self.clock.now();
        if self.filled().is_some_and(|filled| at - filled.at <= age) {
            return Ok(());
        }
        *held(&self.since) = Some(HashMap::new());
        let read = self.everything(token).await;
        let mut since = held(&self.since);
        let put = since.take().unwrap_or_default();
        let mut index = read?;
        for object in put.into_values() {
            index.put(object);
        }
        let count = index.apps();
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
        drop(since);
        let took = self.clock.now() - at;
        *held(&self.filled) = Some(Filled { at, took });
        tracing::info!(apps = count, seconds = took.as_seconds_f64(), "the credential index was filled");
        Ok(())
    }

    async fn everything(&self, token: &str) -> Result<Index, LookError> {
        let mut index = Index::default();
        let apps = |rows: Vec<ListedApplication>| rows.iter().for_each(|app| index.put(indexed(app, false)));
        self.graph.all_credentials(token, CredentialList::Applications, apps).await.map_err(LookError::List)?;
        let services = |rows: Vec<ListedApplication>| {
            // Most of a directory's service principals are Microsoft's own, and have no credentials to be found.
            let with_keys = rows.iter().filter(|service| !service.key_credentials.is_empty());
            with_keys.for_each(|service| index.put(indexed(service, true)));
        };
        self.graph
            .all_credentials(token, CredentialList::ServicePrincipals, services)
            .await
            .map_err(LookError::List)?;
        for (sha256, sha1) in self.store.known_thumbprints().await? {
            index.know(sha256, sha1);
        }
        Ok(index)
    }

    /// What an app has was just read. Failing to note it down must not fail the read.
    pub(crate) async fn observed(&self, app: &Application) {
        self.observed_all(&[sighting(app)]).await;
    }

    /// The same for many apps: for the search, the doctor and the time machine.
    pub(crate) async fn observed_all(&self, sightings: &[Sighting<'_>]) {
        let now = self.clock.now();
        self.index(sightings);
        let noting = async {
            self.note_credentials(sightings).await;
            if let Err(error) = self.store.note_states(sightings, now).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "states of apps could not be kept");
            }
        };
        if tokio::time::timeout(PATIENCE, noting).await.is_err() {
            tracing::warn!(apps = sightings.len(), "what was read of apps could not be noted: the database is busy");
        }
    }

    /// For what is gone, and for the inventory.
    pub(crate) async fn note_credentials(&self, sightings: &[Sighting<'_>]) {
        let now = self.clock.now();
        if let Err(error) = self.store.observe(sightings, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "apps' credentials could not be noted");
        }
        if self.inventory {
            let noted = self.store.note_in_inventory(sightings, now, &LifetimePolicy::default()).await;
            if let Err(error) = noted {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the inventory could not be brought up to date"
                );
            }
        }
    }

    /// For the search.
    pub(crate) fn index(&self, sightings: &[Sighting<'_>]) {
        for Sighting { object_id, app_id, display_name, keys } in sightings {
            self.put(Indexed::new(*object_id, *app_id, display_name, false, keys));
            for certificate in keys.iter().filter_map(KeyCredential::certificate) {
                self.known(certificate);
            }
        }
    }

    fn put(&self, object: Indexed) {
        if let Some(since) = held(&self.since).as_mut() {
            since.insert(object.object_id, object.clone());
        }
        self.index.write().unwrap_or_else(PoisonError::into_inner).put(object);
    }

    /// A certificate was seen whole: its SHA-256 can be searched for from now on.
    pub(crate) fn known(&self, certificate: &Certificate) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.know(certificate.sha256(), certificate.sha1());
    }
}

/// An app as a read showed it.
pub(crate) fn sighting(app: &Application) -> Sighting<'_> {
    Sighting { object_id: app.id, app_id: app.app_id, display_name: &app.display_name, keys: &app.key_credentials }
}

fn indexed(app: &ListedApplication, on_service_principal: bool) -> Indexed {
    Indexed::new(app.id, app.app_id, &app.display_name, on_service_principal, &app.key_credentials)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::graph::test_graph;
    use crate::store::databases::Database;
    use domain::ids::{AppId, TenantId};
    use domain::key_credential::KeyCredentials;
    use uuid::Uuid;

    #[tokio::test]
    async fn what_is_read_while_nobody_fills_the_index_is_kept_once() {
        let store = Database::sqlite().store().await.of(TenantId::new(Uuid::from_u128(1)));
        let graph = test_graph("http://127.0.0.1:1/");
        let lifetime = std::time::Duration::from_mins(10);
        let directory = Directory::new(graph, store, Arc::new(SystemClock), lifetime, false);
        let object = |id: u128| {
            let (object_id, app_id) = (ObjectId::new(Uuid::from_u128(id)), AppId::new(Uuid::from_u128(id)));
            Indexed::new(object_id, app_id, "app", false, &KeyCredentials::default())
        };
        for _ in 0..1_000 {
            directory.put(object(1));
        }
        assert!(held(&directory.since).is_none(), "nobody will ask for it");
        *held(&directory.since) = Some(HashMap::new());
        for time in 0..1_000 {
            directory.put(object(time % 2));
        }
        assert_eq!(held(&directory.since).as_ref().map(HashMap::len), Some(2), "of each object the last");
    }
}
