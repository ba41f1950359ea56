//! What can be said of the last use of a credential, and what cannot.
//!
//! One source is Graph's report `appCredentialSignInActivities` of beta, of which peers have measured that it can stand
//! still for months while it goes on answering, that it may know attempts alone, and that sign-ins of Microsoft's own services
//! make it look new. So a credential that the report does not name is quiet only for as long as the portal itself has
//! watched both it and a report that moves; and whatever else, it is unknown.
//!
//! The other are logs of sign-ins that people exported and brought ([`crate::sign_in_log`]): what one names was used, or tried.
//! What it does not name it says nothing about, for nobody knows what it was filtered by.

use crate::sign_in_log::LogRange;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// A report whose newest sign-in of the directory's own applications is older than this stands still, as far as anybody can tell.
pub const MOVES_WITHIN: Duration = Duration::days(3);
/// A report that was not read for longer than this may have forgotten a use meanwhile: it goes back 30 days
/// (<https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention>), seven without a licence.
pub const READ_WITHIN: Duration = Duration::days(7);
/// What nobody has signed in with for so long is likely not used any more: most work comes round within a month. What comes
/// round once a quarter would be missed.
pub const QUIET_ENOUGH: Duration = Duration::days(30);
/// How far a clock may go ahead of another.
const SKEW: Duration = Duration::minutes(5);

/// Why a use is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownUse {
    /// Nobody has looked yet.
    NotRead,
    /// The portal may not read the report.
    NotPermitted,
    /// The directory has no licence for it.
    NoLicence,
    /// The cloud has no such report.
    NotInCloud,
    /// It could not be read to its end.
    Failed,
    /// It names no sign-in of an application of this directory: nothing shows that it moves.
    Empty,
    /// Its newest sign-in of an application of this directory is too old.
    StandsStill,
    /// It was not read for too long.
    ReadLongAgo,
    /// The entry has no `keyId`: the report cannot name it.
    NoKeyId,
}

/// What one reading of the report came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportReading {
    /// When it was begun.
    pub at: OffsetDateTime,
    /// The newest sign-in of an application of this directory; or why there is none.
    pub newest: Result<OffsetDateTime, UnknownUse>,
}

/// What is kept of all readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseReport {
    /// When the last one was begun.
    #[serde(with = "time::serde::rfc3339")]
    pub read_at: OffsetDateTime,
    /// Up to when the report went in the last one that showed it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub as_of: Option<OffsetDateTime>,
    /// Since when it has moved in every reading.
    #[serde(with = "time::serde::rfc3339::option")]
    pub moves_since: Option<OffsetDateTime>,
    /// Why the last one shows nothing about use.
    pub unknown: Option<UnknownUse>,
}

impl UseReport {
    /// After one more reading.
    #[must_use]
    pub fn after(before: Option<Self>, reading: ReportReading) -> Self {
        let ReportReading { at, newest } = reading;
        let newest = newest.and_then(|newest| match newest {
            // What is yet to come is nobody's sign-in: such a clock says nothing about today.
            newest if newest > at + SKEW => Err(UnknownUse::Failed),
            newest if at - newest > MOVES_WITHIN => Err(UnknownUse::StandsStill),
            newest => Ok(newest.min(at)),
        });
        let kept = before.and_then(|before| before.as_of);
        match newest {
            Err(unknown) => Self { read_at: at, as_of: kept, moves_since: None, unknown: Some(unknown) },
            Ok(newest) => {
                let unbroken =
                    before.filter(|before| at - before.read_at <= READ_WITHIN && before.as_of <= Some(newest));
                let since = unbroken.and_then(|before| before.moves_since).unwrap_or(newest);
                Self { read_at: at, as_of: Some(newest), moves_since: Some(since), unknown: None }
            }
        }
    }

    /// The stretch in which a use would have been seen.
    fn watched(self, now: OffsetDateTime) -> Result<(OffsetDateTime, OffsetDateTime), UnknownUse> {
        if let Some(unknown) = self.unknown {
            return Err(unknown);
        }
        if now - self.read_at > READ_WITHIN {
            return Err(UnknownUse::ReadLongAgo);
        }
        self.moves_since.zip(self.as_of).ok_or(UnknownUse::Failed)
    }
}

