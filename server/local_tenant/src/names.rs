//! By which names a tenant was asked, and what its services are called beside that one.

use crate::microsoft::clouds::Cloud;

/// Resources of Microsoft's public cloud for which tokens are issued under every name of the tenant.
const GRAPH: &str = "https://graph.microsoft.com";
pub(crate) const VAULT: &str = "https://vault.azure.net";
const MANAGEMENT: [&str; 2] = ["https://management.azure.com", "https://management.core.windows.net"];
/// What follows a vault's name in its host name where the tenant has a name of its own.
const LOCAL_VAULTS: &str = "vault.localhost";

/// The URL that a request named, and the cloud it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// Without a slash at the end: answers name it.
    pub(crate) base: String,
    /// `None`: an address of the tenant's own, at which all services are together.
    pub(crate) cloud: Option<&'static Cloud>,
}

impl Names {
    /// `http://127.0.0.1:1234`
    pub(crate) fn local(base: impl Into<String>) -> Self {
        Self { base: base.into(), cloud: None }
    }

    /// One of that cloud's hosts.
    pub(crate) fn microsoft(cloud: &'static Cloud, host: &str) -> Self {
        Self { base: format!("https://{host}"), cloud: Some(cloud) }
    }

    /// `127.0.0.1:1234`
    pub(crate) fn host(&self) -> &str {
        self.base.split_once("://").map_or(&self.base, |(_, host)| host)
    }

    /// The URL of sign-in: the one that was asked, if it is one.
    pub(crate) fn login(&self) -> String {
        match self.cloud {
            Some(cloud) if !cloud.logins.contains(&self.host()) => format!("https://{}", cloud.logins[0]),
            _ => self.base.clone(),
        }
    }

    /// Every URL of sign-in.
    pub(crate) fn logins(&self) -> Vec<String> {
        self.cloud.map_or_else(|| vec![self.base.clone()], |cloud| urls(cloud.logins))
    }

    /// The URL of Graph: the one that was asked, if it is one.
    pub(crate) fn graph(&self) -> String {
        match self.cloud {
            Some(cloud) if !cloud.graphs.contains(&self.host()) => format!("https://{}", cloud.graphs[0]),
            _ => self.base.clone(),
        }
    }

    pub(crate) fn resource_manager(&self) -> String {
        self.cloud.map_or_else(|| self.base.clone(), |cloud| format!("https://{}", cloud.managements[0]))
    }

    /// Issuer of v1.0 tokens.
    pub(crate) fn sts(&self) -> String {
        format!("https://{}", self.cloud.map_or("sts.windows.net", |cloud| cloud.sts))
    }

    /// What follows a vault's name in a host name, without a port.
    pub(crate) fn vault_suffix(&self) -> &'static str {
        self.cloud.map_or(LOCAL_VAULTS, |cloud| cloud.vaults)
    }

    /// The same with the port: what a vault's name and a dot are put before.
    pub(crate) fn vault_domain(&self) -> String {
        let port = self.host().rsplit_once(':').filter(|_| self.cloud.is_none());
        format!("{}{}", self.vault_suffix(), port.map(|(_, port)| format!(":{port}")).unwrap_or_default())
    }

    /// `https://contoso-apps.vault.azure.net`, or `http://contoso-apps.vault.localhost:1234`.
    pub(crate) fn vault(&self, name: &str) -> String {
        format!("{}://{name}.{}", self.scheme(), self.vault_domain())
    }

    /// Key Vault's `resource` that ends like the vaults' own host names.
    pub(crate) fn vault_resource(&self) -> String {
        format!("{}://{}", self.scheme(), self.vault_domain())
    }

    fn scheme(&self) -> &str {
        self.base.split_once("://").map_or("http", |(scheme, _)| scheme)
    }

    /// Whether a resource's URL, without a slash at the end, is Graph's.
    pub(crate) fn is_graph(&self, url: &str) -> bool {
        url == GRAPH
            || match self.cloud {
                Some(cloud) => is_one_of(url, cloud.graphs),
                None => url == self.base,
            }
    }

    /// Whether a resource's URL, without a slash at the end, is Key Vault's.
    pub(crate) fn is_vault(&self, url: &str) -> bool {
        url == VAULT || url == self.vault_resource()
    }

    /// Whether a resource's URL, without a slash at the end, is Resource Manager's.
    pub(crate) fn is_management(&self, url: &str) -> bool {
        MANAGEMENT.contains(&url) || self.cloud.is_some_and(|cloud| is_one_of(url, cloud.managements))
    }
}

fn urls(hosts: &[&str]) -> Vec<String> {
    hosts.iter().map(|host| format!("https://{host}")).collect()
}

fn is_one_of(url: &str, hosts: &[&str]) -> bool {
    url.strip_prefix("https://").is_some_and(|host| hosts.contains(&host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::microsoft::clouds::CLOUDS;

    #[test]
    fn an_address_of_its_own_is_all_services() {
        let names = Names::local("https://localhost:8443");
        assert_eq!((names.login(), names.graph()), (names.base.clone(), names.base.clone()));
        assert_eq!(names.vault("v"), "https://v.vault.localhost:8443");
        assert_eq!(names.vault_resource(), "https://vault.localhost:8443");
        assert_eq!(Names::local("http://127.0.0.1:1").vault("v"), "http://v.vault.localhost:1");
        assert!(names.is_graph("https://localhost:8443") && names.is_graph(GRAPH) && names.is_vault(VAULT));
        assert!(!names.is_graph("https://graph.microsoft.us"));
    }

    #[test]
    fn each_of_microsofts_hosts_names_the_others_of_its_cloud() {
        let graph = Names::microsoft(&CLOUDS[1], "dod-graph.microsoft.us");
        assert_eq!(graph.login(), "https://login.microsoftonline.us");
        assert_eq!(graph.graph(), "https://dod-graph.microsoft.us");
        assert_eq!(graph.vault("v"), "https://v.vault.usgovcloudapi.net");
        assert_eq!(Names::microsoft(&CLOUDS[0], "login.windows.net").login(), "https://login.windows.net");
        assert!(graph.is_graph("https://graph.microsoft.us") && !graph.is_graph("https://login.microsoftonline.us"));
        assert!(graph.is_management("https://management.usgovcloudapi.net"));
        assert!(!Names::local("http://h").is_management("https://management.usgovcloudapi.net"));
    }
}
