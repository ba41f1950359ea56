//! Microsoft's clouds: where people sign in, and where Graph answers.

use domain::ids::TenantId;
use url::Url;

/// One cloud's addresses.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// Shown in the header.
    pub name: String,
    /// Scheme and host of the sign-in service.
    pub authority: Url,
    /// Sign-in and Graph of a local tenant for programs that insist on https, where `authority` is plain http.
    pub over_https: Option<Url>,
    /// Scheme and host of Graph, without a version.
    pub graph_root: Url,
    /// Where an app registration can be looked at, if this cloud has such a place.
    pub admin_center: Option<Url>,
    /// `None`: no Key Vault is configured for this cloud.
    pub key_vault: Option<KeyVaultCloud>,
}

/// Where a cloud's Key Vaults are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVaultCloud {
    /// For whom tokens are, such as `https://vault.azure.net`; without a slash at the end.
    pub resource: String,
    pub place: VaultPlace,
}

/// How a vault's name leads to its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultPlace {
    /// `https://{name}.{suffix}`
    Suffix(String),
    /// `{base}{name}`, for a local tenant: its vaults have no host names of their own. Ends in a slash.
    Below(Url),
}

impl KeyVaultCloud {
    /// Of a DNS suffix such as `vault.azure.net`, which also names the resource
    /// (<https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates>).
    pub fn of_suffix(suffix: &str) -> Self {
        Self { resource: format!("https://{suffix}"), place: VaultPlace::Suffix(suffix.to_owned()) }
    }
}

/// Key, name, sign-in, Graph, admin center, suffix of Key Vaults.
pub(super) type KnownCloud =
    (&'static str, &'static str, &'static str, &'static str, Option<&'static str>, &'static str);

/// The clouds that need no addresses in the configuration.
///
/// Source: Microsoft's "National clouds" page for sign-in and Graph hosts. For China it and other Microsoft pages
/// disagree about the sign-in host; `entra.login_host` overrides it.
pub(super) const KNOWN: [KnownCloud; 4] = [
    (
        "global",
        "Microsoft Entra",
        "https://login.microsoftonline.com",
        "https://graph.microsoft.com",
        Some("https://entra.microsoft.com"),
        "vault.azure.net",
    ),
    (
        "us-gov-l4",
        "Azure Government",
        "https://login.microsoftonline.us",
        "https://graph.microsoft.us",
        Some("https://entra.microsoft.us"),
        "vault.usgovcloudapi.net",
    ),
    (
        "us-gov-dod",
        "Azure Government (DoD)",
        "https://login.microsoftonline.us",
        "https://dod-graph.microsoft.us",
        Some("https://entra.microsoft.us"),
        "vault.usgovcloudapi.net",
    ),
    (
        "china",
        "Azure China (21Vianet)",
        "https://login.partner.microsoftonline.cn",
        "https://microsoftgraph.chinacloudapi.cn",
        None,
        "vault.azure.cn",
    ),
];

impl Cloud {
    /// The `iss` of this tenant's ID tokens, and the base of its discovery document.
    pub fn issuer(&self, tenant: TenantId) -> String {
        format!("{}/{tenant}/v2.0", without_slash(&self.authority))
    }

    /// A permission of Graph as a scope: Graph's root, then its name.
    pub fn graph_scope(&self, permission: &str) -> String {
        format!("{}/{permission}", without_slash(&self.graph_root))
    }
}

fn without_slash(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn scopes_and_issuers_have_one_slash() {
        let cloud = Cloud {
            name: String::new(),
            authority: Url::parse("https://login.microsoftonline.com").unwrap(),
            over_https: None,
            graph_root: Url::parse("https://graph.microsoft.com/").unwrap(),
            admin_center: None,
            key_vault: None,
        };
        let tenant = "11111111-2222-4333-8444-555555555555".parse().unwrap();
        assert_eq!(cloud.issuer(tenant), "https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0");
        assert_eq!(cloud.graph_scope("User.Read"), "https://graph.microsoft.com/User.Read");
    }
}
