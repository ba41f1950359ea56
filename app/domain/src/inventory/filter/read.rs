//! From what was typed to a filter.

use super::{Filter, FilterKey, MOST_TYPED, MOST_WORDS, Word};
use std::str::{Chars, FromStr};

/// What of the text was not understood, as it was typed. Nothing of the rest is used then: it would show something else
/// than was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Of more than [`MOST_TYPED`] characters.
    #[error("A filter has at most {MOST_TYPED} characters")]
    TooLong,
    /// More than [`MOST_WORDS`] parts of names.
    #[error("A filter has at most {MOST_WORDS} parts of names")]
    TooManyWords,
    /// A quotation mark is not closed.
    #[error("“{0}” has a quotation mark and not a second one")]
    OpenQuote(String),
    /// The key is none of those that there are.
    #[error("“{0}” is not understood: there is name, {keys}. In double quotes it is a part of a name", keys = keys())]
    Key(String),
    /// No value of this key.
    #[error("“{word}” is not understood: behind “{key}:” comes one of these: {values}", values = key.values())]
    Value {
        /// Key, colon and value.
        word: String,
        /// Before the colon.
        key: FilterKey,
    },
    /// The key was there before.
    #[error("“{word}” is the second “{key}:”, and one is all there can be")]
    Twice {
        /// Key, colon and value.
        word: String,
        /// Before the colon.
        key: FilterKey,
    },
    /// Not a [`Word`].
    #[error("“{0}” is not a part of a name: that has 1 to {most} characters", most = Word::MOST)]
    Name(String),
}

fn keys() -> String {
    FilterKey::ALL.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(", ")
}

/// Of a word that is shown in an error.
const SHOWN: usize = 60;

/// One word of the text.
#[derive(Default)]
struct Token {
    /// As it was typed.
    raw: String,
    /// What stands before the first colon outside of quotes.
    key: Option<String>,
    /// All else, without quotes.
    text: String,
}

impl FromStr for Filter {
    type Err = FilterError;

    /// Keys and values in any case.
    fn from_str(typed: &str) -> Result<Self, FilterError> {
        if typed.chars().count() > MOST_TYPED {
            return Err(FilterError::TooLong);
        }
        let mut filter = Self::default();
        let mut chars = typed.chars();
        while let Some(token) = token(&mut chars)? {
            filter.take(token)?;
        }
        Ok(filter)
    }
}

impl Filter {
    fn take(&mut self, token: Token) -> Result<(), FilterError> {
        let raw: String = token.raw.chars().take(SHOWN).collect();
        match token.key.map(|key| key.to_lowercase()) {
            Some(key) if key != "name" => {
                let key = key.parse().map_err(|_| FilterError::Key(raw.clone()))?;
                self.set(key, &token.text, &raw)
            }
            _ if self.words.len() == MOST_WORDS => Err(FilterError::TooManyWords),
            _ => {
                self.words.push(token.text.parse().map_err(|_| FilterError::Name(raw))?);
                Ok(())
            }
        }
    }
}

/// The next word; `None` at the end.
fn token(chars: &mut Chars<'_>) -> Result<Option<Token>, FilterError> {
    let Some(first) = chars.by_ref().find(|c| !ends_word(*c)) else { return Ok(None) };
    let mut token = Token::default();
    let (mut next, mut quoted, mut any_quote) = (Some(first), false, false);
    while let Some(c) = next.filter(|c| quoted || !ends_word(*c)) {
        token.raw.push(c);
        match c {
            '"' => {
                quoted = !quoted;
                any_quote = true;
            }
            '\\' if quoted && chars.clone().next().is_some_and(|next| next == '"' || next == '\\') => {
                let escaped = chars.next().unwrap_or_default();
                token.raw.push(escaped);
                token.text.push(escaped);
            }
            ':' if !any_quote && token.key.is_none() => token.key = Some(std::mem::take(&mut token.text)),
            c => token.text.push(c),
        }
        next = chars.next();
    }
    if quoted { Err(FilterError::OpenQuote(token.raw.chars().take(SHOWN).collect())) } else { Ok(Some(token)) }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}
