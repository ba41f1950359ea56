//! Exported logs of service principals' sign-ins, read a piece at a time: no more of a file is in memory than one of its
//! rows, and what is to be kept of them all.
//!
//! Three forms are understood, by content and not by a file's name:
//!
//! - JSON, as the Entra admin center's “Download” and Graph's `auditLogs/signIns` (beta) have it: a list of `signIn`
//!   (<https://learn.microsoft.com/graph/api/resources/signin?view=graph-rest-beta>), by itself or as `value`.
//! - JSON as diagnostic settings write it: a record a line, or a list as `records`, with `category`
//!   `ServicePrincipalSignInLogs` and the sign-in in `properties`
//!   (<https://learn.microsoft.com/entra/identity/monitoring-health/howto-archive-logs-to-storage-account>).
//! - The CSV of that “Download”, whose columns Microsoft's pages do not name: these are as exports of 2021 and 2026 have been
//!   seen to have them ([`CSV_COLUMNS`]).
//!
//! A row that is not understood is counted and named, and never guessed at. A sign-in that ended with an error code is an
//! attempt, never a use.

mod json;
mod row;
mod table;

pub use table::CSV_COLUMNS;

use crate::ids::{AppId, KeyId, TenantId};
use crate::spelling::spelled;
use json::Splitter;
use row::Row;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use table::Table;
use time::serde::rfc3339;
use time::{Duration, OffsetDateTime};

/// Bytes of one file.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Rows of one file. The admin center's own download gives out beyond 250,000
/// (<https://learn.microsoft.com/entra/identity/monitoring-health/howto-download-logs>).
pub const MAX_ROWS: u64 = 1_000_000;
/// Credentials that one file may name.
pub const MAX_KEYS: usize = 100_000;
/// Bytes of one row: what conditional access says of a sign-in can be long.
const MAX_ROW: usize = 256 * 1024;
/// Rows that are named because they were not understood.
const NAMED: usize = 5;
/// Bytes by which the form of a file is to be seen,
const HEAD: usize = 1024;
/// and the longest beginning of one that is none.
const MARK: usize = 4;
/// How far a clock may go ahead of another.
const SKEW: Duration = Duration::minutes(5);

/// Why nothing of a file is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// More than [`MAX_BYTES`].
    #[error("The file has more than {most} MiB", most = MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// More than [`MAX_ROWS`].
    #[error("The file has more than {MAX_ROWS} rows")]
    TooManyRows,
    /// More than [`MAX_KEYS`].
    #[error("The file names more than {MAX_KEYS} credentials")]
    TooManyKeys,
    /// From 1.
    #[error("Row {0} of the file has more than {most} KiB", most = MAX_ROW / 1024)]
    RowTooLong(u64),
    /// Nothing, or a header alone.
    #[error("The file has no rows")]
    Empty,
    /// A ZIP or gzip archive, by how it begins.
    #[error("The file is compressed")]
    Compressed,
    /// UTF-16, by how it begins.
    #[error("The file is not in UTF-8")]
    Charset,
    /// From 0.
    #[error("The file begins as JSON and is none from byte {0} on")]
    NoJson(u64),
    /// A list or a row is not closed.
    #[error("The file breaks off in the middle")]
    BrokenOff,
    /// It does not begin as JSON, and its first line does not name what [`CSV_COLUMNS`] does: these are missing.
    #[error("The file is neither JSON nor a CSV with {}", quoted(.0))]
    NoColumns(Vec<&'static str>),
    /// All of its rows are others than of service principals of this directory, or are not understood.
    #[error("None of its rows is a sign-in of a service principal of this directory that is understood here")]
    NoSignIn(Box<LogCounts>),
}

fn quoted(names: &[&str]) -> String {
    let names = names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>();
    format!("the {} {}", if names.len() == 1 { "column" } else { "columns" }, names.join(", "))
}

spelled! {
    /// Why a row is not understood.
    pub enum BadRow ("reason why a row is not understood") {
        /// It is no JSON object with these members' types, or a line with too few cells.
        Shape = "shape",
        /// No time, or none in RFC 3339.
        Time = "time",
        /// Later than now.
        Future = "future",
        /// No client id.
        App = "app",
        /// A key id that is no GUID.
        Key = "key",
        /// Nothing says whether it succeeded, or two things say different.
        Outcome = "outcome",
    }
}

/// What there was in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCounts {
    /// All rows.
    pub rows: u64,
    /// Sign-ins of service principals with a `keyId`.
    pub with_key: u64,
    /// The same without one: by a federated credential, or of an older log.
    pub without_key: u64,
    /// People's sign-ins, managed identities', and those of another directory.
    pub others: u64,
    /// That are not understood.
    pub bad: u64,
    /// The first of these, by the row's number from 1 (a CSV's header is none), with the reason.
    pub first_bad: Vec<(u64, BadRow)>,
}

/// From the oldest to the newest sign-in of a service principal in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogRange {
    /// The oldest.
    #[serde(with = "rfc3339")]
    pub from: OffsetDateTime,
    /// The newest.
    #[serde(with = "rfc3339")]
    pub until: OffsetDateTime,
}

impl LogRange {
    /// Both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), until: self.until.max(other.until) }
    }
}

