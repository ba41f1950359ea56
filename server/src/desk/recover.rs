//! After a restart: pushes that were cut off are closed, with an audit row for each app that had no result yet. Nothing
//! is sent; a person decides.

use super::push::{audit_entry, outcome_name};
use super::{DeskState, receipt};
use crate::store::{StoreError, Which};

impl DeskState {
    /// Call once, before requests are served. Answers how many receipts were closed.
    pub async fn recover(&self) -> Result<usize, StoreError> {
        let receipts = self.store.unfinished().await?;
        let count = receipts.len();
        for new in receipts {
            for row in self.store.receipt_page(new.id, &Which::Open, 0, u64::MAX).await? {
                let result = receipt::app_result(row.app, row.stage);
                let entry = audit_entry(&new, &result, self.clock.now());
                self.store.finish_app(new.id, row.position, &result, outcome_name(result.outcome), &entry).await?;
            }
            self.store.finish_receipt(new.id, self.clock.now()).await?;
            tracing::warn!(receipt = %new.id, "a push was cut off by a restart");
        }
        Ok(count)
    }
}
