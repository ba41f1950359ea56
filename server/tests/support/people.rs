//! The local tenant as a desk meets it: its cloud, and its people.

#![allow(dead_code, reason = "each test binary uses its part")]

use app::contract::people::{PortalRole, Viewer};
use domain::ids::{ObjectId, TenantId};
use local_tenant::RunningTenant;
use server::config::{Cloud, KeyVaultCloud};
use server::person::{OwnSessions, Person, TokenError, TokenProvider};
use server::store::{OwnSessionRow, StoreError};
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

pub const MARA: &str = "mara.lindqvist@contoso.onmicrosoft.com";
pub const TOBIAS: &str = "tobias.renner@contoso.onmicrosoft.com";
pub const PRIYA: &str = "priya.raman@contoso.onmicrosoft.com";
pub const OWEN: &str = "owen.carter@contoso.onmicrosoft.com";
pub const SOFIA: &str = "sofia.marchetti@contoso.onmicrosoft.com";
pub const KENJI: &str = "kenji.watanabe@contoso.onmicrosoft.com";
pub const LEILA: &str = "leila.haddad@contoso.onmicrosoft.com";
pub const DANIEL: &str = "daniel.novak@contoso.onmicrosoft.com";

/// `base`: where the tenant answers.
pub fn cloud(base: Url, key_vault: Option<KeyVaultCloud>) -> Cloud {
    Cloud {
        name: "Local tenant".into(),
        authority: base.clone(),
        over_https: None,
        graph_root: base,
        admin_center: None,
        key_vault,
    }
}

/// Who asks a desk without a browser: no session is theirs.
pub fn person(viewer: Viewer, tokens: Arc<dyn TokenProvider>) -> Person {
    Person { viewer, tokens, sessions: Arc::new(NoSessions) }
}

struct NoSessions;

#[async_trait::async_trait]
impl OwnSessions for NoSessions {
    async fn list(&self) -> Result<Vec<(OwnSessionRow, bool)>, StoreError> {
        Ok(vec![])
    }

    async fn end(&self, _: &str) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn end_others(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn lend(&self, _: Uuid) -> Result<(String, Vec<u8>), TokenError> {
        Err(TokenError::signed_out())
    }
}

/// `upn`: user principal name.
pub fn viewer(tenant: &RunningTenant, upn: &str) -> Viewer {
    let info = tenant.people().into_iter().find(|person| person.user_principal_name == upn).unwrap();
    let roles = info.portal_roles.iter().map(|role| match role.as_str() {
        "Thumbprint.Admin" => PortalRole::Admin,
        "Thumbprint.User" => PortalRole::User,
        "Thumbprint.Auditor" => PortalRole::Auditor,
        other => panic!("{other}"),
    });
    Viewer {
        roles: roles.collect(),
        name: info.display_name,
        username: info.user_principal_name,
        object_id: ObjectId::new(info.id),
        tenant_id: TenantId::new(tenant.tenant_id()),
        changes_every_app: None,
        cloud: "Local tenant".into(),
    }
}
