//! `$filter`: comparisons, `in`, `startswith`, `endswith`, `any`, with `and`, `or`, `not` and brackets.

mod parse;

use std::cmp::Ordering;

use serde_json::Value;
use uuid::Uuid;

use crate::format::parse_date;
use crate::graph::error::GraphError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
enum Expression {
    Or(Box<Self>, Box<Self>),
    And(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare(String, Operator, Value),
    In(String, Vec<Value>),
    StartsWith(String, String),
    EndsWith(String, String),
    /// `tags/any(t:t eq 'x')`: the inner expression is about the variable.
    Any(String, Box<Self>),
}

/// A parsed `$filter`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filter(Expression);

/// Of its entries a filter can name these (facts, K1).
const KEYS: &str = "keyCredentials";
const KEY_MEMBERS: [&str; 2] = ["endDateTime", "keyId"];

impl Filter {
    pub(crate) fn parse(text: &str) -> Result<Self, GraphError> {
        parse::expression(text).map(Self)
    }

    /// Needs `ConsistencyLevel: eventual` and `$count=true`.
    pub(crate) fn is_advanced(&self) -> bool {
        advanced(&self.0)
    }

    /// Whether the property occurs in it.
    pub(crate) fn names(&self, property: &str) -> bool {
        names(&self.0, property)
    }

    /// The ids that it leaves, where it is about nothing else: `id eq …` or `id in (…)`.
    pub(crate) fn ids(&self) -> Option<Vec<Uuid>> {
        let literals = match &self.0 {
            Expression::Compare(property, Operator::Equal, literal) if property.eq_ignore_ascii_case("id") => {
                std::slice::from_ref(literal)
            }
            Expression::In(property, literals) if property.eq_ignore_ascii_case("id") => literals,
            _ => return None,
        };
        // What is no GUID is no id.
        Some(literals.iter().filter_map(|literal| Uuid::parse_str(literal.as_str()?).ok()).collect())
    }

    /// How many values its longest `in` has.
    pub(crate) fn longest_in(&self) -> usize {
        longest_in(&self.0)
    }

    /// `get` gives a property's value; `None` for one that cannot be filtered by.
    pub(crate) fn matches(&self, resource: &str, get: &dyn Fn(&str) -> Option<Value>) -> Result<bool, GraphError> {
        evaluate(&self.0, resource, get)
    }
}

fn names(expression: &Expression, wanted: &str) -> bool {
    match expression {
        Expression::Or(left, right) | Expression::And(left, right) => names(left, wanted) || names(right, wanted),
        Expression::Not(inner) => names(inner, wanted),
        Expression::Any(property, _)
        | Expression::Compare(property, ..)
        | Expression::In(property, _)
        | Expression::StartsWith(property, _)
        | Expression::EndsWith(property, _) => property.eq_ignore_ascii_case(wanted),
    }
}

fn longest_in(expression: &Expression) -> usize {
    match expression {
        Expression::Or(left, right) | Expression::And(left, right) => longest_in(left).max(longest_in(right)),
        Expression::Not(inner) | Expression::Any(_, inner) => longest_in(inner),
        Expression::In(_, literals) => literals.len(),
        Expression::Compare(..) | Expression::StartsWith(..) | Expression::EndsWith(..) => 0,
    }
}

fn advanced(expression: &Expression) -> bool {
    match expression {
        Expression::Or(left, right) | Expression::And(left, right) => advanced(left) || advanced(right),
        Expression::Not(_) | Expression::EndsWith(..) | Expression::Compare(_, Operator::NotEqual, _) => true,
        // Documented as an advanced query (facts, K1).
        Expression::Any(property, inner) => property.eq_ignore_ascii_case(KEYS) || advanced(inner),
        Expression::Compare(..) | Expression::In(..) | Expression::StartsWith(..) => false,
    }
}

fn evaluate(expression: &Expression, resource: &str, get: &dyn Fn(&str) -> Option<Value>) -> Result<bool, GraphError> {
    let unsupported = |property: &str| {
        GraphError::unsupported_query(format!(
            "Unsupported or invalid query filter clause specified for property '{property}' of resource '{resource}'."
        ))
    };
    // A collection is asked by `any` alone.
    let value = |property: &str| get(property).filter(|value| !value.is_array()).ok_or_else(|| unsupported(property));
    // Both sides are always looked at, so that an unknown property is refused whatever the rows hold.
    Ok(match expression {
        Expression::Or(left, right) => evaluate(left, resource, get)? | evaluate(right, resource, get)?,
        Expression::And(left, right) => evaluate(left, resource, get)? & evaluate(right, resource, get)?,
        Expression::Not(inner) => !evaluate(inner, resource, get)?,
        Expression::Compare(property, operator, literal) => compare(&value(property)?, *operator, literal),
        Expression::In(property, literals) => {
            let value = value(property)?;
            literals.iter().any(|literal| compare(&value, Operator::Equal, literal))
        }
        Expression::StartsWith(property, prefix) => {
            text(&value(property)?).is_some_and(|text| text.starts_with(&prefix.to_lowercase()))
        }
        Expression::EndsWith(property, suffix) => {
            text(&value(property)?).is_some_and(|text| text.ends_with(&suffix.to_lowercase()))
        }
        Expression::Any(property, inner) => {
            let items = get(property).filter(Value::is_array).ok_or_else(|| unsupported(property))?;
            let keys = property.eq_ignore_ascii_case(KEYS);
            let known = |member: &str| !keys || KEY_MEMBERS.iter().any(|one| one.eq_ignore_ascii_case(member));
            // Also of a row without entries a member is refused that cannot be asked for.
            if keys {
                evaluate(inner, resource, &|name| {
                    name.split_once('/').filter(|(_, member)| known(member)).map(|_| Value::Null)
                })?;
            }
            let mut any = false;
            for item in items.as_array().into_iter().flatten() {
                // `t` is the item itself, `t/id` a member of it.
                any |= evaluate(inner, resource, &|name| match name.split_once('/') {
                    Some((_, member)) => known(member).then(|| member_of(item, member)),
                    None => Some(item.clone()),
                })?;
            }
            any
        }
    })
}

fn member_of(item: &Value, name: &str) -> Value {
    let members = item.as_object().into_iter().flatten();
    members
        .filter(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
        .next()
        .unwrap_or_default()
}

/// The directory compares text without regard to case.
fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_lowercase)
}

