//! The runbook's pages, by name: they are the files of `docs/runbook`, and come along in the program.

use std::str::FromStr;

macro_rules! topics {
    ($($name:literal)+) => {
        const NAMES: &[&str] = &[$($name),+];
        /// Apart from the names, which the browser's worker needs without the texts.
        const TEXTS: &[&str] = &[$(include_str!(concat!("../../../docs/runbook/", $name, ".md"))),+];
    };
}

topics! {
    "algorithm-mismatch"
    "all-agrees"
    "another-certificate-signs"
    "app-disabled"
    "assertion-expired"
    "assertion-not-yet-valid"
    "audience-mismatch"
    "base64-not-base64url"
    "certificate-outside-validity"
    "certificate-revoked"
    "claim-missing"
    "code-and-kit"
    "conditional-access"
    "consent-missing"
    "entry-expired"
    "federation-mismatch"
    "issuer-mismatch"
    "make-a-certificate"
    "malformed-assertion"
    "malformed-request"
    "no-configured-keys"
    "no-credential-sent"
    "no-service-principal"
    "no-thumbprint"
    "not-assigned"
    "not-before-missing"
    "not-enough"
    "not-registered"
    "not-yet-valid"
    "on-another-app"
    "on-service-principal-only"
    "payload-altered"
    "propagating"
    "public-client"
    "removed-lately"
    "renewed-under-same-key"
    "resource-disabled"
    "resource-not-found"
    "role-registers-nothing"
    "scope-without-default"
    "secret-expired"
    "secret-id-instead-of-value"
    "sha1-in-x5t-s256"
    "sha256-in-x5t"
    "sha256-not-looked-up"
    "signed-by-another-key"
    "subject-name-issuer-refused"
    "times-in-milliseconds"
    "tls-certificate-expired"
    "tls-certificate-mismatch"
    "trusted-subjects-register-nothing"
    "unknown-code"
    "unsupported-algorithm"
    "unsupported-key"
    "user-assertion"
    "user-sign-in"
    "wrong-client-id"
    "wrong-cloud"
    "wrong-tenant"
    "x5c-order"
    "x5t-encoded-twice"
    "x5t-hex-as-base64"
    "x5t-hex-text"
    "x5t-stray-bytes"
}

/// The list of all pages, as Markdown.
pub const INDEX: &str = include_str!("../../../docs/runbook/README.md");

/// A page of the runbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Topic(usize);

/// The runbook has no page of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the runbook has no such page")]
pub struct NoSuchTopic;

impl Topic {
    /// As in its address, and in a verdict of the doctor.
    pub fn name(self) -> &'static str {
        NAMES[self.0]
    }

    /// Markdown, beginning with its title.
    pub fn text(self) -> &'static str {
        TEXTS[self.0]
    }
}

impl FromStr for Topic {
    type Err = NoSuchTopic;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        NAMES.iter().position(|known| *known == name).map(Self).ok_or(NoSuchTopic)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn every_file_is_a_page() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/runbook");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<_> = files.filter(|name| name != "README.md").collect();
        files.sort();
        assert_eq!(NAMES.iter().map(|name| format!("{name}.md")).collect::<Vec<_>>(), files);
    }

    #[test]
    fn every_page_begins_with_its_title_and_is_in_the_list() {
        for (name, text) in NAMES.iter().zip(TEXTS) {
            assert!(text.starts_with("# "), "{name}");
            assert!(INDEX.contains(&format!("]({name}.md)")), "{name}");
        }
    }
}
