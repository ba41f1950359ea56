//! Who made a change that a pass has found: the directory's audit log knows, minutes to hours later.

use super::sync::{InventorySync, SyncError};
use crate::graph::{DirectoryAudit, GraphError};
use crate::store::{Actor, KeptChange};
use domain::credentials::{CredentialKind, Subject};
use domain::inventory::{ChangeKind, SETTLING};
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};

/// Changes that are asked about in one go.
const AT_ONCE: i64 = 20;
/// A record has not arrived: it is asked for again.
const AGAIN: Duration = Duration::minutes(15);
/// After that it is not asked for so often,
const DAY: Duration = Duration::days(1);
const SELDOM: Duration = Duration::hours(6);
/// and after that not any more: without a licence the log goes back so far
/// (<https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention>).
const OVER: Duration = Duration::days(7);

impl InventorySync {
    /// # Errors
    /// Where the log could not be read for a reason that may pass: it is asked again when this is called again.
    pub(super) async fn ask_who(&self) -> Result<(), SyncError> {
        let changes = self.store.changes_to_look_up(self.clock.now(), AT_ONCE).await?;
        if changes.is_empty() {
            return Ok(());
        }
        // One question for an object, however many of its credentials changed.
        let mut objects: HashMap<Subject, Vec<KeptChange>> = HashMap::new();
        for change in changes {
            objects.entry(change.subject).or_default().push(change);
        }
        for (subject, changes) in objects {
            let since = changes.iter().map(|change| change.since).min().unwrap_or_else(|| self.clock.now());
            let token = self.token().await?;
            match self.graph.directory_audits(&token, subject.id, since - SETTLING).await {
                Ok(records) => self.keep_who(&changes, &records).await?,
                // It stays unknown, and the pages say why.
                Err(GraphError::Denied(_)) => self.keep_refused(&changes).await?,
                Err(error) if error.may_pass() => return Err(error.into()),
                // One object must not keep the others from being asked about.
                Err(error) => {
                    tracing::warn!(%error, object = %subject.id, "the directory's audit log does not say who changed it");
                    self.keep_who(&changes, &[]).await?;
                }
            }
        }
        Ok(())
    }

    async fn keep_who(&self, changes: &[KeptChange], records: &[DirectoryAudit]) -> Result<(), SyncError> {
        let now = self.clock.now();
        for change in changes {
            let actor = actor(change, records);
            let next = actor.is_none().then(|| next(change, now)).flatten();
            self.store.looked_up(change.number, actor.as_ref(), false, next).await?;
        }
        Ok(())
    }

    async fn keep_refused(&self, changes: &[KeptChange]) -> Result<(), SyncError> {
        let now = self.clock.now();
        for change in changes {
            let again = (now - change.found_at < OVER).then_some(now + SELDOM);
            self.store.looked_up(change.number, None, true, again).await?;
        }
        Ok(())
    }
}

/// When the log is asked again. A federated credential has no `keyId` to be found by.
fn next(change: &KeptChange, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let age = now - change.found_at;
    if change.change.credential == CredentialKind::Federated || age >= OVER {
        return None;
    }
    Some(now + if age < DAY { AGAIN } else { SELDOM })
}

/// The newest record, made before the change was found, that has this entry come, go or change.
fn actor(change: &KeptChange, records: &[DirectoryAudit]) -> Option<Actor> {
    if change.change.credential == CredentialKind::Federated {
        return None;
    }
    let fits = |record: &&DirectoryAudit| {
        let Some(said) = record.says_of(change.subject.id, &change.change.id) else { return false };
        match change.change.kind {
            ChangeKind::Appeared => !said.before && said.after,
            ChangeKind::Gone => said.before && !said.after,
            // That it was there before and after says every record of a neighbour, too.
            ChangeKind::Changed => false,
        }
    };
    let record = records.iter().filter(|record| record.at <= change.found_at).filter(fits).max_by_key(|one| one.at)?;
    let (name, app) = record.initiator()?;
    Some(Actor { name, app, at: record.at })
}
