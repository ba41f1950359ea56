//! Takes an exported log of sign-ins, a piece at a time, and keeps what it says of credentials when all of it was understood.

use crate::operations::Context;
use crate::parsers::ParserError;
use crate::person::Person;
use crate::shares::{Share, Shares};
use crate::store::{SignInImport, StoreError};
use domain::audit::{AuditAction, AuditOutcome};
use domain::ids::ObjectId;
use domain::sign_in_log::{LogError, SignInLog};
use time::UtcOffset;
use time::macros::format_description;

/// What is parsed at once: a parser is held for some milliseconds, and never while more is on its way.
const PIECE: usize = 1024 * 1024;
/// Of a file's name, what is kept.
const MOST_NAME: usize = 120;

/// Why a log is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error("the directory is not read in the background")]
    Off,
    #[error("the person is bringing another one")]
    UnderWay,
    #[error("the log cannot be used: {0}")]
    Log(#[from] LogError),
    #[error(transparent)]
    Parser(#[from] ParserError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One that is being brought.
pub(crate) struct Import {
    context: Context,
    person: Person,
    /// `None` after a piece that was not understood.
    log: Option<SignInLog>,
    /// Of the file, not parsed yet.
    waiting: Vec<u8>,
    _share: Share<ObjectId>,
}

/// `under_way`: by person, one each.
pub(crate) fn begin(context: Context, person: &Person, under_way: &Shares<ObjectId>) -> Result<Import, ImportError> {
    if context.inventory_every.is_none() {
        return Err(ImportError::Off);
    }
    let share = under_way.take(person.viewer.object_id, 1).ok_or(ImportError::UnderWay)?;
    let log = SignInLog::new(person.viewer.tenant_id, context.now());
    Ok(Import { context, person: person.clone(), log: Some(log), waiting: vec![], _share: share })
}

impl Import {
    pub(crate) async fn read(&mut self, piece: &[u8]) -> Result<(), ImportError> {
        self.waiting.extend_from_slice(piece);
        if self.waiting.len() >= PIECE { self.parse().await } else { Ok(()) }
    }

    async fn parse(&mut self) -> Result<(), ImportError> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(mut log) = self.log.take() else { return Err(ParserError::Failed.into()) };
        let parse = move || log.read(&waiting).map(|()| log);
        self.log = Some(self.context.parsers.run(parse).await??);
        Ok(())
    }

    /// Answers the import's number. `file`: its name.
    pub(crate) async fn finish(mut self, file: Option<&str>) -> Result<i64, ImportError> {
        self.parse().await?;
        let Some(log) = self.log.take() else { return Err(ParserError::Failed.into()) };
        let log = self.context.parsers.run(move || log.finish()).await??;
        let (who, at) = (self.person.viewer.name.clone(), self.context.now());
        let file: Option<String> = file.map(|name| name.chars().take(MOST_NAME).collect());
        let audit = |import: &SignInImport| {
            let mut entry = self.person.audit(at, AuditAction::SignInsImported, AuditOutcome::Recorded);
            entry.row.detail = told(import);
            entry
        };
        Ok(self.context.tenant.store.keep_sign_in_import((&who, file.as_deref()), &log, at, audit).await?)
    }
}

/// For the audit log.
fn told(import: &SignInImport) -> String {
    let day = |at: time::OffsetDateTime| {
        let format = format_description!("[year]-[month]-[day]");
        at.to_offset(UtcOffset::UTC).format(format).unwrap_or_default()
    };
    format!(
        "{}: {} rows, of {} to {}; {} credentials known here, {} not; {} rows not understood",
        import.file.as_deref().unwrap_or("a log"),
        import.counts.rows,
        day(import.covers.from),
        day(import.covers.until),
        import.known,
        import.unknown,
        import.counts.bad
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::sign_in_log::{LogCounts, LogRange};
    use time::macros::datetime;

    #[test]
    fn the_audit_log_has_what_was_in_it() {
        let covers = LogRange { from: datetime!(2026-11-03 23:30 -3), until: datetime!(2026-11-10 08:00 UTC) };
        let counts = LogCounts { rows: 12, bad: 1, ..LogCounts::default() };
        let import =
            SignInImport { who: "Mara".into(), file: Some("a.csv".into()), counts, covers, known: 3, unknown: 1 };
        assert_eq!(
            told(&import),
            "a.csv: 12 rows, of 2026-11-04 to 2026-11-10; 3 credentials known here, 1 not; 1 rows not understood"
        );
    }
}