fn compare(value: &Value, operator: Operator, literal: &Value) -> bool {
    let ordering = match (text(value), text(literal)) {
        (Some(left), Some(right)) => match (parse_date(&left.to_uppercase()), parse_date(&right.to_uppercase())) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => Some(left.cmp(&right)),
        },
        _ if value == literal => Some(Ordering::Equal),
        _ => None,
    };
    match operator {
        Operator::Equal => ordering == Some(Ordering::Equal),
        Operator::NotEqual => ordering != Some(Ordering::Equal),
        Operator::Greater => ordering == Some(Ordering::Greater),
        Operator::Less => ordering == Some(Ordering::Less),
        Operator::GreaterOrEqual => ordering.is_some_and(Ordering::is_ge),
        Operator::LessOrEqual => ordering.is_some_and(Ordering::is_le),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::json;

    fn matches(filter: &str) -> Result<bool, GraphError> {
        Filter::parse(filter)?.matches("Application", &|name| match name {
            "displayName" => Some(json!("O'Neill's batch")),
            "appId" => Some(json!("afb85a07-e312-4d49-b75b-9db4e2d683cd")),
            "notes" => Some(Value::Null),
            "createdDateTime" => Some(json!("2026-05-01T00:00:00Z")),
            "identifierUris" => Some(json!(["api://one", "api://two"])),
            "keyCredentials" => Some(json!([{"endDateTime": "2026-12-01T00:00:00Z", "keyId": "K1", "key": null}])),
            _ => None,
        })
    }

    #[test]
    fn what_is_true() {
        for filter in [
            "displayName eq 'o''neill''s BATCH'",
            "startswith(displayName,'O''N')",
            "startsWith(displayName, 'o') and appId eq 'AFB85A07-e312-4d49-b75b-9db4e2d683cd'",
            "appId eq afb85a07-e312-4d49-b75b-9db4e2d683cd",
            "appId in ('x', 'afb85a07-e312-4d49-b75b-9db4e2d683cd')",
            "notes eq null",
            "not (displayName eq 'x' or endswith(displayName,'y'))",
            "displayName eq 'x' or displayName ne 'y'",
            "createdDateTime ge 2026-04-30T23:00:00-01:00",
            "identifierUris/any(u:u eq 'api://two')",
            "identifierUris/any(u:startswith(u,'api://o'))",
            "keyCredentials/any(k:k/endDateTime le 2026-12-31T00:00:00Z)",
            "keyCredentials/any(k:k/keyId eq 'k1' and k/endDateTime gt 2026-11-30T00:00:00Z)",
        ] {
            assert!(matches(filter).unwrap(), "{filter}");
        }
    }

    #[test]
    fn what_is_false() {
        for filter in [
            "displayName eq 'x'",
            "notes ne null",
            "createdDateTime gt 2026-05-01T00:00:00Z",
            "identifierUris/any(u:u eq 'x')",
            "keyCredentials/any(k:k/endDateTime lt 2026-12-01T00:00:00Z)",
        ] {
            assert!(!matches(filter).unwrap(), "{filter}");
        }
    }

    #[test]
    fn what_is_refused() {
        for filter in [
            "",
            "displayName",
            "displayName eq",
            "displayName eq 'x",
            "displayName eq 'x' and",
            "(displayName eq 'x'",
            "displayName like 'x'",
            "displayName eq 'x' 'y'",
        ] {
            assert_eq!(matches(filter).unwrap_err().code, "BadRequest", "{filter}");
        }
        let deep = format!("{}displayName eq 'x'{}", "(".repeat(500), ")".repeat(500));
        assert_eq!(matches(&deep).unwrap_err().code, "BadRequest");
        let error = matches("displayName eq 'x' and keyCredentials eq 'x'").unwrap_err();
        assert_eq!(error.code, "Request_UnsupportedQuery");
        assert_eq!(
            error.message,
            "Unsupported or invalid query filter clause specified for property 'keyCredentials' of resource 'Application'."
        );
        for filter in [
            "contains(displayName,'x')",
            "identifierUris eq 'api://one'",
            "displayName/any(d:d eq 'x')",
            "keyCredentials/any(k:k/displayName eq 'x')",
            "keyCredentials/any(k:k eq 'x')",
            "passwordCredentials/any(p:p/endDateTime le 2026-12-31T00:00:00Z)",
        ] {
            assert_eq!(matches(filter).unwrap_err().code, "Request_UnsupportedQuery", "{filter}");
        }
    }
}
