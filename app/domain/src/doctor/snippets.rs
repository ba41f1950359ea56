//! Code that signs in with the right certificate, for the libraries that people use. Each program first checks that the
//! certificate it has loaded is the registered one.

use super::cloud::Cloud;
use crate::ids::AppId;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};

/// The app that signs in, where, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    app_id: AppId,
    tenant: String,
    host: String,
    graph_root: String,
    sha1: Thumbprint,
    sha256: Sha256Thumbprint,
}

/// The tenant cannot stand in an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is neither a tenant id nor a domain")]
pub struct TenantError {
    pub text: String,
}

/// What cannot be put into a command as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a host name with an optional port")]
pub struct HostError {
    pub text: String,
}

impl Target {
    /// `tenant`: a GUID or a domain; it goes into code and commands, so nothing else is taken.
    pub fn new(
        app_id: AppId,
        tenant: &str,
        cloud: Cloud,
        sha1: Thumbprint,
        sha256: Sha256Thumbprint,
    ) -> Result<Self, TenantError> {
        let tenant = tenant.trim().to_ascii_lowercase();
        if !is_name(&tenant) {
            return Err(TenantError { text: tenant.chars().take(80).collect() });
        }
        Ok(Self {
            app_id,
            tenant,
            host: cloud.login_host().into(),
            graph_root: cloud.graph_root().into(),
            sha1,
            sha256,
        })
    }

    /// Another sign-in host than the cloud's own, such as `localhost:8443` of a local tenant.
    pub fn at_host(mut self, host: &str) -> Result<Self, HostError> {
        let (name, port) = host.split_once(':').unwrap_or((host, "443"));
        if !is_name(name) || port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(HostError { text: host.chars().take(80).collect() });
        }
        host.clone_into(&mut self.host);
        Ok(self)
    }

    pub(super) fn fill(&self, template: &str) -> String {
        template
            .replace("{app_id}", &self.app_id.to_string())
            .replace("{tenant}", &self.tenant)
            .replace("{host}", &self.host)
            .replace("{scope}", &format!("{}/.default", self.graph_root))
            .replace("{sha1}", &self.sha1.hex())
            .replace("{sha256}", &self.sha256.hex())
    }
}

fn is_name(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    CSharp,
    Python,
    Java,
    JavaScript,
    Go,
    Bash,
}

impl Language {
    pub const ALL: [Self; 6] = [Self::CSharp, Self::Python, Self::Java, Self::JavaScript, Self::Go, Self::Bash];

    pub fn name(self) -> &'static str {
        match self {
            Self::CSharp => ".NET",
            Self::Python => "Python",
            Self::Java => "Java",
            Self::JavaScript => "JavaScript",
            Self::Go => "Go",
            Self::Bash => "openssl and curl",
        }
    }

    pub fn file_name(self) -> &'static str {
        match self {
            Self::CSharp => "Program.cs",
            Self::Python => "sign_in.py",
            Self::Java => "Msal.java",
            Self::JavaScript => "sign-in.mjs",
            Self::Go => "main.go",
            Self::Bash => "sign-in.sh",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::CSharp => include_str!("snippets/msal.cs"),
            Self::Python => include_str!("snippets/msal.py"),
            Self::Java => include_str!("snippets/Msal.java"),
            Self::JavaScript => include_str!("snippets/msal.mjs"),
            Self::Go => include_str!("snippets/msal.go"),
            Self::Bash => include_str!("snippets/assertion.sh"),
        }
    }
}

/// A whole program.
pub fn snippet(language: Language, target: &Target) -> String {
    target.fill(language.template())
}
