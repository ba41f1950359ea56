//! Scopes of role assignments: a subscription, or anything below it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longest scope taken, in bytes.
const LONGEST: usize = 1_000;

/// `/subscriptions/{id}`, and what may follow: a resource group, a resource. Without regard to case, as Azure compares them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scope(String);

impl Scope {
    /// All of a subscription.
    pub(crate) fn subscription(id: Uuid) -> Self {
        Self(format!("/subscriptions/{id}"))
    }

    /// `None` where it is not below that subscription, or no scope.
    pub(crate) fn parse(text: &str, subscription: Uuid) -> Option<Self> {
        let scope = Self(format!("/{}", text.trim_matches('/')));
        let whole = scope.0.len() <= LONGEST && scope.0[1..].split('/').all(|segment| !segment.is_empty());
        (whole && Self::subscription(subscription).covers(&scope)).then_some(scope)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what is assigned at this scope counts at the other one.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let (own, other) = (self.0.to_ascii_lowercase(), other.0.to_ascii_lowercase());
        other.strip_prefix(&own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_scope_covers_itself_and_what_is_below_it() {
        let id = Uuid::from_u128(7);
        let parse = |rest: &str| Scope::parse(&format!("/subscriptions/{id}{rest}"), id);
        let (all, group) = (parse("").unwrap(), parse("/resourceGroups/Apps").unwrap());
        let vault = parse("/resourcegroups/apps/providers/Microsoft.KeyVault/vaults/one/").unwrap();
        assert!(all.covers(&group) && all.covers(&vault) && group.covers(&vault) && group.covers(&group));
        assert!(!group.covers(&all) && !vault.covers(&group));
        assert!(!group.covers(&parse("/resourceGroups/AppsToo").unwrap()));
        assert_eq!(parse("//resourceGroups"), None);
        assert_eq!(Scope::parse("/", id), None);
        assert_eq!(Scope::parse(&format!("/subscriptions/{}", Uuid::from_u128(8)), id), None);
    }
}
