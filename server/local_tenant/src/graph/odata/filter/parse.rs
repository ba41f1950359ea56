//! The text of a `$filter` to an expression.

use serde_json::Value;

use super::{Expression, Operator};
use crate::graph::error::GraphError;

/// Brackets in brackets, at most: a parser that calls itself must not be led down for ever.
const MAX_DEPTH: usize = 32;

pub(super) fn expression(text: &str) -> Result<Expression, GraphError> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, text, depth: 0 };
    let expression = parser.or()?;
    if parser.at != parser.tokens.len() {
        return Err(parser.error());
    }
    Ok(expression)
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
