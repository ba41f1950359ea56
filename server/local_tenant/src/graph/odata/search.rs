//! `$search="displayName:word"`: words begin words. Several quoted clauses are joined by AND or OR.

use crate::graph::error::GraphError;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    property: String,
    words: Vec<String>,
}

/// Alternatives of clauses that all must hold: OR of ANDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search(Vec<Vec<Clause>>);

fn syntax(text: &str) -> GraphError {
    GraphError::new(
        axum::http::StatusCode::BAD_REQUEST,
        "BadRequest",
        format!(
            "Syntax error: the $search expression '{text}' is not a list of \"property:value\" joined by AND or OR."
        ),
    )
}

impl Search {
    pub(crate) fn parse(text: &str) -> Result<Self, GraphError> {
        let mut alternatives = vec![vec![]];
        let mut rest = text.trim();
        loop {
            let (clause, after) = quoted(rest).ok_or_else(|| syntax(text))?;
            let (property, value) = clause.split_once(':').ok_or_else(|| syntax(text))?;
            let clause = Clause { property: property.trim().to_owned(), words: words(value) };
            if clause.words.is_empty() {
                return Err(syntax(text));
            }
            if let Some(current) = alternatives.last_mut() {
                current.push(clause);
            }
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(Self(alternatives));
            }
            if let Some(after) = rest.strip_prefix("OR ") {
                alternatives.push(vec![]);
                rest = after.trim_start();
            } else {
                rest = rest.strip_prefix("AND ").ok_or_else(|| syntax(text))?.trim_start();
            }
        }
    }

    /// `get` gives a property's text; `None` for one that cannot be searched.
    pub(crate) fn matches(&self, get: impl Fn(&str) -> Option<String>) -> Result<bool, GraphError> {
        let mut found = false;
        for clauses in &self.0 {
            let mut all = true;
            for clause in clauses {
                let text = get(&clause.property).ok_or_else(|| {
                    GraphError::unsupported_query(format!(
                        "Property '{}' is not supported with $search.",
                        clause.property
                    ))
                })?;
                let there = words(&text);
                let whole = text.to_lowercase();
                all &= clause
                    .words
                    .iter()
                    .all(|word| there.iter().any(|one| one.starts_with(word)) || whole.starts_with(word));
            }
            found |= all;
        }
        Ok(found)
    }
}

/// Splits `"…"` off the front; `\"` and `\\` are escapes within.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut letters = text.strip_prefix('"')?.char_indices();
    let mut out = String::new();
    while let Some((at, c)) = letters.next() {
        match c {
            '"' => return Some((out, &text[at + 2..])),
            '\\' => out.push(letters.next()?.1),
            other => out.push(other),
        }
    }
    None
}

/// Lower-case words; a change between letters and digits, or from lower to upper case, begins a new one, as Graph's
/// documentation describes.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![];
    let mut last: Option<char> = None;
    for c in text.chars() {
        if !c.is_alphanumeric() {
            last = None;
            continue;
        }
        let begins = last
            .is_none_or(|before| before.is_numeric() != c.is_numeric() || (before.is_lowercase() && c.is_uppercase()));
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        last = Some(c);
    }
    words
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn matches(search: &str, name: &str) -> bool {
        Search::parse(search).unwrap().matches(|_| Some(name.to_owned())).unwrap()
    }

    #[test]
    fn words_begin_words() {
        assert!(matches("\"displayName:pay\"", "payroll-batch"));
        assert!(matches("\"displayName:bat\"", "payroll-batch"));
        assert!(matches("\"displayName:payroll-b\"", "payroll-batch"));
        assert!(matches("\"displayName:video\"", "OneVideo"));
        assert!(!matches("\"displayName:roll\"", "payroll-batch"));
        assert!(matches("\"displayName:x\" OR \"displayName:batch\"", "payroll-batch"));
        assert!(!matches("\"displayName:x\" AND \"displayName:batch\"", "payroll-batch"));
        assert!(matches(r#""displayName:say \"hi\"""#, "say \"hi\" twice"));
    }

    #[test]
    fn bad_searches_are_refused() {
        for text in ["displayName:x", "\"displayName\"", "\"displayName:\"", "\"displayName:x\" \"y:z\"", "\"a:b"] {
            assert_eq!(Search::parse(text).unwrap_err().code, "BadRequest", "{text}");
        }
        let error = Search::parse("\"secret:x\"").unwrap().matches(|_| None).unwrap_err();
        assert_eq!(error.code, "Request_UnsupportedQuery");
    }
}
