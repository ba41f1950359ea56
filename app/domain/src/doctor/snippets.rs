//! Code that signs in with the right certificate, for the libraries that people use. Each program first checks that the
//! certificate it has loaded is the registered one.

use super::authority::{Authority, is_name};
use crate::ids::AppId;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde::{Deserialize, Serialize};

/// The app that signs in, where, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    app_id: AppId,
    tenant: String,
    authority: Authority,
    sha1: Thumbprint,
    sha256: Sha256Thumbprint,
}

/// The tenant cannot stand in an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is neither a tenant id nor a domain")]
pub struct TenantError {
    /// As it was given.
    pub text: String,
}

impl Target {
    /// `tenant`: a GUID or a domain; it goes into code and commands, so nothing else is taken.
    pub fn new(
        app_id: AppId,
        tenant: &str,
        authority: Authority,
        sha1: Thumbprint,
        sha256: Sha256Thumbprint,
    ) -> Result<Self, TenantError> {
        let tenant = tenant.trim().to_ascii_lowercase();
        if !is_name(&tenant) {
            return Err(TenantError { text: tenant.chars().take(80).collect() });
        }
        Ok(Self { app_id, tenant, authority, sha1, sha256 })
    }

    /// The same elsewhere.
    #[must_use]
    pub fn at(self, authority: Authority) -> Self {
        Self { authority, ..self }
    }

    pub(super) fn fill(&self, template: &str) -> String {
        template
            .replace("{common}", include_str!("snippets/common.sh").trim_end())
            .replace("{app_id}", &self.app_id.to_string())
            .replace("{tenant}", &self.tenant)
            .replace("{authority}", self.authority.origin())
            .replace("{host}", self.authority.host())
            .replace("{scope}", &format!("{}/.default", self.authority.graph_root()))
            .replace("{sha1}", &self.sha1.hex())
            .replace("{sha256}", &self.sha256.hex())
    }
}

/// A program is offered in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// MSAL for .NET.
    CSharp,
    /// MSAL for Python.
    Python,
    /// MSAL4J.
    Java,
    /// MSAL for Node.js.
    JavaScript,
    /// MSAL for Go.
    Go,
    /// openssl and curl.
    Bash,
}

impl Language {
    /// In the order of the tabs.
    pub const ALL: [Self; 6] = [Self::CSharp, Self::Python, Self::Java, Self::JavaScript, Self::Go, Self::Bash];

    /// As the tab says it.
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

    /// Of the file to put it into.
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

    /// What makes the library take a host that is not Microsoft's, in place of `{elsewhere}`.
    fn elsewhere(self) -> &'static str {
        match self {
            Self::CSharp => "\n    // This host is not one of Microsoft's.\n    .WithInstanceDiscovery(false)",
            Self::Python => "\n    # This host is not one of Microsoft's.\n    instance_discovery=False,",
            Self::Java => {
                "\n            // This host is not one of Microsoft's.\n            .instanceDiscovery(false)"
            }
            Self::JavaScript => "\n    // This host is not one of Microsoft's.\n    knownAuthorities: [\"{host}\"],",
            Self::Go => ",\n\t\t// This host is not one of Microsoft's.\n\t\tconfidential.WithInstanceDiscovery(false)",
            Self::Bash => "",
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
    let elsewhere = if target.authority.is_microsofts() { "" } else { language.elsewhere() };
    target.fill(&language.template().replace("{elsewhere}", elsewhere))
}
