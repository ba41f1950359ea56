//! Scopes: which resource a request asks for, and what of it.

use uuid::Uuid;

use crate::entra::error::EntraError;
use crate::names::Names;
use crate::store::{Application, Directory};

pub(crate) const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";
const GRAPH_URL: &str = "https://graph.microsoft.com";
const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];
/// Azure AD Graph, which clients of old still ask tokens for. It was retired in 2025 and is not served here.
const AAD_GRAPH: &str = "https://graph.windows.net";

/// Client id of a service of the Azure portal (`main.iam.ad.ext.azure.com`), which azure-cli's `permission admin-consent` asks.
const AZURE_PORTAL: &str = "74658136-14ec-4630-ad9b-26e160ff0fc6";

/// What a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    /// `aud` as the client named it.
    Graph(String),
    /// A registration of this tenant.
    Application(Uuid),
    WellKnown(String),
}

impl Resource {
    /// By the text in front of a scope's last slash (or the whole `resource` parameter of v1).
    fn find(name: &str, names: &Names, directory: &Directory) -> Option<Self> {
        let wanted = name.trim_end_matches('/');
        if wanted == GRAPH_ID || names.is_graph(wanted) {
            return Some(Self::Graph(name.to_owned()));
        }
        if names.is_management(wanted) || names.is_vault(wanted) || wanted == AAD_GRAPH {
            return Some(Self::WellKnown(name.to_owned()));
        }
        let by_id = Uuid::parse_str(wanted).ok().and_then(|id| directory.application(id));
        let owns_uri = |app: &&Application| app.identifier_uris.iter().any(|uri| uri.trim_end_matches('/') == wanted);
        let of_others = directory.service_principals.iter().filter_map(|one| Some(&one.home.as_ref()?.application));
        let all = directory.applications.iter().chain(of_others);
        by_id.or_else(|| all.into_iter().find(owns_uri)).map(|app| Self::Application(app.app_id))
    }

    pub(crate) fn audience(&self) -> String {
        match self {
            Self::Graph(name) | Self::WellKnown(name) => name.clone(),
            Self::Application(id) => id.to_string(),
        }
    }
}

/// What a person's token request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scopes {
    /// `openid`, `profile`, `email`, `offline_access`.
    pub(crate) openid: Vec<String>,
    pub(crate) resource: Resource,
    /// Short names, such as `Application.ReadWrite.All`.
    pub(crate) names: Vec<String>,
    /// The resource was named in front of them: Graph's go without.
    pub(crate) named: bool,
}

impl Scopes {
    /// Scopes of one resource, plus OpenID's. Without a resource it is Graph, and `User.Read`, as at Entra.
    pub(crate) fn parse(text: &str, names: &Names, directory: &Directory) -> Result<Self, EntraError> {
        let graph = Resource::Graph(names.cloud.map_or_else(|| GRAPH_URL.into(), |_| names.graph()));
        let mut scopes = Self { openid: vec![], resource: graph.clone(), names: vec![], named: false };
        let mut seen = None;
        for scope in text.split_whitespace() {
            if OPENID.contains(&scope) {
                scopes.openid.push(scope.to_owned());
                continue;
            }
            let (resource, name) = split(scope);
            scopes.named |= resource.is_some();
            let found = match resource {
                None => graph.clone(),
                Some(resource) => {
                    Resource::find(resource, names, directory).ok_or_else(|| unknown(resource, directory))?
                }
            };
            if seen.get_or_insert_with(|| found.clone()) != &found {
                return Err(EntraError::new(
                    28000,
                    "invalid_grant",
                    format!(
                        "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope {text} is not valid."
                    ),
                ));
            }
            scopes.names.push(name.to_owned());
        }
        scopes.resource = seen.unwrap_or(scopes.resource);
        if scopes.names.is_empty() && matches!(scopes.resource, Resource::Graph(_)) {
            scopes.names.push("User.Read".into());
        }
        Ok(scopes)
    }

    /// What the token carries as `scp`: `.default` stands for what an administrator consented to.
    pub(crate) fn granted(&self) -> Vec<String> {
        self.names
            .iter()
            .flat_map(|name| match (name.as_str(), &self.resource) {
                (".default", Resource::Graph(_)) => {
                    ["Application.ReadWrite.All", "User.Read", "Directory.Read.All"].map(str::to_owned).to_vec()
                }
                (".default", _) => vec!["user_impersonation".to_owned()],
                _ => vec![name.clone()],
            })
            .collect()
    }

