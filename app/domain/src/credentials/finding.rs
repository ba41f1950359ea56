//! Something that a person should know.

use serde::{Deserialize, Serialize};

/// Something that a person should know before a push, found without a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is, in a few words.
    pub title: String,
    /// What it rests on.
    pub why: String,
    /// What the person can do.
    pub advice: String,
}
