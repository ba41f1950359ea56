//! Where a person is signed in.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use time::OffsetDateTime;

/// Names a session without opening it: the SHA-256 of its cookie's value, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDigest(String);

/// A text that is no digest of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("64 lower-case hexadecimal digits are needed")]
pub struct NoSessionDigest;

impl FromStr for SessionDigest {
    type Err = NoSessionDigest;

    fn from_str(text: &str) -> Result<Self, NoSessionDigest> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits && text.len() == 64 { Ok(Self(text.to_owned())) } else { Err(NoSessionDigest) }
    }
}

impl fmt::Display for SessionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of a person's own sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// Which.
    pub digest: SessionDigest,
    /// What the browser called itself at the sign-in: anything at all, or nothing.
    pub agent: String,
    /// When the person signed in.
    pub signed_in_at: OffsetDateTime,
    /// The last request, to the minute or so.
    pub used_at: OffsetDateTime,
    /// The one that asks.
    pub is_here: bool,
}

/// Who lends the portal a sign-in to read the directory with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lending {
    /// The one that it reads with first.
    pub lenders: Vec<Lender>,
}

/// Somebody who lends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lender {
    /// Of the person.
    pub name: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// It is who looks.
    pub is_viewer: bool,
}
