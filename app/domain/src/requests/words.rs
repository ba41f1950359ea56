//! What people write into a request.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Blanks alone.
    #[error("nothing was written")]
    Empty,
    /// With how many characters it has.
    #[error("the text has {0} characters; {most} are taken", most = Words::MOST)]
    TooLong(usize),
}

/// A reason or a comment: not empty, of at most [`Words::MOST`] characters, without blanks around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Words(String);

impl Words {
    /// Characters.
    pub const MOST: usize = 1_000;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Words {
    type Err = WordsError;

    fn from_str(text: &str) -> Result<Self, WordsError> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(WordsError::Empty),
            count if count > Self::MOST => Err(WordsError::TooLong(count)),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Words {
    type Error = WordsError;

    fn try_from(text: String) -> Result<Self, WordsError> {
        text.parse()
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_bounds() {
        assert_eq!("  why \n".parse::<Words>().map(String::from), Ok("why".into()));
        assert_eq!(" \n".parse::<Words>(), Err(WordsError::Empty));
        assert!("ü".repeat(Words::MOST).parse::<Words>().is_ok());
        assert_eq!("ü".repeat(Words::MOST + 1).parse::<Words>(), Err(WordsError::TooLong(Words::MOST + 1)));
    }
}
