//! What rules and teams look at in an app.

use crate::ids::{AppId, ObjectId};
use serde::{Deserialize, Serialize};

/// What a rule looks at in an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppFacts {
    /// Object id.
    pub id: ObjectId,
    /// Client id.
    pub app_id: AppId,
    /// `displayName`
    pub name: String,
    /// `tags`; `None` where they were not read.
    pub tags: Option<Vec<String>>,
    /// `signInAudience`; `None` where it was not read, or the app has none.
    pub audience: Option<String>,
}

/// A name with `*` for any text. Case does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NamePattern(String);

impl NamePattern {
    /// The pattern's own text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In lower case, for SQL's `LIKE` with `\` before what is meant as it stands. The text that it is held against is in
    /// lower case, too.
    pub fn to_like(&self) -> String {
        let escaped = self.0.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        escaped.replace('*', "%")
    }

    /// The name has this shape, from its first to its last character.
    pub fn matches(&self, name: &str) -> bool {
        let (pattern, name) = (self.0.to_lowercase(), name.to_lowercase());
        let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
        let Some(mut left) = name.strip_prefix(first) else { return false };
        let mut parts: Vec<&str> = rest.split('*').collect();
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            let Some(at) = left.find(part) else { return false };
            left = &left[at + part.len()..];
        }
        left.ends_with(last)
    }
}

impl From<&str> for NamePattern {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_whole_names() {
        for (pattern, name, fits) in [
            ("payroll-*", "Payroll-batch", true),
            ("payroll-*", "payroll", false),
            ("*-prod", "payroll-prod", true),
            ("*-prod", "payroll-prod-2", false),
            ("pay*batch*prod", "payroll-batch-eu-prod", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("payroll", "payroll", true),
            ("payroll", "payroll2", false),
            ("*", "", true),
        ] {
            assert_eq!(NamePattern::from(pattern).matches(name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn for_sql_only_the_star_means_more_than_itself() {
        assert_eq!(NamePattern::from("Pay_*100%\\x").to_like(), "pay\\_%100\\%\\\\x");
    }
}
