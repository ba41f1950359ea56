//! Which changes need approval, and whose. Rules are read from the configuration.

use super::{AutomaticTerms, Need};
use crate::app_selector::{AppFacts, AppSelector, NamePattern};
use crate::ids::ObjectId;
use crate::rollout::PushMode;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Approvals that one rule may ask for.
const MOST_APPROVALS: u8 = 10;
/// After which somebody else may be asked: 30 days.
const MOST_HOURS: u16 = 720;
/// Of a rule's name.
const LONGEST_NAME: usize = 60;

/// Who may approve: `admins`, a person's object id, or `group:` and the object id of a group in Entra.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approver {
    /// Whoever has the portal's role for administrators.
    Admins,
    /// One person.
    Person(ObjectId),
    /// Every member of the group, by way of other groups, too.
    Group(ObjectId),
}

/// As what somebody approves, beside as themselves. Groups that could not be read are none: nobody approves by them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capacity<'g> {
    /// They have the portal's role for administrators.
    pub admin: bool,
    /// Object ids of groups that they are in.
    pub groups: &'g [ObjectId],
}

/// Somebody who is in no group that counts. `admin`: they have the portal's role for administrators.
impl From<bool> for Capacity<'_> {
    fn from(admin: bool) -> Self {
        Self { admin, groups: &[] }
    }
}

impl Approver {
    /// Whether the person is one of them.
    pub fn is(&self, person: ObjectId, capacity: Capacity<'_>) -> bool {
        match self {
            Self::Admins => capacity.admin,
            Self::Person(id) => *id == person,
            Self::Group(id) => capacity.groups.contains(id),
        }
    }

    /// Of a group.
    pub fn group(&self) -> Option<ObjectId> {
        match self {
            Self::Group(id) => Some(*id),
            Self::Admins | Self::Person(_) => None,
        }
    }
}

impl fmt::Display for Approver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Admins => f.write_str("admins"),
            Self::Person(id) => id.fmt(f),
            Self::Group(id) => write!(f, "group:{id}"),
        }
    }
}

impl FromStr for Approver {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        if text == "admins" {
            return Ok(Self::Admins);
        }
        let read = match text.strip_prefix("group:") {
            Some(id) => id.parse().map(Self::Group),
            None => text.parse().map(Self::Person),
        };
        read.map_err(|_| RuleError::Approver(text.chars().take(80).collect()))
    }
}

impl Serialize for Approver {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Approver {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Neither `admins`, nor a GUID, nor `group:` and one.
    #[error("“{0}” is neither admins, nor a person's object id, nor group: and a group's object id")]
    Approver(String),
    /// Its name is empty or long.
    #[error("a rule's name has 1 to {LONGEST_NAME} characters")]
    Name,
    /// Two have this one.
    #[error("two rules are called “{0}”")]
    TwiceNamed(String),
    /// None, or more than makes sense.
    #[error("rule “{0}” asks for no approval, or for more than {MOST_APPROVALS}")]
    Approvals(String),
    /// An order of more approvals than there are approvers.
    #[error("rule “{0}” has an order of fewer approvers than it asks for approvals")]
    Order(String),
    /// Somebody to fall back to without a time, a time without somebody, or a time that makes no sense.
    #[error("rule “{0}” needs both, fallback and fallback_after_hours of 1 to {MOST_HOURS}, or neither")]
    Fallback(String),
    /// Automatic without a term would be no approval at all.
    #[error("rule “{0}” is automatic without a term")]
    NoTerms(String),
    /// Nobody could ever fulfil it.
    #[error("rule “{rule}” asks for {approvals} approvals and names {people} people who may approve")]
    TooFewApprovers {
        /// Its name.
        rule: String,
        /// That it asks for.
        approvals: u8,
        /// That it names.
        people: usize,
    },
}

fn one() -> u8 {
    1
}

pub(super) fn admins() -> Vec<Approver> {
    vec![Approver::Admins]
}

/// A change of an app needs approval where all that the rule says about the change, the app and the person is so. A list
/// that is empty says nothing; of one that is not, one line is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// For people.
    pub name: String,
    /// Object ids or client ids.
    #[serde(default)]
    pub apps: Vec<Uuid>,
    /// Of apps.
    #[serde(default)]
    pub names: Vec<NamePattern>,
    /// `tags` of the app registration.
    #[serde(default)]
    pub tags: Vec<String>,
    /// `signInAudience`, such as `AzureADMultipleOrgs`.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// What the push does.
    #[serde(default)]
    pub kinds: Vec<PushMode>,
    /// Who asks or pushes.
    #[serde(default)]
    pub people: Vec<ObjectId>,
    /// How many different people have to approve.
    #[serde(default = "one")]
    pub approvals: u8,
    /// Which.
    #[serde(default = "admins")]
    pub approvers: Vec<Approver>,
    /// Who asks may approve it, too.
    #[serde(default)]
    pub own: bool,
    /// The approvers approve one after the other, in the order of the list.
    #[serde(default)]
    pub ordered: bool,
    /// Who may approve as well, once it has waited for so many hours.
    #[serde(default)]
    pub fallback: Vec<Approver>,
    /// After which `fallback` is asked.
    #[serde(default)]
    pub fallback_after_hours: Option<u16>,
    /// Where all of this is so, nobody has to approve. It is not carried out by that.
    #[serde(default)]
    pub automatic: Option<AutomaticTerms>,
}

