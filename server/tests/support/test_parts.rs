//! The parts of a portal as tests and benches put them together.

#![allow(dead_code, reason = "each binary uses its part")]

use crate::people::cloud;
use domain::ids::{AppId, TenantId};
use server::clock::SystemClock;
use server::config::{DeskSettings, KeyVaultCloud, RequestPolicy, TokenKey};
use server::entropy::OsEntropy;
use server::graph::Graph;
use server::jobs::JobSettings;
use server::keyvault::KeyVault;
use server::parts::Givens;
use server::person::JobTokens;
use server::session::Sealer;
use server::store::Store;
use server::tenants::TenantServices;
use server::token_endpoint::TokenEndpoint;
use std::sync::Arc;

/// Which tenant, and where things are.
pub struct TestParts<'a> {
    pub http: &'a reqwest::Client,
    /// Where the tenant answers.
    pub base_url: &'a str,
    pub tenant: TenantId,
    pub store: &'a Store,
    pub vaults: Option<KeyVaultCloud>,
}

impl TestParts<'_> {
    /// No rules, no inventory, no notices, and jobs as usual: a test gives what it wants otherwise.
    pub fn givens(self, settings: DeskSettings, job_tokens: Arc<dyn JobTokens>) -> Givens {
        let Self { http, base_url, tenant, store, vaults } = self;
        let base: url::Url = base_url.parse().unwrap();
        let cloud = cloud(base.clone(), vaults.clone());
        let services = TenantServices {
            tenant,
            graph: Graph::new(http.clone(), base),
            token_endpoint: TokenEndpoint::new(http.clone(), &cloud),
            key_vault: vaults.map(|vaults| KeyVault::new(http.clone(), vaults, tenant.to_string())),
        };
        Givens {
            services,
            job_tokens,
            store: store.clone(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            settings,
            jobs: JobSettings::default(),
            requests: RequestPolicy::default(),
            inventory: None,
            inventory_delta: None,
            reads_lent: false,
            owner_departments: false,
            group_members: None,
            own_app: AppId::new(uuid::Uuid::nil()),
            notices: None,
            notice_settings: Arc::default(),
            channel_sealer: Arc::new(Sealer::new(&TokenKey::random(&OsEntropy), &[]).unwrap()),
        }
    }
}
