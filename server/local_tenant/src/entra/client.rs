//! Clients of the sign-in service: the tenant's registrations, and two of Microsoft's own public ones.

use uuid::Uuid;

use crate::store::{Directory, ObjectKey};

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
    any_loopback: bool,
    /// `isFallbackPublicClient`.
    public_flows: bool,
}

impl Client {
    pub(crate) fn find(directory: &Directory, client_id: &str) -> Option<Self> {
        let app_id = Uuid::parse_str(client_id.trim()).ok()?;
        if let Some(app) = directory.applications.get(ObjectKey::AppId(app_id)) {
            return Some(Self {
                app_id,
                display_name: app.display_name.clone(),
                redirect_uris: app.redirect_uris.clone(),
                public_redirect_uris: app.public_redirect_uris.iter().chain(&app.spa_redirect_uris).cloned().collect(),
                any_loopback: false,
                public_flows: app.common.extra.get("isFallbackPublicClient") == Some(&true.into()),
            });
        }
        let (_, name) = FIRST_PARTY.iter().find(|(id, _)| *id == app_id)?;
        Some(Self {
            app_id,
            display_name: (*name).into(),
            redirect_uris: vec![],
            public_redirect_uris: vec![],
            any_loopback: true,
            public_flows: true,
        })
    }

    /// Equal to a registered one, letter by letter. A public client's loopback address may have any port (RFC 8252, 7.3).
    pub(crate) fn accepts_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered == uri) || self.is_public_redirect(uri)
    }

    /// Whether codes sent there are redeemed without client authentication.
    pub(crate) fn is_public_redirect(&self, uri: &str) -> bool {
        if self.public_redirect_uris.iter().any(|registered| registered == uri) {
            return true;
        }
        let Some(portless) = loopback_without_port(uri) else {
            return false;
        };
        self.any_loopback
            || self
                .public_redirect_uris
                .iter()
                .any(|registered| loopback_without_port(registered) == Some(portless.clone()))
    }

    /// Never authenticates: it could keep no secret.
    pub(crate) fn is_public(&self) -> bool {
        self.any_loopback
            || self.public_flows
            || (self.redirect_uris.is_empty() && !self.public_redirect_uris.is_empty())
    }
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
            any_loopback: false,
            public_flows: false,
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
