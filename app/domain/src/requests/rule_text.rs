//! A rule as a person types it, into one field for each of its lines.

use super::rules::admins;
use super::{ApprovalRule, AutomaticTerms};
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Lines of one field.
const MOST_LINES: usize = 200;
/// Characters of one line.
const LONGEST_LINE: usize = 256;

/// Of a list each line is one, and blank ones count for nothing. What is left blank is as in the configuration where the line
/// is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a box that is ticked, or is not")]
pub struct RuleText {
    /// For people.
    pub name: String,
    /// Object ids or client ids.
    pub apps: String,
    /// Of apps, with `*` for any text.
    pub names: String,
    /// Of the app registration.
    pub tags: String,
    /// `signInAudience`
    pub audiences: String,
    /// Of a push, each by its spelling.
    pub kinds: Vec<String>,
    /// Object ids of who asks or pushes.
    pub people: String,
    /// How many.
    pub approvals: String,
    /// `admins`, object ids of people, or `group:` and an object id.
    pub approvers: String,
    /// Who asks may approve it, too.
    pub own: bool,
    /// One after the other.
    pub ordered: bool,
    /// As `approvers`.
    pub fallback: String,
    /// After which they are asked.
    pub fallback_after_hours: String,
    /// Automatic: each app has a certificate of the same subject already.
    pub same_subject: bool,
    /// Automatic: the key is RSA of so many bits.
    pub rsa_bits: String,
    /// Automatic: valid for so many days at most.
    pub days: String,
    /// Automatic: the key was proven here.
    pub proven: bool,
}

/// What of it cannot be read. `field`: as a person knows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleTextError {
    /// One line is nothing of its kind.
    #[error("{field}, line {line}: {why}")]
    Line {
        /// Its label.
        field: &'static str,
        /// From 1.
        line: usize,
        /// As the configuration's reader puts it.
        why: String,
    },
    /// More than anybody reads.
    #[error("{field} has more than {MOST_LINES} lines, or one of more than {LONGEST_LINE} characters")]
    TooMuch {
        /// Its label.
        field: &'static str,
    },
    /// Not a number of its kind.
    #[error("{field}: “{text}” is no number that can stand there")]
    Number {
        /// Its label.
        field: &'static str,
        /// Its beginning.
        text: String,
    },
}

impl RuleText {
    /// Read by what reads the configuration. Whether it makes sense, and beside others, is for [`ApprovalRule::check`] to say.
    ///
    /// # Errors
    /// The first field that cannot be read.
    pub fn read(&self) -> Result<ApprovalRule, RuleTextError> {
        let automatic = AutomaticTerms {
            same_subject: self.same_subject,
            rsa_bits: number("RSA bits", &self.rsa_bits)?,
            days: number("Days of life", &self.days)?,
            proven: self.proven,
        };
        let approvers = lines("Who approves", &self.approvers)?;
        Ok(ApprovalRule {
            name: self.name.trim().to_owned(),
            apps: lines("Apps", &self.apps)?,
            names: lines("Names", &self.names)?,
            tags: lines("Tags", &self.tags)?,
            audiences: lines("Audiences", &self.audiences)?,
            kinds: lines("Kinds of change", &self.kinds.join("\n"))?,
            people: lines("Who asks", &self.people)?,
            approvals: number("Approvals", &self.approvals)?.unwrap_or(1),
            approvers: if approvers.is_empty() { admins() } else { approvers },
            own: self.own,
            ordered: self.ordered,
            fallback: lines("Who approves after a time", &self.fallback)?,
            fallback_after_hours: number("Hours", &self.fallback_after_hours)?,
            automatic: (automatic != AutomaticTerms::default()).then_some(automatic),
        })
    }
}