/// Whether a rule applies, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// With what about the change fits; empty where the rule applies to every change.
    Applies(Vec<String>),
    /// With the first thing that does not fit.
    Not(String),
}

impl ApprovalRule {
    /// What is wrong with rules, taken together.
    pub fn check(rules: &[Self]) -> Result<(), RuleError> {
        for (at, rule) in rules.iter().enumerate() {
            if rule.name.trim().is_empty() || rule.name.chars().count() > LONGEST_NAME {
                return Err(RuleError::Name);
            }
            if rules[..at].iter().any(|other| other.name == rule.name) {
                return Err(RuleError::TwiceNamed(rule.name.clone()));
            }
            if !(1..=MOST_APPROVALS).contains(&rule.approvals) {
                return Err(RuleError::Approvals(rule.name.clone()));
            }
            let mut people: Vec<ObjectId> = vec![];
            // How many are in a group is not known.
            let mut any = false;
            for approver in &rule.approvers {
                match approver {
                    Approver::Admins | Approver::Group(_) => any = true,
                    Approver::Person(id) if !people.contains(id) => people.push(*id),
                    Approver::Person(_) => {}
                }
            }
            if rule.ordered && rule.approvers.len() < rule.approvals.into() {
                return Err(RuleError::Order(rule.name.clone()));
            }
            let hours = rule.fallback_after_hours.map_or(rule.fallback.is_empty(), |hours| {
                !rule.fallback.is_empty() && (1..=MOST_HOURS).contains(&hours)
            });
            if !hours {
                return Err(RuleError::Fallback(rule.name.clone()));
            }
            if rule.automatic == Some(AutomaticTerms::default()) {
                return Err(RuleError::NoTerms(rule.name.clone()));
            }
            if !any && people.len() < rule.approvals.into() {
                let (rule, approvals) = (rule.name.clone(), rule.approvals);
                return Err(RuleError::TooFewApprovers { rule, approvals, people: people.len() });
            }
        }
        Ok(())
    }

    /// Groups in Entra whose members may approve.
    pub fn groups(&self) -> impl Iterator<Item = ObjectId> {
        self.approvers.iter().chain(&self.fallback).filter_map(Approver::group)
    }

    /// It looks at what only a read of the app shows.
    pub fn looks_into_apps(&self) -> bool {
        !self.tags.is_empty() || !self.audiences.is_empty()
    }