/// What is kept of one credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialUse {
    /// Since when the portal has known that it is there.
    pub known_since: OffsetDateTime,
    /// The last sign-in that succeeded.
    pub succeeded: Option<OffsetDateTime>,
    /// The last sign-in of which the report does not say whether it succeeded.
    pub attempted: Option<OffsetDateTime>,
    /// What logs say that were brought.
    pub logged: Option<ImportedUse>,
}

/// What imported logs say of one credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedUse {
    /// The last sign-in that succeeded.
    pub succeeded: Option<OffsetDateTime>,
    /// The last one that did not.
    pub attempted: Option<OffsetDateTime>,
    /// Of the newest log that names it.
    pub covers: LogRange,
}

impl CredentialUse {
    /// By whatever shows it.
    fn last_seen(self, latest: OffsetDateTime) -> Option<SeenUse> {
        let report = [(self.attempted, false), (self.succeeded, true)].map(|(at, ok)| (at, ok, UseSource::Report));
        let logged = self.logged.into_iter().flat_map(|log| {
            [(log.attempted, false), (log.succeeded, true)].map(|(at, ok)| (at, ok, UseSource::Log(log.covers)))
        });
        let seen = report.into_iter().chain(logged);
        let seen = seen.filter_map(|(at, succeeded, by)| at.map(|at| SeenUse { at, succeeded, by }));
        // Of two at the same time a log says more: whether it succeeded.
        seen.filter(|seen| seen.at <= latest).max_by_key(|seen| (seen.at, seen.succeeded, seen.by != UseSource::Report))
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUse {
    /// The last use that was ever seen, however old the report is.
    pub seen: Option<SeenUse>,
    /// The stretch without any, up to where the report goes; or why there is no telling.
    pub quiet: Result<Quiet, UnknownUse>,
}

/// A use that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenUse {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// It signed in. `false`: somebody tried, which by the report may have failed, and by a log has.
    pub succeeded: bool,
    /// By what.
    #[serde(default)]
    pub by: UseSource,
}

/// What shows a use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UseSource {
    /// Graph's.
    #[default]
    Report,
    /// One that somebody brought, from when to when.
    Log(LogRange),
}

/// A stretch of time in which a use would have been seen, and none was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// Its beginning: the last use, or when watching began.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Up to where the report goes.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
}

impl Quiet {
    /// How long it is.
    pub fn lasts(self) -> Duration {
        self.until - self.since
    }
}

impl LastUse {
    /// Nothing can be told of it.
    pub const fn unknown(why: UnknownUse) -> Self {
        Self { seen: None, quiet: Err(why) }
    }

    /// `report`: `None` where it was never read. `key`: `None` where the credential came after the last reading.
    pub fn of(report: Option<UseReport>, key: Option<CredentialUse>, now: OffsetDateTime) -> Self {
        let seen = key.and_then(|key| key.last_seen(now + SKEW));
        let quiet = report.ok_or(UnknownUse::NotRead).and_then(|report| {
            let (from, until) = report.watched(now)?;
            let key = key.ok_or(UnknownUse::NotRead)?;
            let since = from.max(key.known_since).max(seen.map_or(from, |seen| seen.at));
            match seen {
                _ if since < until => Ok(Quiet { since, until }),
                // A use at the report's very end, or behind it, leaves no quiet, and is none that is unknown.
                Some(SeenUse { at, .. }) => Ok(Quiet { since: at, until: at }),
                None => Err(UnknownUse::NotRead),
            }
        });
        Self { seen, quiet }
    }

    /// Whether somebody used it, or tried to, in the last so long.
    pub fn was_seen_within(&self, long: Duration, now: OffsetDateTime) -> bool {
        self.seen.is_some_and(|seen| now - seen.at < long)
    }