/// As it would be typed.
impl From<&ApprovalRule> for RuleText {
    fn from(rule: &ApprovalRule) -> Self {
        let terms = rule.automatic.clone().unwrap_or_default();
        let names: Vec<&str> = rule.names.iter().map(crate::app_selector::NamePattern::as_str).collect();
        Self {
            name: rule.name.clone(),
            apps: typed(&rule.apps),
            names: names.join("\n"),
            tags: rule.tags.join("\n"),
            audiences: rule.audiences.join("\n"),
            kinds: rule.kinds.iter().map(ToString::to_string).collect(),
            people: typed(&rule.people),
            approvals: rule.approvals.to_string(),
            approvers: typed(&rule.approvers),
            own: rule.own,
            ordered: rule.ordered,
            fallback: typed(&rule.fallback),
            fallback_after_hours: blank_or(rule.fallback_after_hours),
            same_subject: terms.same_subject,
            rsa_bits: blank_or(terms.rsa_bits),
            days: blank_or(terms.days),
            proven: terms.proven,
        }
    }
}

fn typed(all: &[impl ToString]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn blank_or(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn lines<'t, T: Deserialize<'t>>(field: &'static str, text: &'t str) -> Result<Vec<T>, RuleTextError> {
    let mut found = vec![];
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if found.len() == MOST_LINES || line.chars().count() > LONGEST_LINE {
            return Err(RuleTextError::TooMuch { field });
        }
        let reader: StrDeserializer<'t, ValueError> = line.into_deserializer();
        let read = T::deserialize(reader);
        found.push(read.map_err(|error| RuleTextError::Line { field, line: at + 1, why: error.to_string() })?);
    }
    Ok(found)
}

fn number<T: FromStr>(field: &'static str, text: &str) -> Result<Option<T>, RuleTextError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let text_of_error = || text.chars().take(20).collect();
    text.parse().map(Some).map_err(|_| RuleTextError::Number { field, text: text_of_error() })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::requests::RuleError;
    use serde_json::json;

    const GROUP: &str = "group:765eb0e3-acb3-475d-9a98-ee6892f081c8";

    #[test]
    fn what_is_typed_is_what_the_configuration_would_say_and_is_typed_again_so() {
        let text = RuleText {
            name: " finance ".into(),
            names: "invoice-*\r\n\r\n  ledger-*".into(),
            kinds: vec!["retire".into(), "replace".into()],
            approvals: "2".into(),
            approvers: format!("admins\n{GROUP}"),
            fallback: "admins".into(),
            fallback_after_hours: "48".into(),
            days: "365".into(),
            ..RuleText::default()
        };
        let written = json!({"name": "finance", "names": ["invoice-*", "ledger-*"], "kinds": ["retire", "replace"],
            "approvals": 2, "approvers": ["admins", GROUP], "fallback": ["admins"], "fallback_after_hours": 48,
            "automatic": {"days": 365}});
        let rule = text.read().unwrap();
        assert_eq!(rule, serde_json::from_value(written).unwrap());
        assert_eq!(RuleText::from(&rule).read(), Ok(rule));
        let least = RuleText { name: "all".into(), ..RuleText::default() }.read().unwrap();
        assert_eq!(least, serde_json::from_value(json!({"name": "all"})).unwrap());
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let said = |text: RuleText| text.read().unwrap_err().to_string();
        let why = RuleError::Approver("root".into()).to_string();
        let approvers = format!("admins\nroot\n{GROUP}");
        assert_eq!(
            said(RuleText { approvers, ..RuleText::default() }),
            format!("Who approves, line 2: {why}"),
            "in the words of the configuration"
        );
        assert!(said(RuleText { apps: "x".into(), ..RuleText::default() }).starts_with("Apps, line 1: "));
        assert!(said(RuleText { kinds: vec!["burn".into()], ..RuleText::default() }).contains("“burn”"));
        assert!(said(RuleText { approvals: "-1".into(), ..RuleText::default() }).contains("“-1” is no number"));
        for tags in ["t\n".repeat(MOST_LINES + 1), "t".repeat(LONGEST_LINE + 1)] {
            assert!(said(RuleText { tags, ..RuleText::default() }).starts_with("Tags has more than"));
        }
    }
}
