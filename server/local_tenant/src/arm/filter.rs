//! `$filter` of role definitions and role assignments.

use uuid::Uuid;

/// Every condition must hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// What counts at the scope, and nothing of what is below it.
    pub(super) at_scope: bool,
    pub(super) principal: Option<Uuid>,
    pub(super) role_name: Option<String>,
}

impl Filter {
    /// `None` where it has a condition of another kind.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut filter = Self::default();
        for condition in text.split(" and ").map(str::trim).filter(|condition| !condition.is_empty()) {
            let quoted = |before: &str, after: &str| {
                let rest = condition.strip_prefix(before)?.strip_suffix(after)?;
                Some(rest.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"))
            };
            if condition.eq_ignore_ascii_case("atScope()") {
                filter.at_scope = true;
            } else if let Some(id) = quoted("principalId eq ", "").or_else(|| quoted("assignedTo(", ")")) {
                filter.principal = Some(Uuid::parse_str(&id).ok()?);
            } else {
                filter.role_name = Some(quoted("roleName eq ", "")?);
            }
        }
        Some(filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_and_others_are_not() {
        let id = Uuid::from_u128(7);
        let both = Filter::parse(&format!("atScope() and principalId eq '{id}'"));
        assert_eq!(both, Some(Filter { at_scope: true, principal: Some(id), role_name: None }));
        let named = Filter::parse("roleName eq 'Key Vault Reader'");
        assert_eq!(named.and_then(|filter| filter.role_name).as_deref(), Some("Key Vault Reader"));
        assert_eq!(Filter::parse(&format!("assignedTo('{id}')")).and_then(|filter| filter.principal), Some(id));
        assert_eq!(Filter::parse(""), Some(Filter::default()));
        for other in ["type eq 'CustomRole'", "principalId eq '7'", "roleName eq Reader"] {
            assert_eq!(Filter::parse(other), None, "{other}");
        }
    }
}
