//! Microsoft's clouds, told apart by their sign-in hosts
//! (<https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>).

use serde::{Deserialize, Serialize};
use std::fmt;

/// Tokens and assertions of one cloud mean nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// `login.microsoftonline.com`.
    Global,
    /// `login.microsoftonline.us`.
    UsGovernment,
    /// Operated by 21Vianet.
    China,
}

/// Every host that the documentation names, first the one to use.
const HOSTS: [(&str, Cloud); 8] = [
    ("login.microsoftonline.com", Cloud::Global),
    ("login.windows.net", Cloud::Global),
    ("login.microsoft.com", Cloud::Global),
    ("sts.windows.net", Cloud::Global),
    ("login.microsoftonline.us", Cloud::UsGovernment),
    ("login.partner.microsoftonline.cn", Cloud::China),
    ("login.chinacloudapi.cn", Cloud::China),
    ("sts.chinacloudapi.cn", Cloud::China),
];

impl Cloud {
    /// Of a sign-in host, without scheme and port.
    pub fn of_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        HOSTS.iter().find(|(known, _)| *known == host).map(|(_, cloud)| *cloud)
    }

    /// The host of its token endpoints.
    pub fn login_host(self) -> &'static str {
        match self {
            Self::Global => "login.microsoftonline.com",
            Self::UsGovernment => "login.microsoftonline.us",
            Self::China => "login.partner.microsoftonline.cn",
        }
    }

    /// The root of its Microsoft Graph. The US Department of Defense has another one.
    pub fn graph_root(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com",
            Self::UsGovernment => "https://graph.microsoft.us",
            Self::China => "https://microsoftgraph.chinacloudapi.cn",
        }
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Global => "the global cloud",
            Self::UsGovernment => "the US government cloud",
            Self::China => "the cloud in China",
        })
    }
}
