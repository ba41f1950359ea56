//! Lists of which a part may not be readable, and what may not have been asked for.

use serde::{Deserialize, Serialize};

/// A list as Graph answered it: what could be read of it, and what could not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entries<T> {
    /// In Graph's order.
    pub readable: Vec<T>,
    /// Why each of the others could not be read; of a list that was none, one line about that.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<String>,
}

impl<T> Entries<T> {
    /// Everything that was there could be read: only of such a list can be said what is not in it.
    pub fn is_whole(&self) -> bool {
        self.damaged.is_empty()
    }

    /// It was no list, or was not there.
    pub(super) fn none_readable(why: String) -> Self {
        Self { readable: vec![], damaged: vec![why] }
    }
}

impl<T> FromIterator<Result<T, String>> for Entries<T> {
    fn from_iter<I: IntoIterator<Item = Result<T, String>>>(entries: I) -> Self {
        let mut all = Self { readable: vec![], damaged: vec![] };
        for entry in entries {
            match entry {
                Ok(entry) => all.readable.push(entry),
                Err(why) => all.damaged.push(why),
            }
        }
        all
    }
}

/// What takes a request of its own, or a permission.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading<T> {
    /// Nobody has asked yet.
    #[default]
    NotRead,
    /// It was asked for in vain; with the reason.
    Failed(String),
    /// As it was read.
    Read(T),
}

impl<T> Reading<T> {
    /// Why it could not be read.
    pub fn failure(&self) -> Option<&str> {
        match self {
            Self::Failed(why) => Some(why),
            Self::NotRead | Self::Read(_) => None,
        }
    }

    /// Where it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Read(value) => Some(value),
            Self::NotRead | Self::Failed(_) => None,
        }
    }
}