    fn selector(&self) -> AppSelector<'_> {
        let Self { apps, names, tags, .. } = self;
        AppSelector { ids: apps.into(), names: names.into(), tags: tags.into(), ..AppSelector::default() }
    }

    /// What is not known of an app counts as fitting: in doubt a person looks.
    pub fn applies(&self, app: &AppFacts, mode: PushMode, person: ObjectId) -> Applied {
        let lines = self.selector();
        let tag = match &app.tags {
            None => Some("the app's tags are not known".to_owned()),
            Some(_) => lines.tag_of(app).map(|tag| format!("the app has the tag {tag}")),
        };
        let audience = match &app.audience {
            None => Some("the app's audience is not known".to_owned()),
            Some(audience) => self.audiences.contains(audience).then(|| format!("the app is open to {audience}")),
        };
        let name = lines.pattern_of(app).map(|name| format!("the app's name is like {}", name.as_str()));
        let id = lines.names_id(app).then(|| "it names the app".to_owned());
        let kind = self.kinds.contains(&mode).then(|| format!("it is about changes of the kind {mode}"));
        let named = self.people.contains(&person).then(|| "it names the person".to_owned());
        let all = [
            (self.apps.is_empty(), id, "it is about other apps"),
            (self.names.is_empty(), name, "the app's name is another"),
            (self.tags.is_empty(), tag, "the app has none of its tags"),
            (self.audiences.is_empty(), audience, "the app is open to others"),
            (self.kinds.is_empty(), kind, "it is about other kinds of change"),
            (self.people.is_empty(), named, "it is about other people"),
        ];
        let mut why = vec![];
        for (_, fits, not) in all.into_iter().filter(|(says_nothing, ..)| !says_nothing) {
            match fits {
                Some(fits) => why.push(fits),
                None => return Applied::Not(not.to_owned()),
            }
        }
        Applied::Applies(why)
    }

    /// What it asks for, before its terms are looked at.
    pub fn need(&self) -> Need {
        Need {
            rule: Some(self.name.clone()),
            approvals: self.approvals,
            approvers: self.approvers.clone(),
            own: self.own,
            ordered: self.ordered,
            fallback: self.fallback.clone(),
            fallback_after_hours: self.fallback_after_hours,
            automatic: false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::ids::AppId;
    use crate::requests::demands;
    use serde_json::json;

    const ASKER: ObjectId = ObjectId::new(Uuid::from_u128(1));
    const OTHER: ObjectId = ObjectId::new(Uuid::from_u128(2));

    fn rule(value: serde_json::Value) -> ApprovalRule {
        serde_json::from_value(value).unwrap()
    }

    fn app(name: &str) -> AppFacts {
        AppFacts {
            id: ObjectId::new(Uuid::from_u128(10)),
            app_id: Some(AppId::new(Uuid::from_u128(11))),
            name: name.into(),
            tags: Some(vec!["tier0".into()]),
            audience: Some("AzureADMyOrg".into()),
            ownerless: None,
            departments: vec![],
        }
    }

    #[test]
    fn all_that_a_rule_says_has_to_fit() {
        let of = |value: serde_json::Value| match rule(value).applies(&app("payroll-batch"), PushMode::Append, ASKER) {
            Applied::Applies(why) => why.join("; "),
            Applied::Not(why) => format!("not: {why}"),
        };
        assert_eq!(of(json!({"name": "all"})), "");
        assert_eq!(of(json!({"name": "r", "names": ["payroll-*"]})), "the app's name is like payroll-*");
        assert_eq!(of(json!({"name": "r", "names": ["hr-*"]})), "not: the app's name is another");
        assert_eq!(
            of(json!({"name": "r", "tags": ["tier0"], "kinds": ["append"]})),
            "the app has the tag tier0; it is about changes of the kind append"
        );
        assert_eq!(
            of(json!({"name": "r", "tags": ["tier0"], "kinds": ["retire"]})),
            "not: it is about other kinds of change"
        );
        assert_eq!(of(json!({"name": "r", "audiences": ["AzureADMultipleOrgs"]})), "not: the app is open to others");
        assert_eq!(of(json!({"name": "r", "people": [OTHER]})), "not: it is about other people");
        assert_eq!(of(json!({"name": "r", "apps": [Uuid::from_u128(11)]})), "it names the app");
    }

    #[test]
    fn what_is_not_known_fits() {
        let unread = AppFacts { tags: None, audience: None, ..app("a") };
        let rule = rule(json!({"name": "r", "tags": ["x"], "audiences": ["y"]}));
        assert!(matches!(rule.applies(&unread, PushMode::Append, ASKER), Applied::Applies(_)));
    }

    #[test]
    fn each_rule_asks_once_for_however_many_apps() {
        let rules = [rule(json!({"name": "all"})), rule(json!({"name": "hr", "names": ["hr-*"], "approvals": 2}))];
        let rules_of = |names: &[&str]| {
            let apps: Vec<_> = names.iter().map(|name| app(name)).collect();
            let needs = demands(&rules, &apps, PushMode::Append, ASKER);
            needs.into_iter().map(|need| need.rule.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(rules_of(&["a", "b"]), ["all"]);
        assert_eq!(rules_of(&["a", "hr-1", "hr-2"]), ["all", "hr"]);
        assert!(demands(&[], &[app("a")], PushMode::Append, ASKER).is_empty());
    }

    #[test]
    fn what_is_wrong_with_rules_is_said() {
        let check =
            |rules: &[serde_json::Value]| ApprovalRule::check(&rules.iter().cloned().map(rule).collect::<Vec<_>>());
        assert_eq!(check(&[json!({"name": "a"}), json!({"name": "b"})]), Ok(()));
        assert_eq!(check(&[json!({"name": " "})]), Err(RuleError::Name));
        assert_eq!(check(&[json!({"name": "a"}), json!({"name": "a"})]), Err(RuleError::TwiceNamed("a".into())));
        assert_eq!(check(&[json!({"name": "a", "approvals": 0})]), Err(RuleError::Approvals("a".into())));
        let few = json!({"name": "a", "approvals": 2, "approvers": [OTHER, OTHER]});
        assert_eq!(check(&[few]), Err(RuleError::TooFewApprovers { rule: "a".into(), approvals: 2, people: 1 }));
        let order = json!({"name": "a", "approvals": 2, "ordered": true});
        assert_eq!(check(&[order]), Err(RuleError::Order("a".into())));
        for (rule, well) in [
            (json!({"name": "a", "fallback": ["admins"], "fallback_after_hours": 48}), true),
            (json!({"name": "a", "fallback": ["admins"]}), false),
            (json!({"name": "a", "fallback_after_hours": 48}), false),
            (json!({"name": "a", "fallback": ["admins"], "fallback_after_hours": 0}), false),
        ] {
            let expected = if well { Ok(()) } else { Err(RuleError::Fallback("a".into())) };
            assert_eq!(check(std::slice::from_ref(&rule)), expected, "{rule}");
        }
        assert_eq!(check(&[json!({"name": "a", "automatic": {}})]), Err(RuleError::NoTerms("a".into())));
        assert_eq!(check(&[json!({"name": "a", "automatic": {"proven": true}})]), Ok(()));
        for wrong in ["everybody", "group:", "group:everybody", "Group:x"] {
            assert!(serde_json::from_value::<ApprovalRule>(json!({"name": "a", "approvers": [wrong]})).is_err());
        }
        let group = format!("group:{OTHER}");
        let many = rule(json!({"name": "a", "approvals": 2, "approvers": [group]}));
        assert_eq!(ApprovalRule::check(std::slice::from_ref(&many)), Ok(()), "how many are in it is not known");
        assert_eq!((many.groups().collect::<Vec<_>>(), many.approvers[0].to_string()), (vec![OTHER], group));
        assert!(
            serde_json::from_value::<ApprovalRule>(json!({"name": "a", "tag": ["x"]})).is_err(),
            "a slip of the pen"
        );
    }
}