/// What a file says of one credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedUse {
    /// Who signed in.
    pub app_id: AppId,
    /// With what.
    pub key_id: KeyId,
    /// The last time that it succeeded.
    pub succeeded: Option<OffsetDateTime>,
    /// The last time that it did not.
    pub attempted: Option<OffsetDateTime>,
}

/// All that is taken of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLog {
    /// What there was.
    pub counts: LogCounts,
    /// From when to when.
    pub covers: LogRange,
    /// Each credential once, in order.
    pub uses: Vec<LoggedUse>,
}

/// A file that is being read.
#[derive(Debug)]
pub struct SignInLog {
    tenant: TenantId,
    bytes: u64,
    /// What came before its form was to be seen.
    head: Vec<u8>,
    form: Option<Form>,
    found: Found,
}

#[derive(Debug)]
enum Form {
    Json(Splitter),
    Csv(Table),
}

impl SignInLog {
    /// `tenant`: sign-ins of another, where a row says so, are none of ours. `now`: later ones are not understood.
    pub fn new(tenant: TenantId, now: OffsetDateTime) -> Self {
        let found = Found { latest: now + SKEW, counts: LogCounts::default(), covers: None, uses: BTreeMap::new() };
        Self { tenant, bytes: 0, head: vec![], form: None, found }
    }

    /// The next piece of the file, of any length.
    ///
    /// # Errors
    /// Nothing of the file is to be taken then.
    pub fn read(&mut self, piece: &[u8]) -> Result<(), LogError> {
        self.bytes += piece.len() as u64;
        if self.bytes > MAX_BYTES {
            return Err(LogError::TooLarge);
        }
        if self.form.is_some() {
            return self.rows(piece);
        }
        self.head.extend_from_slice(piece);
        if self.shows_form() { self.begin() } else { Ok(()) }
    }

    /// After the last piece.
    ///
    /// # Errors
    /// As of [`Self::read`].
    pub fn finish(mut self) -> Result<ReadLog, LogError> {
        if self.form.is_none() {
            self.begin()?;
        }
        match &mut self.form {
            Some(Form::Json(splitter)) => splitter.finish()?,
            Some(Form::Csv(table)) => table.finish(|row| self.found.add(row))?,
            None => {}
        }
        let Found { counts, covers, uses, .. } = self.found;
        match covers {
            _ if counts.rows == 0 => Err(LogError::Empty),
            None => Err(LogError::NoSignIn(Box::new(counts))),
            Some(covers) => Ok(ReadLog { counts, covers, uses: uses.into_values().collect() }),
        }
    }

    /// Blanks at its beginning show none, and there are not many of them.
    fn shows_form(&self) -> bool {
        let is_told = without_mark(&self.head).iter().any(|byte| !byte.is_ascii_whitespace());
        self.head.len() > HEAD || (self.head.len() >= MARK && is_told)
    }

    fn begin(&mut self) -> Result<(), LogError> {
        let head = std::mem::take(&mut self.head);
        if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0x1f, 0x8b]) {
            return Err(LogError::Compressed);
        }
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(LogError::Charset);
        }
        let text = without_mark(&head);
        self.form = Some(match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None => return Err(LogError::Empty),
            Some(b'[' | b'{') => Form::Json(Splitter::default()),
            Some(_) => Form::Csv(Table::default()),
        });
        self.rows(text)
    }

    fn rows(&mut self, piece: &[u8]) -> Result<(), LogError> {
        let (found, tenant) = (&mut self.found, self.tenant);
        match &mut self.form {
            Some(Form::Json(splitter)) => splitter.read(piece, |record| found.add(row::from_json(record, tenant))),
            Some(Form::Csv(table)) => table.read(piece, |row| found.add(row)),
            None => Ok(()),
        }
    }
}

/// UTF-8 may begin with a byte order mark (Unicode, section 23.8).
fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)
}

#[derive(Debug)]
struct Found {
    latest: OffsetDateTime,
    counts: LogCounts,
    covers: Option<LogRange>,
    uses: BTreeMap<(AppId, KeyId), LoggedUse>,
}

impl Found {
    fn add(&mut self, row: Row) -> Result<(), LogError> {
        self.counts.rows += 1;
        if self.counts.rows > MAX_ROWS {
            return Err(LogError::TooManyRows);
        }
        match row {
            Row::Other => self.counts.others += 1,
            Row::Bad(why) => self.bad(why),
            Row::SignIn { at, .. } if at > self.latest => self.bad(BadRow::Future),
            Row::SignIn { at, app_id, key_id, succeeded } => {
                let this = LogRange { from: at, until: at };
                self.covers = Some(self.covers.map_or(this, |covers| covers.with(this)));
                match key_id {
                    None => self.counts.without_key += 1,
                    Some(key_id) => {
                        self.counts.with_key += 1;
                        let none = LoggedUse { app_id, key_id, succeeded: None, attempted: None };
                        let found = self.uses.entry((app_id, key_id)).or_insert(none);
                        let last = if succeeded { &mut found.succeeded } else { &mut found.attempted };
                        *last = (*last).max(Some(at));
                        if self.uses.len() > MAX_KEYS {
                            return Err(LogError::TooManyKeys);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn bad(&mut self, why: BadRow) {
        self.counts.bad += 1;
        if self.counts.first_bad.len() < NAMED {
            self.counts.first_bad.push((self.counts.rows, why));
        }
    }
}

#[cfg(test)]
mod tests;