    /// Whether nobody can have used it for that long. Never where something about it is unknown.
    pub fn is_quiet_for(&self, long: Duration) -> bool {
        self.quiet.is_ok_and(|quiet| quiet.lasts() >= long)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);
    const LONG: Duration = Duration::days(30);

    fn ago(days: i64) -> OffsetDateTime {
        NOW - Duration::days(days)
    }

    /// Readings, each so many days ago: of a report that went up to so many days ago, or none.
    fn report(readings: &[(i64, Result<i64, UnknownUse>)]) -> Option<UseReport> {
        readings.iter().fold(None, |before, (at, newest)| {
            Some(UseReport::after(before, ReportReading { at: ago(*at), newest: newest.map(ago) }))
        })
    }

    /// Read every day for 60 days, and always of that day.
    fn moving() -> Option<UseReport> {
        report(&(0..=60).rev().map(|day| (day, Ok(day))).collect::<Vec<_>>())
    }

    fn key(known: i64, succeeded: Option<i64>, attempted: Option<i64>) -> CredentialUse {
        CredentialUse {
            known_since: ago(known),
            succeeded: succeeded.map(ago),
            attempted: attempted.map(ago),
            logged: None,
        }
    }

    #[track_caller]
    fn is_not_safe(report: Option<UseReport>, key: impl Into<Option<CredentialUse>>) -> LastUse {
        let answer = LastUse::of(report, key.into(), NOW);
        assert!(!answer.is_quiet_for(LONG), "{answer:?}");
        answer
    }

    #[test]
    fn what_was_watched_for_long_and_never_seen_is_quiet() {
        let answer = LastUse::of(moving(), Some(key(60, None, None)), NOW);
        assert_eq!(answer, LastUse { seen: None, quiet: Ok(Quiet { since: ago(60), until: NOW }) });
        assert!(answer.is_quiet_for(LONG));
        // Also after a use that is long ago.
        let answer = LastUse::of(moving(), Some(key(60, Some(45), None)), NOW);
        assert_eq!(answer.quiet.map(Quiet::lasts), Ok(Duration::days(45)));
        assert_eq!(answer.seen, Some(SeenUse { at: ago(45), succeeded: true, by: UseSource::Report }));
    }

    #[test]
    fn trap_1_a_report_that_stands_still() {
        let frozen: Vec<_> = (0..=60).rev().map(|day| (day, Ok(210))).collect();
        let answer = is_not_safe(report(&frozen), key(60, None, None));
        assert_eq!(answer.quiet, Err(UnknownUse::StandsStill));
        // Also where it froze only now: what came before does not count on.
        let mut freezes: Vec<_> = (10..=60).rev().map(|day| (day, Ok(day))).collect();
        freezes.extend((0..10).rev().map(|day| (day, Ok(10))));
        assert_eq!(is_not_safe(report(&freezes), key(60, None, None)).quiet, Err(UnknownUse::StandsStill));
    }

    #[test]
    fn trap_2_no_licence() {
        let answer = is_not_safe(report(&[(1, Err(UnknownUse::NoLicence))]), key(60, None, None));
        assert_eq!(answer.quiet, Err(UnknownUse::NoLicence));
    }

    #[test]
    fn trap_3_attempts_alone() {
        let answer = is_not_safe(moving(), key(60, None, Some(2)));
        assert_eq!(answer.seen, Some(SeenUse { at: ago(2), succeeded: false, by: UseSource::Report }));
    }

    #[test]
    fn trap_4_the_use_is_another_entrys() {
        // The application's other key signs in all the time, and this one came yesterday: nothing is known of it yet.
        assert_eq!(is_not_safe(moving(), None).quiet, Err(UnknownUse::NotRead));
        let answer = is_not_safe(moving(), key(1, None, None));
        assert_eq!(answer.quiet.map(Quiet::lasts), Ok(Duration::days(1)));
    }