    /// `scope` of the answer: the granted ones, named as they were asked for (MSAL.js looks its tokens up by that), and OpenID's
    /// except `offline_access`.
    pub(crate) fn answer(&self) -> String {
        let root = self.resource.audience();
        let root = root.trim_end_matches('/');
        let openid = self.openid.iter().filter(|scope| *scope != "offline_access").cloned();
        let full = |name: String| if self.named { format!("{root}/{name}") } else { name };
        let own = self.granted().into_iter().map(full);
        openid.chain(own).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn has(&self, openid: &str) -> bool {
        self.openid.iter().any(|scope| scope == openid)
    }
}

fn split(scope: &str) -> (Option<&str>, &str) {
    match scope.rsplit_once('/') {
        // `https://host//.default` names a resource that ends in a slash.
        Some((resource, name)) if !resource.is_empty() => (Some(resource), name),
        _ => (None, scope),
    }
}

fn unknown(resource: &str, directory: &Directory) -> EntraError {
    if resource.trim_end_matches('/') == AZURE_PORTAL {
        return EntraError::not_simulated("the service of the Azure portal by which azure-cli consents for everybody");
    }
    EntraError::new(
        500_011,
        "invalid_resource",
        format!(
            "The resource principal named {resource} was not found in the tenant named {}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
            directory.profile.display_name
        ),
    )
}

/// The resource of a client credentials request: one scope, ending in `/.default`.
pub(crate) fn default_scope(text: &str, names: &Names, directory: &Directory) -> Result<Resource, EntraError> {
    let wanted: Vec<&str> = text.split_whitespace().filter(|scope| !OPENID.contains(scope)).collect();
    match wanted.as_slice() {
        [scope] if scope.ends_with("/.default") => {
            let resource = &scope[..scope.len() - "/.default".len()];
            Resource::find(resource, names, directory).ok_or_else(|| unknown(resource, directory))
        }
        _ => Err(EntraError::new(
            1_002_012,
            "invalid_scope",
            format!(
                "The provided value for scope {text} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
            ),
        )),
    }
}

/// What a person's v1 request for a resource stands for: all that was consented to, an ID token, a refresh token.
pub(crate) fn v1_scope(resource: &str) -> String {
    format!("{resource}/.default openid profile offline_access")
}

/// The `resource` parameter of the v1 endpoint.
pub(crate) fn v1_resource(name: &str, names: &Names, directory: &Directory) -> Result<Resource, EntraError> {
    Resource::find(name, names, directory).ok_or_else(|| unknown(name, directory))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::store::TenantProfile;

    const BASE: &str = "http://127.0.0.1:1";

    fn directory() -> Directory {
        Directory::new(TenantProfile { id: Uuid::nil(), display_name: "Contoso".into(), domain: "c.example".into() })
    }

    #[test]
    fn graph_is_found_by_its_names_and_by_ours() {
        let d = directory();
        for root in [GRAPH_URL, BASE, GRAPH_ID] {
            let scopes =
                Scopes::parse(&format!("openid offline_access {root}/User.Read"), &Names::local(BASE), &d).unwrap();
            assert_eq!(scopes.resource, Resource::Graph(root.into()));
            assert_eq!(scopes.names, ["User.Read"]);
            assert_eq!(scopes.answer(), format!("openid {root}/User.Read"));
        }
        let short = Scopes::parse("openid", &Names::local(BASE), &d).unwrap();
        assert_eq!((short.answer(), short.names), ("openid User.Read".to_owned(), vec!["User.Read".to_owned()]));
    }

    #[test]
    fn two_resources_or_an_unknown_one_are_refused() {
        let d = directory();
        let two = format!("{GRAPH_URL}/User.Read https://vault.azure.net/.default");
        assert_eq!(Scopes::parse(&two, &Names::local(BASE), &d).unwrap_err().code, 28000);
        assert_eq!(Scopes::parse("api://nobody/x", &Names::local(BASE), &d).unwrap_err().code, 500_011);
    }

    #[test]
    fn client_credentials_need_default() {
        let d = directory();
        assert!(default_scope(&format!("{GRAPH_URL}/.default"), &Names::local(BASE), &d).is_ok());
        let error = default_scope("User.Read", &Names::local(BASE), &d).unwrap_err();
        assert_eq!((error.code, error.error), (1_002_012, "invalid_scope"));
    }
}
