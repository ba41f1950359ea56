//! Federated identity credentials: whose tokens stand for a credential. They never end
//! (<https://learn.microsoft.com/graph/api/resources/federatedidentitycredential>).

use super::entries::Entries;
use super::wire;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who issues the tokens of GitHub Actions.
pub const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// `name`, unique in the app.
    pub name: String,
    /// Whose tokens are taken.
    pub issuer: String,
    /// For whom they have to be. Absent where a pattern stands in its place (beta: `claimsMatchingExpression`).
    pub subject: Option<String>,
    /// For whom the token says that it is.
    pub audiences: Vec<String>,
}

impl Trust {
    /// A repository is named in it by name alone: whoever gets that name after it was renamed or deleted is trusted, too.
    /// Since July 2026 GitHub has subjects with ids beside the names
    /// (<https://learn.microsoft.com/entra/workload-id/workload-identities-github-immutable-subjects>).
    pub fn is_inherited_with_a_name(&self) -> bool {
        self.issuer.trim_end_matches('/').eq_ignore_ascii_case(GITHUB_ISSUER)
            && self.subject.as_deref().and_then(|subject| subject.strip_prefix("repo:")).is_some_and(|rest| {
                let repository = rest.split(':').next().unwrap_or_default();
                !repository.split('/').all(|part| part.contains('@'))
            })
    }

    /// `value`: the list of an app's `federatedIdentityCredentials`.
    pub fn all_from_graph(value: &Value) -> Entries<Self> {
        wire::entries(Some(value), "federatedIdentityCredentials", |_, value| trust(value))
    }
}

fn trust(value: &Value) -> Result<Trust, String> {
    let object = wire::object(value, "a federated credential")?;
    let needed = |property: &'static str| {
        wire::text(object, property)?
            .map(str::to_owned)
            .ok_or_else(|| format!("a federated credential has no {property}"))
    };
    Ok(Trust {
        name: needed("name")?,
        issuer: needed("issuer")?,
        subject: wire::text(object, "subject")?.map(str::to_owned),
        audiences: wire::texts(object, "audiences")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn risk(issuer: &str, subject: &str) -> bool {
        let (name, issuer) = ("ci".to_owned(), issuer.to_owned());
        Trust { name, issuer, subject: Some(subject.to_owned()), audiences: vec![] }.is_inherited_with_a_name()
    }

    #[test]
    fn a_repository_without_its_id_can_be_inherited() {
        assert!(risk(GITHUB_ISSUER, "repo:contoso/payroll:ref:refs/heads/main"));
        assert!(risk(GITHUB_ISSUER, "repo:contoso@12/payroll:environment:prod"), "half of it has an id");
        assert!(!risk(GITHUB_ISSUER, "repo:contoso@12/payroll@34:ref:refs/heads/main"));
        assert!(!risk("https://gitlab.com", "repo:contoso/payroll:ref:refs/heads/main"));
        assert!(!risk(GITHUB_ISSUER, "system:serviceaccount:payroll:default"));
    }
}