    #[test]
    fn trap_5_a_report_that_forgets_what_is_older_than_its_retention() {
        // Not read for ten days: a use in them may have come and gone.
        let answer = is_not_safe(report(&[(60, Ok(60)), (59, Ok(59)), (10, Ok(10)), (0, Ok(0))]), key(60, None, None));
        assert_eq!(answer.quiet, Err(UnknownUse::NotRead));
        let answer = is_not_safe(report(&[(60, Ok(60)), (10, Ok(10)), (5, Ok(5)), (0, Ok(0))]), key(60, None, None));
        assert_eq!(answer.quiet.map(|quiet| quiet.since), Ok(ago(10)));
    }

    #[test]
    fn trap_6_a_clock_that_is_ahead() {
        let answer = is_not_safe(report(&[(1, Ok(1)), (0, Ok(-400))]), key(60, None, None));
        assert_eq!(answer.quiet, Err(UnknownUse::Failed));
        assert_eq!(is_not_safe(report(&[(0, Ok(0))]), key(60, Some(-400), None)).seen, None);
    }

    #[test]
    fn trap_7_a_cloud_without_it() {
        let answer = is_not_safe(report(&[(1, Err(UnknownUse::NotInCloud))]), key(60, None, None));
        assert_eq!(answer.quiet, Err(UnknownUse::NotInCloud));
    }

    #[test]
    fn trap_8_a_report_that_only_microsofts_own_services_keep_new() {
        // Whoever reads it passes the newest sign-in of the directory's own applications: there was none.
        let answer =
            is_not_safe(report(&[(1, Err(UnknownUse::Empty)), (0, Err(UnknownUse::Empty))]), key(60, None, None));
        assert_eq!(answer.quiet, Err(UnknownUse::Empty));
    }

    #[test]
    fn trap_9_a_reading_that_broke_off() {
        let answer = is_not_safe(report(&[(60, Ok(60)), (0, Err(UnknownUse::Failed))]), key(60, None, None));
        assert_eq!(answer.quiet, Err(UnknownUse::Failed));
    }

    #[test]
    fn trap_10_a_permission_that_was_taken_away() {
        let mut readings: Vec<_> = (3..=60).rev().map(|day| (day, Ok(day))).collect();
        readings.push((2, Err(UnknownUse::NotPermitted)));
        let answer = is_not_safe(report(&readings), key(60, Some(40), None));
        assert_eq!((answer.quiet, answer.seen.map(|seen| seen.at)), (Err(UnknownUse::NotPermitted), Some(ago(40))));
        // And where it comes back, watching begins anew.
        readings.extend([(1, Ok(1)), (0, Ok(0))]);
        let answer = is_not_safe(report(&readings), key(60, Some(40), None));
        assert_eq!(answer.quiet.map(Quiet::lasts), Ok(Duration::days(1)));
    }

    #[test]
    fn trap_11_nobody_has_looked_or_not_for_long() {
        assert_eq!(is_not_safe(None, key(60, None, None)).quiet, Err(UnknownUse::NotRead));
        let old: Vec<_> = (20..=60).rev().map(|day| (day, Ok(day))).collect();
        assert_eq!(is_not_safe(report(&old), key(60, None, None)).quiet, Err(UnknownUse::ReadLongAgo));
    }

    #[test]
    fn trap_12_a_report_that_goes_backwards() {
        // Another build of it, older than the one before: what it lacks may be what it does not know yet.
        let mut readings: Vec<_> = (1..=60).rev().map(|day| (day, Ok(day))).collect();
        readings.push((0, Ok(2)));
        let answer = is_not_safe(report(&readings), key(60, None, None));
        assert_eq!(answer.quiet, Err(UnknownUse::NotRead));
    }

    #[test]
    fn trap_13_a_use_just_now() {
        let answer = is_not_safe(moving(), key(60, Some(0), None));
        assert_eq!(answer.quiet, Ok(Quiet { since: NOW, until: NOW }));
    }

    /// As a log of the days from `from` to `until` names it.
    fn logged(
        key: CredentialUse,
        succeeded: Option<i64>,
        attempted: Option<i64>,
        (from, until): (i64, i64),
    ) -> CredentialUse {
        let covers = LogRange { from: ago(from), until: ago(until) };
        let logged = ImportedUse { succeeded: succeeded.map(ago), attempted: attempted.map(ago), covers };
        CredentialUse { logged: Some(logged), ..key }
    }

