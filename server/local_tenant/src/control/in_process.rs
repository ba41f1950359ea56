//! The control API's deeds for whoever started the tenant, without HTTP.

use uuid::Uuid;

use super::{ConcurrentWriter, FaultRule};
use crate::{RunningTenant, TenantError};

impl RunningTenant {
    /// Where the control API listens, without a slash at the end; `None` unless
    /// [`TenantOptions::control`](crate::TenantOptions::control) asked for it.
    pub fn control_url(&self) -> Option<&str> {
        self.control_url.as_deref()
    }

    /// Arms a fault; its id.
    pub fn add_fault(&self, rule: FaultRule) -> u64 {
        self.tenant.control.add_fault(rule)
    }

    /// Disarms a fault. `false`: there is none of that id (any more).
    pub fn remove_fault(&self, id: u64) -> bool {
        self.tenant.control.remove_fault(id)
    }

    /// Disarms all faults.
    pub fn clear_faults(&self) {
        self.tenant.control.clear_faults();
    }

    /// Adds somebody else who writes an application; their id. `None`: there is no such application. Makes an RSA key,
    /// which takes a moment.
    pub fn add_writer(&self, writer: ConcurrentWriter) -> Result<Option<u64>, TenantError> {
        Ok(self.tenant.control.add_writer(&self.tenant, writer)?)
    }

    /// Sends a writer away. `false`: there is none of that id (any more).
    pub fn remove_writer(&self, id: u64) -> bool {
        self.tenant.control.remove_writer(id)
    }

    /// A token of another issuer, valid for ten minutes, as an application's federated credentials trust one; the audience is
    /// `api://AzureADTokenExchange`.
    pub fn foreign_token(&self, issuer: &str, subject: &str) -> Option<String> {
        let audience = "api://AzureADTokenExchange";
        crate::entra::federation::mint(&self.tenant, issuer, subject, audience, 600, &mut serde_json::Map::new()).ok()
    }

    /// What was sent by `sendMail`, oldest first; a thousand at most.
    pub fn mail(&self) -> Vec<crate::SentMail> {
        self.tenant.mailbox.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.tenant.log.clear();
    }

    /// Back to the seed, with the same GUIDs and new certificates: directory, vaults, behaviour, faults, writers, clock
    /// and request log. Registered portals are registered again; who is signed in stays so. Takes a second or two.
    pub fn reset(&self) -> Result<(), TenantError> {
        self.tenant.reset()
    }

    /// `https://contoso-apps.vault.localhost:1234` or the like: a vault as Microsoft's libraries want to name it.
    /// `None`: there is none of that name. Where `*.localhost` does not resolve, `{base_url}/_vault/{name}` is the same.
    pub fn vault_url(&self, name: &str) -> Option<String> {
        let known = self.tenant.read().vaults.iter().any(|vault| vault.name.eq_ignore_ascii_case(name));
        known.then(|| self.tenant.names.vault(&name.to_ascii_lowercase()))
    }

    /// Names of all vaults.
    pub fn vaults(&self) -> Vec<String> {
        self.tenant.read().vaults.iter().map(|vault| vault.name.clone()).collect()
    }

    /// A delegated token for Key Vault, as the person would hold it through a command line tool; `None` when nobody
    /// has that name.
    pub fn vault_token(&self, user_principal_name: &str) -> Option<String> {
        let scope = format!("{}/user_impersonation", crate::keyvault::RESOURCE);
        self.graph_token_with_scopes(user_principal_name, &[&scope])
    }

    /// Gives a role on a vault to a person or a service principal. `false`: there is no such vault.
    pub fn assign_vault_role(&self, vault: &str, principal: Uuid, role: crate::VaultRole) -> bool {
        let mut directory = self.tenant.write();
        let found = directory.vaults.iter_mut().find(|one| one.name.eq_ignore_ascii_case(vault));
        found.is_some_and(|vault| {
            vault.roles.push((principal, role));
            true
        })
    }

    /// Renews a certificate of a vault as its policy says, under the same key where it has `reuse_key`. `None`: there
    /// is no such certificate, or another version is pending. The new version's id.
    pub fn renew_certificate(&self, vault: &str, name: &str) -> Option<Uuid> {
        crate::keyvault::renew(&self.tenant, vault, name).ok()
    }
}
