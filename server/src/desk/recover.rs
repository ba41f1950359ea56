//! After a restart: pushes that were cut off are closed, with an audit row for each app that had no result yet. Nothing
//! is sent; a person decides.

use super::push::{audit_entry, outcome_name};
use super::{DeskState, receipt};
use crate::store::{Journal, Stage, StoreError};

impl DeskState {
    /// Call once, before requests are served. Answers how many receipts were closed.
    pub async fn recover(&self) -> Result<usize, StoreError> {
        let journals = self.store.unfinished().await?;
        let count = journals.len();
        for Journal { receipt: new, stages, .. } in journals {
            for (position, (app, stage)) in new.apps.clone().into_iter().zip(stages).enumerate() {
                if matches!(stage, Stage::Done(_)) {
                    continue;
                }
                let result = receipt::app_result(app, stage);
                let entry = audit_entry(&new, &result, self.clock.now());
                self.store.finish_app(new.id, position, &result, outcome_name(result.outcome), &entry).await?;
            }
            self.store.finish_receipt(new.id, self.clock.now()).await?;
            tracing::warn!(receipt = %new.id, "a push was cut off by a restart");
        }
        Ok(count)
    }
}
