//! What somebody calls a filter that they come back to.

use crate::spelling::spelled;
use std::str::FromStr;

/// Characters of a name.
pub const LONGEST_VIEW_NAME: usize = 60;
/// Views that a person may have, and that all may share.
pub const MOST_VIEWS: u32 = 30;

spelled! {
    /// What an administrator did with a view that everybody sees.
    pub enum ViewAct ("act on a view") {
        /// It is there from now on.
        Shared = "shared",
        /// It has another name.
        Renamed = "renamed",
        /// It is there no longer.
        Removed = "removed",
    }
}

/// 1 to [`LONGEST_VIEW_NAME`] characters that can be seen, without blanks around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewName(String);

/// Not what a view can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ViewNameError {
    /// Nothing, or blanks.
    #[error("a name is needed")]
    Missing,
    /// Of more than [`LONGEST_VIEW_NAME`] characters.
    #[error("a name has at most {LONGEST_VIEW_NAME} characters")]
    TooLong,
    /// For instance a line's end.
    #[error("a name has no control characters")]
    Control,
}

impl ViewName {
    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Two names that are the same but for case are one.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for ViewName {
    type Err = ViewNameError;

    fn from_str(text: &str) -> Result<Self, ViewNameError> {
        match text.trim() {
            "" => Err(ViewNameError::Missing),
            text if text.chars().count() > LONGEST_VIEW_NAME => Err(ViewNameError::TooLong),
            text if text.contains(char::is_control) => Err(ViewNameError::Control),
            text => Ok(Self(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_seen_and_is_short() {
        let name: Result<ViewName, _> = "  Expiring Secrets ".parse();
        let name = name.expect("a name");
        assert_eq!((name.as_str(), name.folded().as_str()), ("Expiring Secrets", "expiring secrets"));
        for (text, error) in [
            (" ", ViewNameError::Missing),
            (&*"ü".repeat(LONGEST_VIEW_NAME + 1), ViewNameError::TooLong),
            ("a\nb", ViewNameError::Control),
        ] {
            assert_eq!(text.parse::<ViewName>(), Err(error), "{text:?}");
        }
        assert!("ü".repeat(LONGEST_VIEW_NAME).parse::<ViewName>().is_ok());
    }
}
