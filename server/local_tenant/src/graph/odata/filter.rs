//! `$filter`: comparisons, `in`, `startswith`, `endswith`, `any`, with `and`, `or`, `not` and brackets.

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

/// Brackets in brackets, at most: a parser that calls itself must not be led down for ever.
const MAX_DEPTH: usize = 32;

impl Filter {
    pub(crate) fn parse(text: &str) -> Result<Self, GraphError> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, text, depth: 0 };
        let expression = parser.or()?;
        if parser.at != parser.tokens.len() {
            return Err(parser.error());
        }
        Ok(Self(expression))
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
        Expression::Any(_, inner) => advanced(inner),
        Expression::Compare(..) | Expression::In(..) | Expression::StartsWith(..) => false,
    }
}

fn evaluate(expression: &Expression, resource: &str, get: &dyn Fn(&str) -> Option<Value>) -> Result<bool, GraphError> {
    let value = |property: &str| {
        get(property).ok_or_else(|| {
            GraphError::unsupported_query(format!(
                "Unsupported or invalid query filter clause specified for property '{property}' of resource '{resource}'."
            ))
        })
    };
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
            let items = value(property)?;
            let mut any = false;
            for item in items.as_array().into_iter().flatten() {
                // `t` is the item itself, `t/id` a member of it.
                any |= evaluate(inner, resource, &|name| match name.split_once('/') {
                    Some((_, member)) => Some(item[member].clone()),
                    None => Some(item.clone()),
                })?;
            }
            any
        }
    })
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

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

fn invalid(text: &str) -> GraphError {
    GraphError::new(axum::http::StatusCode::BAD_REQUEST, "BadRequest", format!("Invalid filter clause: {text}"))
}

fn tokens(text: &str) -> Result<Vec<Token>, GraphError> {
    let mut out = vec![];
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' => out.push(Token::Open),
            ')' => out.push(Token::Close),
            ',' => out.push(Token::Comma),
            ':' => out.push(Token::Colon),
            '\'' => {
                let mut value = String::new();
                loop {
                    match letters.next() {
                        // A quote in a text is written twice (OData URL conventions, 5.1.1.14.1).
                        Some('\'') if letters.peek() == Some(&'\'') => {
                            letters.next();
                            value.push('\'');
                        }
                        Some('\'') => break,
                        Some(other) => value.push(other),
                        None => return Err(invalid("There is an unterminated string literal.")),
                    }
                }
                out.push(Token::Text(value));
            }
            first => {
                let mut word = String::from(first);
                while let Some(&next) = letters.peek() {
                    // A date has colons of its own: 2026-01-01T00:00:00Z.
                    let in_date = next == ':' && word.starts_with(|c: char| c.is_ascii_digit());
                    if next.is_whitespace() || "(),'".contains(next) || (next == ':' && !in_date) {
                        break;
                    }
                    word.push(next);
                    letters.next();
                }
                out.push(Token::Word(word));
            }
        }
    }
    Ok(out)
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    text: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn error(&self) -> GraphError {
        invalid(&format!("Syntax error in '{}'.", self.text))
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn word(&self, expected: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word.eq_ignore_ascii_case(expected))
    }

    fn expect(&mut self, token: &Token) -> Result<(), GraphError> {
        if self.next().as_ref() == Some(token) { Ok(()) } else { Err(self.error()) }
    }

    fn or(&mut self) -> Result<Expression, GraphError> {
        let mut left = self.and()?;
        while self.word("or") {
            self.at += 1;
            left = Expression::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expression, GraphError> {
        let mut left = self.unary()?;
        while self.word("and") {
            self.at += 1;
            left = Expression::And(Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, GraphError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error());
        }
        let expression = if self.word("not") {
            self.at += 1;
            Expression::Not(Box::new(self.unary()?))
        } else if self.tokens.get(self.at) == Some(&Token::Open) {
            self.at += 1;
            let inner = self.or()?;
            self.expect(&Token::Close)?;
            inner
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn primary(&mut self) -> Result<Expression, GraphError> {
        let Some(Token::Word(property)) = self.next() else {
            return Err(self.error());
        };
        let lower = property.to_ascii_lowercase();
        if self.tokens.get(self.at) == Some(&Token::Open) {
            self.at += 1;
            if let Some(collection) = lower.strip_suffix("/any") {
                let collection = property[..collection.len()].to_owned();
                let Some(Token::Word(_)) = self.next() else {
                    return Err(self.error());
                };
                self.expect(&Token::Colon)?;
                let inner = self.or()?;
                self.expect(&Token::Close)?;
                return Ok(Expression::Any(collection, Box::new(inner)));
            }
            let Some(Token::Word(argument)) = self.next() else {
                return Err(self.error());
            };
            self.expect(&Token::Comma)?;
            let Some(Token::Text(value)) = self.next() else {
                return Err(self.error());
            };
            self.expect(&Token::Close)?;
            return match lower.as_str() {
                "startswith" => Ok(Expression::StartsWith(argument, value)),
                "endswith" => Ok(Expression::EndsWith(argument, value)),
                _ => Err(GraphError::unsupported_query(format!("The function '{property}' is not supported."))),
            };
        }
        let Some(Token::Word(operator)) = self.next() else {
            return Err(self.error());
        };
        let operator = match operator.to_ascii_lowercase().as_str() {
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "gt" => Operator::Greater,
            "ge" => Operator::GreaterOrEqual,
            "lt" => Operator::Less,
            "le" => Operator::LessOrEqual,
            "in" => {
                self.expect(&Token::Open)?;
                let mut values = vec![self.literal()?];
                loop {
                    match self.next() {
                        Some(Token::Comma) => values.push(self.literal()?),
                        Some(Token::Close) => return Ok(Expression::In(property, values)),
                        _ => return Err(self.error()),
                    }
                }
            }
            _ => return Err(self.error()),
        };
        Ok(Expression::Compare(property, operator, self.literal()?))
    }

    fn literal(&mut self) -> Result<Value, GraphError> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Value::String(text)),
            Some(Token::Word(word)) => Ok(match word.to_ascii_lowercase().as_str() {
                "null" => Value::Null,
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                // GUIDs and dates stand without quotes.
                _ => Value::String(word),
            }),
            _ => Err(self.error()),
        }
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
        assert_eq!(matches("contains(displayName,'x')").unwrap_err().code, "Request_UnsupportedQuery");
    }
}
