//! Which apps somebody means: a team those that it looks after, a rule those that it is about.

use crate::department::Department;
use crate::ids::{AppId, ObjectId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// What is looked at in an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppFacts {
    /// Object id.
    pub id: ObjectId,
    /// Client id; `None` where it was not read.
    pub app_id: Option<AppId>,
    /// `displayName`
    pub name: String,
    /// `tags`; `None` where they were not read.
    pub tags: Option<Vec<String>>,
    /// `signInAudience`; `None` where it was not read, or the app has none.
    pub audience: Option<String>,
    /// Nobody owns it who counts; `None` where the owners were not read.
    pub ownerless: Option<bool>,
    /// Of its owners, as far as they are known.
    pub departments: Vec<Department>,
}

/// Lines that mean apps. A team has an app where one line fits; a rule says whether each of its lists has to have one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct AppSelector<'a> {
    /// Object ids or client ids.
    pub ids: Cow<'a, [Uuid]>,
    /// Of apps.
    pub names: Cow<'a, [NamePattern]>,
    /// `tags` of the app registration.
    pub tags: Cow<'a, [String]>,
    /// App registrations that nobody owns who counts.
    pub ownerless: bool,
    /// Of an owner.
    pub departments: Cow<'a, [Department]>,
}

impl AppSelector<'_> {
    /// It means no app.
    pub fn is_empty(&self) -> bool {
        let Self { ids, names, tags, ownerless, departments } = self;
        ids.is_empty() && names.is_empty() && tags.is_empty() && !ownerless && departments.is_empty()
    }

    /// It names the app by an id.
    pub fn names_id(&self, app: &AppFacts) -> bool {
        self.ids.iter().any(|id| *id == app.id.uuid() || app.app_id.is_some_and(|app_id| *id == app_id.uuid()))
    }

    /// The first pattern that the app's name has.
    pub fn pattern_of(&self, app: &AppFacts) -> Option<&NamePattern> {
        self.names.iter().find(|name| name.matches(&app.name))
    }

    /// The first of its tags that the app has, as far as the app's are known.
    pub fn tag_of(&self, app: &AppFacts) -> Option<&str> {
        let tags = app.tags.as_deref().unwrap_or_default();
        self.tags.iter().find(|tag| tags.contains(tag)).map(String::as_str)
    }

    /// An owner of the app is of one of its departments, as far as theirs are known.
    pub fn has_owner_of(&self, app: &AppFacts) -> bool {
        self.departments.iter().any(|wanted| app.departments.iter().any(|known| known.is(wanted)))
    }

    /// One line fits. What is not known of the app fits nothing.
    pub fn has(&self, app: &AppFacts) -> bool {
        self.names_id(app)
            || self.pattern_of(app).is_some()
            || self.tag_of(app).is_some()
            || (self.ownerless && app.ownerless == Some(true))
            || self.has_owner_of(app)
    }

    /// What these mean, together.
    pub fn together<'a>(all: impl IntoIterator<Item = AppSelector<'a>>) -> AppSelector<'static> {
        let mut together = AppSelector::default();
        for one in all {
            together.ids.to_mut().extend_from_slice(&one.ids);
            together.names.to_mut().extend_from_slice(&one.names);
            together.tags.to_mut().extend_from_slice(&one.tags);
            together.ownerless |= one.ownerless;
            together.departments.to_mut().extend_from_slice(&one.departments);
        }
        together
    }
}

/// A name with `*` for any text. Case does not count.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

    fn departments(names: &[&str]) -> Vec<Department> {
        names.iter().flat_map(|name| name.parse()).collect()
    }

    #[test]
    fn one_line_is_enough_and_what_is_not_known_is_none() {
        let app = AppFacts {
            id: ObjectId::new(Uuid::from_u128(1)),
            app_id: Some(AppId::new(Uuid::from_u128(2))),
            name: "Payroll".into(),
            tags: Some(vec!["tier0".into()]),
            audience: None,
            ownerless: Some(true),
            departments: departments(&["Finance"]),
        };
        let none = AppSelector::default;
        let ids = |id| AppSelector { ids: vec![Uuid::from_u128(id)].into(), ..none() };
        let names = |name: &str| AppSelector { names: vec![name.into()].into(), ..none() };
        let tags = |tag: &str| AppSelector { tags: vec![tag.to_owned()].into(), ..none() };
        let ownerless = AppSelector { ownerless: true, ..none() };
        let of = |name: &str| AppSelector { departments: departments(&[name]).into(), ..none() };
        for fits in [ids(1), ids(2), names("pay*"), tags("tier0"), ownerless.clone(), of("finance")] {
            assert!(fits.has(&app), "{fits:?}");
            assert!(AppSelector::together([ids(9), fits.clone()]).has(&app), "{fits:?}");
        }
        for other in [none(), ids(3), names("pay"), tags("tier"), of("Finance EU")] {
            assert!(!other.has(&app), "{other:?}");
        }
        let unread = AppFacts { tags: None, ownerless: None, departments: vec![], ..app };
        assert!(!tags("tier0").has(&unread) && !ownerless.has(&unread) && ids(1).has(&unread));
        assert!(!of("Finance").has(&unread));
        assert!(none().is_empty() && !ownerless.is_empty() && !of("Finance").is_empty());
    }

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
