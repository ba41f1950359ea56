//! From where it is known when credentials were last used.

use domain::inventory::UseReport;
use domain::sign_in_log::{LogCounts, LogRange};
use time::OffsetDateTime;

/// All that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseSources {
    /// Graph's report; `None`: it was not read yet.
    pub report: Option<UseReport>,
    /// The newest first.
    pub imports: Vec<ImportLine>,
}

/// A log of sign-ins that somebody brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// Of the import.
    pub number: i64,
    /// When it was brought.
    pub at: OffsetDateTime,
    /// The name of who did.
    pub who: String,
    /// As the browser called the file.
    pub file: Option<String>,
    /// What was in it.
    pub counts: LogCounts,
    /// From when to when.
    pub covers: LogRange,
    /// Credentials that it names and the inventory has, or had.
    pub known: u64,
    /// Those that it has never had.
    pub unknown: u64,
}
