//! The tenants of this portal, and each one's services. There is one today.

mod groups;

use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::entropy::Entropy;
use crate::graph::Graph;
use crate::index::Directory;
use crate::keyvault::KeyVault;
use crate::store::{Store, TenantStore};
use crate::token_endpoint::TokenEndpoint;
use domain::ids::TenantId;
pub(crate) use groups::Groups;
use groups::KnownGroups;
use std::collections::HashMap;
use std::sync::Arc;

/// The services of one tenant's cloud.
pub struct TenantServices {
    /// The tenant.
    pub tenant: TenantId,
    /// Its Graph.
    pub graph: Graph,
    /// Of its cloud.
    pub token_endpoint: TokenEndpoint,
    /// `None` where the cloud has none that is known.
    pub key_vault: Option<KeyVault>,
}

/// One tenant: its services, its data, and what is known of its directory.
pub struct Tenant {
    pub(crate) id: TenantId,
    /// For people who wait for a page.
    pub(crate) graph: Graph,
    /// The same, for pushes: they leave something of the budget to people.
    pub(crate) jobs_graph: Graph,
    pub(crate) token_endpoint: TokenEndpoint,
    pub(crate) key_vault: Option<KeyVault>,
    pub(crate) store: TenantStore,
    pub(crate) directory: Arc<Directory>,
    pub(crate) groups: KnownGroups,
}

impl Tenant {
    /// All its requests to Graph share one budget.
    pub(crate) fn new(
        services: TenantServices,
        store: &Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: &DeskSettings,
        inventory: bool,
    ) -> Self {
        let TenantServices { tenant, graph, token_endpoint, key_vault } = services;
        let graph = graph.with(settings.retry.clone(), settings.request_timeout, entropy).within(&settings.budget);
        let store = store.of(tenant);
        Self {
            id: tenant,
            jobs_graph: graph.for_jobs(&settings.budget),
            directory: Arc::new(Directory::new(
                graph.clone(),
                store.clone(),
                clock,
                settings.index_lifetime,
                inventory,
            )),
            graph,
            token_endpoint,
            key_vault,
            store,
            groups: KnownGroups::default(),
        }
    }
}

/// All tenants of the portal.
#[derive(Default)]
pub(crate) struct Tenants(HashMap<TenantId, Arc<Tenant>>);

impl Tenants {
    /// `None` for a tenant that is not this portal's, or no longer.
    pub(crate) fn of(&self, id: TenantId) -> Option<Arc<Tenant>> {
        self.0.get(&id).cloned()
    }
}

impl FromIterator<Tenant> for Tenants {
    fn from_iter<I: IntoIterator<Item = Tenant>>(all: I) -> Self {
        Self(all.into_iter().map(|tenant| (tenant.id, Arc::new(tenant))).collect())
    }
}
