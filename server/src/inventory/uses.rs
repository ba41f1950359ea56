//! When credentials were last used, from the report that Graph has of it. What the report cannot say stays unknown: see
//! [`domain::inventory::LastUse`].

use super::sync::{InventorySync, SyncError};
use crate::graph::{CredentialActivity, GraphError};
use crate::store::UseRow;
use domain::inventory::{ReportReading, UnknownUse, UseReport};
use time::{Duration, OffsetDateTime};

/// From one reading to the next. The report is said to be made anew once a day or so (UNSOURCED).
const AGAIN: Duration = Duration::hours(12);

impl InventorySync {
    /// # Errors
    /// Where the report could not be read for a reason that may pass: that is kept, and it is asked again when this is called
    /// again.
    pub(super) async fn read_uses(&self) -> Result<(), SyncError> {
        let at = self.clock.now();
        let before = self.store.use_report().await?;
        if before.is_some_and(|report| at - report.read_at < AGAIN && report.unknown != Some(UnknownUse::Failed)) {
            return Ok(());
        }
        let token = self.token().await?;
        match self.graph.credential_activities(&token).await {
            Ok(rows) => {
                let newest = self.newest(&rows, at).await?.ok_or(UnknownUse::Empty);
                let report = UseReport::after(before, ReportReading { at, newest });
                let rows: Vec<UseRow> = rows.iter().map(|row| use_row(*row)).collect();
                self.store.keep_uses(&report, &rows).await?;
            }
            Err(error) => {
                let newest = Err(why(&error));
                self.store.keep_uses(&UseReport::after(before, ReportReading { at, newest }), &[]).await?;
                tracing::info!(%error, "the report of credentials' use cannot be read");
                if error.may_pass() {
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    /// The newest sign-in of an application that is registered here: Microsoft's own services sign in everywhere, and make a
    /// report look new that stands still.
    async fn newest(
        &self,
        rows: &[CredentialActivity],
        at: OffsetDateTime,
    ) -> Result<Option<OffsetDateTime>, SyncError> {
        let mut apps: Vec<_> = rows.iter().map(|row| row.app_id).collect();
        apps.sort_unstable();
        apps.dedup();
        let here = self.store.registered_here(&apps).await?;
        let own = rows.iter().filter(|row| here.contains(&row.app_id)).filter_map(CredentialActivity::latest);
        // One row whose clock is ahead must not speak for all.
        Ok(own.filter(|latest| *latest <= at + Duration::minutes(5)).max())
    }
}

fn use_row(row: CredentialActivity) -> UseRow {
    UseRow { app_id: row.app_id, key_id: row.key_id, succeeded: row.succeeded(), attempted: row.attempted() }
}

fn why(error: &GraphError) -> UnknownUse {
    if error.is_about_a_licence() {
        return UnknownUse::NoLicence;
    }
    match error {
        GraphError::Denied(_) => UnknownUse::NotPermitted,
        GraphError::NotFound(_) | GraphError::Invalid(_) => UnknownUse::NotInCloud,
        _ => UnknownUse::Failed,
    }
}