    #[test]
    fn a_log_shows_uses_and_attempts_and_never_that_there_was_none() {
        let by = UseSource::Log(LogRange { from: ago(9), until: ago(2) });
        let used = logged(key(60, None, None), Some(4), None, (9, 2));
        // Without a report, or with one that says nothing, nothing is known of the days behind it.
        for (report, why) in [
            (None, UnknownUse::NotRead),
            (report(&[(1, Err(UnknownUse::NoLicence))]), UnknownUse::NoLicence),
            (report(&[(0, Ok(210))]), UnknownUse::StandsStill),
        ] {
            let answer = is_not_safe(report, used);
            assert_eq!(answer.seen, Some(SeenUse { at: ago(4), succeeded: true, by }));
            assert_eq!(answer.quiet, Err(why));
        }
        // It takes quiet away where the report missed the use, and gives none back.
        let answer = is_not_safe(moving(), used);
        assert_eq!(answer.quiet, Ok(Quiet { since: ago(4), until: NOW }));
        let attempt = is_not_safe(moving(), logged(key(60, Some(50), None), None, Some(4), (9, 2)));
        assert_eq!(attempt.seen, Some(SeenUse { at: ago(4), succeeded: false, by }));
        let old = LastUse::of(moving(), Some(logged(key(60, Some(45), None), Some(80), None, (90, 70))), NOW);
        assert_eq!(
            (old.seen.map(|seen| seen.at), old.quiet.map(Quiet::lasts)),
            (Some(ago(45)), Ok(Duration::days(45)))
        );
        // One that reaches further back than anybody watched adds nothing to what was watched.
        let long = LastUse::of(moving(), Some(logged(key(20, None, None), Some(300), None, (400, 0))), NOW);
        assert_eq!(long.quiet.map(Quiet::lasts), Ok(Duration::days(20)));
        // Behind the report's end there is no quiet.
        let lags = report(&[(60, Ok(60)), (59, Ok(59)), (55, Ok(55)), (50, Ok(50)), (2, Ok(2))]);
        let answer = is_not_safe(lags, logged(key(60, None, None), Some(1), None, (9, 1)));
        assert_eq!(answer.quiet, Ok(Quiet { since: ago(1), until: ago(1) }));
    }

    #[test]
    fn of_two_sources_the_later_counts_and_at_the_same_time_the_one_that_knows_more() {
        let seen = |key| LastUse::of(moving(), Some(key), NOW).seen.unwrap();
        let range = (9, 2);
        let later = seen(logged(key(60, Some(3), None), Some(4), None, range));
        assert_eq!((later.at, later.by), (ago(3), UseSource::Report));
        let failed = seen(logged(key(60, None, Some(4)), None, Some(4), range));
        assert!(!failed.succeeded && failed.by != UseSource::Report, "{failed:?}");
        let succeeded = seen(logged(key(60, None, Some(4)), Some(4), None, range));
        assert!(succeeded.succeeded, "{succeeded:?}");
        let ahead = logged(key(60, None, None), Some(-400), None, (9, -400));
        assert_eq!(LastUse::of(moving(), Some(ahead), NOW).seen, None);
    }

    #[test]
    fn what_was_kept_before_there_were_logs_is_the_reports() {
        let kept = r#"{"seen":{"at":"2026-11-28T12:00:00Z","succeeded":true},"quiet":{"Err":"no-licence"}}"#;
        let read: LastUse = serde_json::from_str(kept).unwrap();
        assert_eq!(read.seen, Some(SeenUse { at: ago(1), succeeded: true, by: UseSource::Report }));
        let by = UseSource::Log(LogRange { from: ago(9), until: ago(2) });
        let log = LastUse { seen: Some(SeenUse { at: ago(4), succeeded: false, by }), quiet: Err(UnknownUse::NotRead) };
        assert_eq!(serde_json::from_str::<LastUse>(&serde_json::to_string(&log).unwrap()).unwrap(), log);
    }
}
