//! Microsoft's clouds and the hosts of each that this tenant can stand in for.
//!
//! Hosts of sign-in and Graph: Microsoft's page of national clouds (learn.microsoft.com/entra/identity-platform/
//! authentication-national-cloud) and the instance metadata that MSAL carries; Resource Manager and Key Vault: azure-cli's
//! `azure/cli/core/cloud.py`.

/// One cloud.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cloud {
    /// As Resource Manager names it.
    pub(crate) name: &'static str,
    /// `cloud_instance_name` of the discovery document.
    pub(crate) instance: &'static str,
    /// Host of the v1.0 issuer.
    pub(crate) sts: &'static str,
    /// Hosts of sign-in that are one cloud; Microsoft's preferred one first.
    pub(crate) logins: &'static [&'static str],
    /// Under which of them MSAL keeps its cache.
    pub(crate) preferred_cache: &'static str,
    pub(crate) graphs: &'static [&'static str],
    /// Resource Manager; the first one is for new clients.
    pub(crate) managements: &'static [&'static str],
    /// What follows a vault's name in its host name, without the dot; also the host of Key Vault's `resource`.
    pub(crate) vaults: &'static str,
}

/// All that are in service. Germany's was closed in 2021.
pub(crate) static CLOUDS: [Cloud; 3] = [
    Cloud {
        name: "AzureCloud",
        instance: "microsoftonline.com",
        sts: "sts.windows.net",
        logins: &["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
        preferred_cache: "login.windows.net",
        graphs: &["graph.microsoft.com"],
        managements: &["management.azure.com", "management.core.windows.net"],
        vaults: "vault.azure.net",
    },
    Cloud {
        name: "AzureUSGovernment",
        instance: "microsoftonline.us",
        sts: "sts.windows.net",
        logins: &["login.microsoftonline.us", "login.usgovcloudapi.net"],
        preferred_cache: "login.microsoftonline.us",
        graphs: &["graph.microsoft.us", "dod-graph.microsoft.us"],
        managements: &["management.usgovcloudapi.net", "management.core.usgovcloudapi.net"],
        vaults: "vault.usgovcloudapi.net",
    },
    Cloud {
        name: "AzureChinaCloud",
        instance: "partner.microsoftonline.cn",
        sts: "sts.chinacloudapi.cn",
        logins: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        preferred_cache: "login.partner.microsoftonline.cn",
        graphs: &["microsoftgraph.chinacloudapi.cn"],
        managements: &["management.chinacloudapi.cn", "management.core.chinacloudapi.cn"],
        vaults: "vault.azure.cn",
    },
];

/// Which of Microsoft's services a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    SignIn,
    Graph,
    ResourceManager,
    KeyVault,
}

impl Cloud {
    /// Every host but those of vaults, with its service.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = (Service, &'static str)> {
        let of = |service, hosts: &'static [&'static str]| hosts.iter().map(move |host| (service, *host));
        of(Service::SignIn, self.logins)
            .chain(of(Service::Graph, self.graphs))
            .chain(of(Service::ResourceManager, self.managements))
    }
}

/// The cloud and the service of a host name without a port; `None`: it is none of Microsoft's that are served here.
pub(crate) fn find(host: &str) -> Option<(&'static Cloud, Service)> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    CLOUDS.iter().find_map(|cloud| {
        let (mut hosts, vault) = (cloud.hosts(), host.strip_suffix(cloud.vaults));
        // `NAME.vault.azure.net`; whether there is a vault of that name is the vaults' affair.
        let vault =
            vault.and_then(|rest| rest.strip_suffix('.')).filter(|name| !name.is_empty() && !name.contains('.'));
        let plain = hosts.find(|(_, one)| *one == host).map(|(service, _)| service);
        plain.or(vault.map(|_| Service::KeyVault)).map(|service| (cloud, service))
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn hosts_belong_to_one_cloud_and_one_service() {
        let found = |host: &str| find(host).map(|(cloud, service)| (cloud.name, service));
        assert_eq!(found("login.microsoftonline.com"), Some(("AzureCloud", Service::SignIn)));
        assert_eq!(found("Graph.Microsoft.US"), Some(("AzureUSGovernment", Service::Graph)));
        assert_eq!(found("management.chinacloudapi.cn."), Some(("AzureChinaCloud", Service::ResourceManager)));
        assert_eq!(found("contoso-apps.vault.azure.net"), Some(("AzureCloud", Service::KeyVault)));
        for foreign in [
            "vault.azure.net",
            ".vault.azure.net",
            "a.b.vault.azure.net",
            "evilvault.azure.net",
            "graph.microsoft.com.evil.example",
            "pypi.org",
            "",
        ] {
            assert_eq!(found(foreign), None, "{foreign}");
        }
        let mut all: Vec<&str> = CLOUDS.iter().flat_map(Cloud::hosts).map(|(_, host)| host).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "no host is in two clouds");
        assert!(CLOUDS.iter().all(|cloud| cloud.logins.contains(&cloud.preferred_cache)));
        assert_eq!(find("sts.windows.net").unwrap().1, Service::SignIn);
    }
}
