//! Which apps of a push are shown.

use super::Outcome;
use crate::spelling::{UnknownSpelling, as_text};
use std::str::FromStr;

/// Which apps of a push are shown. Lives in the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AppFilter {
    /// Spelt as empty text.
    #[default]
    All,
    /// Without an outcome yet, also where a write may have been sent.
    Open,
    /// With an outcome that is neither verified nor already there.
    NotGood,
    /// With this outcome.
    Only(Outcome),
}

impl AppFilter {
    /// Its one spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Open => "waiting",
            Self::NotGood => "not-good",
            Self::Only(outcome) => outcome.as_str(),
        }
    }
}

impl FromStr for AppFilter {
    type Err = UnknownSpelling;

    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        Ok(match text {
            "" => Self::All,
            "waiting" => Self::Open,
            "not-good" => Self::NotGood,
            outcome => Self::Only(outcome.parse()?),
        })
    }
}

as_text!(AppFilter);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (AppFilter::All, ""),
            (AppFilter::Open, "waiting"),
            (AppFilter::NotGood, "not-good"),
            (AppFilter::Only(Outcome::AlreadyThere), "already-there"),
        ]);
        assert!("%".parse::<AppFilter>().is_err());
    }
}
