//! Certificates themselves, app by app: who issued them, and of which kind and size their keys are, stands in no list.
//! Until it is read, it is "not read yet", which says nothing good and nothing bad.

use super::sync::{InventorySync, SyncError};
use crate::graph::MOST_IN_BATCH;
use domain::credentials::Subject;
use domain::key_credential::KeyCredentials;
use time::Duration;

/// Objects in one run, of which there is one a minute. Graph takes 150 such reads a minute and tenant: the rest is for people who open
/// an app's page, and for pushes.
const IN_A_RUN: usize = 100;
/// What showed nothing is asked for again after so long; and what came to an object that was read, likewise.
const AGAIN: Duration = Duration::days(1);

impl InventorySync {
    /// # Errors
    /// Where a failure may pass: what was read until then is kept, and the next run goes on from there.
    pub(super) async fn read_keys(&self) -> Result<(), SyncError> {
        let now = self.clock.now();
        let subjects = self.store.keys_to_read(now - AGAIN, now, IN_A_RUN).await?;
        if subjects.is_empty() {
            return Ok(());
        }
        for subjects in subjects.chunks(MOST_IN_BATCH) {
            let token = self.token().await?;
            let at = self.clock.now();
            let answers = self.graph.keys_of(&token, subjects).await?;
            let mut read: Vec<(Subject, Option<KeyCredentials>)> = vec![];
            let mut passing = None;
            for (subject, answer) in subjects.iter().zip(answers) {
                match answer {
                    Ok(keys) => read.push((*subject, Some(keys))),
                    Err(error) if error.may_pass() => passing = Some(error),
                    Err(error) => {
                        tracing::info!(%error, kind = %subject.kind, id = %subject.id, "certificates could not be read");
                        read.push((*subject, None));
                    }
                }
            }
            self.store.keep_read_keys(&read, at, &Self::policy()).await?;
            if let Some(error) = passing {
                return Err(error.into());
            }
        }
        Ok(())
    }
}
