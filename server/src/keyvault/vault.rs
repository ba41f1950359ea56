//! A vault that a person names. The portal sends requests there, so that nothing but a vault of the configured cloud
//! is taken: no other host, no other scheme, no port, no credentials in the URL.

use crate::config::VaultPlace;
use std::fmt;
use url::Url;

/// A vault's name and the root of its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultAddress {
    name: String,
    /// Ends in a slash.
    root: Url,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAVault {
    #[error("“{0}” is not a vault's name: 3 to 24 letters, digits and single hyphens, beginning with a letter")]
    Name(String),
    #[error("“{text}” is not the address of a vault in this cloud, which would be like {example}")]
    Address { text: String, example: String },
}

impl VaultAddress {
    pub(crate) fn read(text: &str, place: &VaultPlace) -> Result<Self, NotAVault> {
        let text = text.trim();
        let shown = || text.chars().take(120).collect::<String>();
        if !text.contains([':', '/', '.']) {
            return Self::named(text, place).ok_or_else(|| NotAVault::Name(shown()));
        }
        let foreign = || NotAVault::Address { text: shown(), example: example(place) };
        // People also copy the host alone.
        let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
        let url = url.map_err(|_| foreign())?;
        let name = match place {
            VaultPlace::Suffix(suffix) => {
                let host = url.host_str().unwrap_or_default();
                let ours = url.scheme() == "https"
                    && url.port().is_none()
                    && url.username().is_empty()
                    && url.password().is_none();
                host.strip_suffix(suffix.as_str())
                    .and_then(|rest| rest.strip_suffix('.'))
                    .filter(|_| ours)
                    .map(str::to_owned)
            }
            VaultPlace::Below(base) => url
                .as_str()
                .strip_prefix(base.as_str())
                .and_then(|rest| rest.split(['/', '?', '#']).next())
                .map(str::to_owned),
        };
        name.and_then(|name| Self::named(&name, place)).ok_or_else(foreign)
    }

    fn named(name: &str, place: &VaultPlace) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        if !is_name(&name) {
            return None;
        }
        let root = match place {
            VaultPlace::Suffix(suffix) => Url::parse(&format!("https://{name}.{suffix}/")),
            VaultPlace::Below(base) => base.join(&format!("{name}/")),
        };
        Some(Self { name, root: root.ok()? })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// `segments` are encoded, so that none of them leads anywhere else.
    pub(super) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url.set_query(Some(&format!("api-version={}", super::API_VERSION)));
        url
    }

    /// A link to the rest of a list is followed as it came, but never out of the vault: the token goes along.
    pub(super) fn next_link(&self, link: &str) -> Option<Url> {
        let url = Url::parse(link).ok()?;
        (url.origin() == self.root.origin() && url.path().starts_with(self.root.path())).then_some(url)
    }
}

impl fmt::Display for VaultAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn example(place: &VaultPlace) -> String {
    match place {
        VaultPlace::Suffix(suffix) => format!("https://contoso-apps.{suffix}"),
        VaultPlace::Below(base) => format!("{base}contoso-apps"),
    }
}

/// (<https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules>)
fn is_name(name: &str) -> bool {
    (3..=24).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !name.contains("--")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn azure() -> VaultPlace {
        VaultPlace::Suffix("vault.azure.net".into())
    }

    #[test]
    fn names_hosts_and_urls_lead_to_the_vault() {
        for text in [
            "contoso-apps",
            " Contoso-Apps ",
            "contoso-apps.vault.azure.net",
            "https://contoso-apps.vault.azure.net",
            "https://contoso-apps.vault.azure.net/certificates/payroll/9b1f21dc9cd143a698c9c9c0efe61082",
        ] {
            let vault = VaultAddress::read(text, &azure()).unwrap();
            assert_eq!(vault.name(), "contoso-apps", "{text}");
            assert_eq!(
                vault.url(&["certificates", "a/b"]).as_str(),
                "https://contoso-apps.vault.azure.net/certificates/a%2Fb?api-version=7.4"
            );
        }
    }

    #[test]
    fn nothing_else_is_sent_to() {
        for text in [
            "",
            "kv",
            "1abc",
            "a--b",
            "http://contoso-apps.vault.azure.net",
            "https://contoso-apps.vault.azure.net:8443",
            "https://contoso-apps.vault.azure.net.evil.example",
            "https://evil.example/contoso-apps.vault.azure.net",
            "https://evilvault.azure.net",
            "https://a.b.vault.azure.net",
            "https://contoso-apps@evil.example",
            "https://user:pw@contoso-apps.vault.azure.net",
            "https://contoso-apps.vault.usgovcloudapi.net",
            "http://169.254.169.254/metadata",
            "file:///etc/passwd",
            "127.0.0.1",
        ] {
            assert!(VaultAddress::read(text, &azure()).is_err(), "{text}");
        }
        let local = VaultPlace::Below(Url::parse("http://127.0.0.1:3001/_vault/").unwrap());
        for text in [
            "http://127.0.0.1:3001/v1.0/me",
            "http://127.0.0.1:3002/_vault/contoso-apps",
            "http://127.0.0.1:3001/_vault/../x",
        ] {
            assert!(VaultAddress::read(text, &local).is_err(), "{text}");
        }
        let vault = VaultAddress::read("http://127.0.0.1:3001/_vault/contoso-apps/certificates", &local).unwrap();
        assert_eq!(vault.url(&["keys"]).as_str(), "http://127.0.0.1:3001/_vault/contoso-apps/keys?api-version=7.4");
    }

    #[test]
    fn next_links_stay_in_the_vault() {
        let vault = VaultAddress::read("contoso-apps", &azure()).unwrap();
        assert!(vault.next_link("https://contoso-apps.vault.azure.net/certificates?$skiptoken=x").is_some());
        for link in ["https://other.vault.azure.net/certificates", "http://contoso-apps.vault.azure.net/x", "x"] {
            assert_eq!(vault.next_link(link), None, "{link}");
        }
    }
}
