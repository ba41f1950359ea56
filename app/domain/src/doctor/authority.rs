//! Where an app signs in, and the Graph that its tokens are for: those of one of Microsoft's clouds, or of any other place
//! that a portal is set to.

use super::cloud::Cloud;
use serde::{Deserialize, Serialize};

/// Two origins. They go into code and commands, so that nothing else is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// `https://login.microsoftonline.com`
    origin: String,
    /// `https://graph.microsoft.com`
    graph_root: String,
}

/// Why a text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not an origin such as https://login.microsoftonline.com")]
pub struct AuthorityError {
    /// As it was given.
    pub text: String,
}

impl Authority {
    /// A cloud of Microsoft's.
    pub fn of(cloud: Cloud) -> Self {
        Self { origin: format!("https://{}", cloud.login_host()), graph_root: cloud.graph_root().into() }
    }

    /// Each: scheme, host name and perhaps a port; a slash at the end is left out.
    pub fn new(origin: &str, graph_root: &str) -> Result<Self, AuthorityError> {
        Ok(Self { origin: checked(origin)?, graph_root: checked(graph_root)? })
    }

    /// Of the sign-in service, such as `https://login.microsoftonline.com`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Of Graph, without a version, such as `https://graph.microsoft.com`.
    pub fn graph_root(&self) -> &str {
        &self.graph_root
    }

    /// With its port, where that is written.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// A host that Microsoft's libraries know. Of others they first ask Microsoft, unless told not to.
    pub fn is_microsofts(&self) -> bool {
        Cloud::of_host(self.host()).is_some()
    }
}

fn checked(text: &str) -> Result<String, AuthorityError> {
    let origin = text.trim().trim_end_matches('/');
    let known = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let good = known.is_some_and(|host| {
        let (name, port) = host.split_once(':').unwrap_or((host, "443"));
        is_name(name) && (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
    });
    if good { Ok(origin.to_owned()) } else { Err(AuthorityError { text: text.chars().take(80).collect() }) }
}

/// A host name, or a tenant's GUID or domain.
pub(super) fn is_name(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_origins_is_taken() {
        let graph = "https://graph.microsoft.us";
        let local = Authority::new("http://127.0.0.1:3001/", graph).expect("an origin");
        assert_eq!(
            (local.origin(), local.host(), local.is_microsofts()),
            ("http://127.0.0.1:3001", "127.0.0.1:3001", false)
        );
        for text in
            ["", "login.microsoftonline.com", "https://a b", "https://x:y", "https://x/y", "https://x$(id)", "ftp://x"]
        {
            assert!(Authority::new(text, graph).is_err() && Authority::new(graph, text).is_err(), "{text}");
        }
        for cloud in [Cloud::Global, Cloud::UsGovernment, Cloud::China] {
            let known = Authority::of(cloud);
            assert!(known.is_microsofts());
            assert_eq!(Authority::new(known.origin(), known.graph_root()), Ok(known.clone()));
        }
    }
}
