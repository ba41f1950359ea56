//! Clients of the sign-in service: the tenant's registrations, and two of Microsoft's own public ones.

use uuid::Uuid;

use super::Authority;
use super::error::EntraError;
use crate::store::{Directory, HomeApplication, ObjectKey};

/// Public clients that exist in every tenant without being registered there. They sign in on loopback addresses.
const FIRST_PARTY: &[(Uuid, &str)] = &[
    (Uuid::from_u128(0x04b0_7795_8ddb_461a_bbee_02f9_e1bf_7b46), "Microsoft Azure CLI"),
    (Uuid::from_u128(0x14d8_2eec_204b_4c2f_b7e8_296a_70da_b67e), "Microsoft Graph Command Line Tools"),
];

/// What sign-in needs to know about a client.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) app_id: Uuid,
    pub(crate) display_name: String,
    redirect_uris: Vec<String>,
    public_redirect_uris: Vec<String>,
    registration: Registration,
    /// `isFallbackPublicClient`.
    public_flows: bool,
    /// People of other tenants may sign in to it.
    pub(crate) multi_tenant: bool,
}

/// Where a client is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Registration {
    /// One of Microsoft's own, which signs in on any loopback address.
    Microsoft,
    /// In this tenant, or in another one with a service principal here.
    Here,
    /// In another tenant, without one.
    Elsewhere,
}

impl Client {
    /// A client by its id. `foreign`: what [`Tenant::foreign_application`](crate::state::Tenant) says of it.
    pub(crate) fn find(directory: &Directory, foreign: Option<&HomeApplication>, client_id: &str) -> Option<Self> {
        let app_id = Uuid::parse_str(client_id.trim()).ok()?;
        let registered = directory.applications.get(ObjectKey::AppId(app_id));
        if let Some(app) = registered.or(foreign.map(|home| &home.application)) {
            let installed = directory.service_principals.get(ObjectKey::AppId(app_id)).is_some();
            return Some(Self {
                app_id,
                display_name: app.display_name.clone(),
                redirect_uris: app.redirect_uris.clone(),
                public_redirect_uris: app.public_redirect_uris.iter().chain(&app.spa_redirect_uris).cloned().collect(),
                registration: if registered.is_some() || installed {
                    Registration::Here
                } else {
                    Registration::Elsewhere
                },
                public_flows: app.common.extra.get("isFallbackPublicClient") == Some(&true.into()),
                multi_tenant: app.is_multi_tenant(),
            });
        }
        let (_, name) = FIRST_PARTY.iter().find(|(id, _)| *id == app_id)?;
        Some(Self {
            app_id,
            display_name: (*name).into(),
            redirect_uris: vec![],
            public_redirect_uris: vec![],
            registration: Registration::Microsoft,
            public_flows: true,
            multi_tenant: true,
        })
    }

    /// It is registered in another tenant, and has no service principal here.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.registration == Registration::Elsewhere
    }

    /// Refuses a client that is another tenant's and has not been installed in this one.
    pub(crate) fn must_be_installed(self, directory: &Directory) -> Result<Self, EntraError> {
        let unknown = || EntraError::application_not_found(&self.app_id.to_string(), &directory.profile.display_name);
        if self.is_elsewhere() { Err(unknown()) } else { Ok(self) }
    }

    /// Refuses a client for one tenant at an address for all of them (DOC, and the text of real replies).
    pub(crate) fn fits(&self, authority: Authority) -> Result<(), EntraError> {
        if self.multi_tenant || authority == Authority::Tenant {
            return Ok(());
        }
        let words = format!(
            "Application '{}'({}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
            self.app_id, self.display_name
        );
        Err(EntraError::new(50194, "invalid_request", words))
    }

    /// Equal to a registered one, letter by letter. A public client's loopback address may have any port (RFC 8252, 7.3).
    pub(crate) fn accepts_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered == uri) || self.is_public_redirect(uri)
    }

    /// Whether codes sent there are redeemed without client authentication.
    pub(crate) fn is_public_redirect(&self, uri: &str) -> bool {
        self.public_redirect_uris.iter().any(|registered| is_public_address(registered, uri))
            || (self.registration == Registration::Microsoft && loopback_without_port(uri).is_some())
    }

    /// Never authenticates: it could keep no secret.
    pub(crate) fn is_public(&self) -> bool {
        self.registration == Registration::Microsoft
            || self.public_flows
            || (self.redirect_uris.is_empty() && !self.public_redirect_uris.is_empty())
    }
}

/// Whether an address is a public client's registered one, which has any port where it is on this machine.
pub(super) fn is_public_address(registered: &str, uri: &str) -> bool {
    registered == uri || loopback_without_port(uri).is_some_and(|bare| loopback_without_port(registered) == Some(bare))
}

fn loopback_without_port(uri: &str) -> Option<String> {
    let mut url = url::Url::parse(uri).ok()?;
    if url.scheme() != "http" || !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
        return None;
    }
    url.set_port(None).ok()?;
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(web: &[&str], public: &[&str]) -> Client {
        let owned = |uris: &[&str]| uris.iter().map(|&u| u.to_owned()).collect();
        Client {
            app_id: Uuid::nil(),
            display_name: String::new(),
            redirect_uris: owned(web),
            public_redirect_uris: owned(public),
            registration: Registration::Here,
            public_flows: false,
            multi_tenant: false,
        }
    }

    #[test]
    fn a_web_redirect_matches_to_the_letter() {
        let client = client(&["http://127.0.0.1:3000/callback"], &[]);
        assert!(client.accepts_redirect("http://127.0.0.1:3000/callback"));
        assert!(!client.accepts_redirect("http://127.0.0.1:3001/callback"));
        assert!(!client.accepts_redirect("http://127.0.0.1:3000/callback/"));
        assert!(!client.is_public());
    }

    #[test]
    fn a_public_loopback_has_any_port_and_no_other_path() {
        let client = client(&[], &["http://localhost/cb"]);
        assert!(client.accepts_redirect("http://localhost:5123/cb"));
        assert!(!client.accepts_redirect("http://localhost:5123/other"));
        assert!(!client.accepts_redirect("http://localhost.example:5123/cb"));
        assert!(client.is_public());
    }
}
