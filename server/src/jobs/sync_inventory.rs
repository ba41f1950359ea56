//! Keeps the inventory up to date: looks every minute whether a pass is to be gone on with or begun.

use super::job::Job;
use crate::inventory::{InventorySync, SCHEDULE, SyncError};
use std::sync::Arc;

pub struct SyncInventory(pub(super) Arc<InventorySync>);

impl Job for SyncInventory {
    const NAME: &'static str = SCHEDULE;
    type Payload = ();
    type Error = SyncError;

    async fn run(&self, (): ()) -> Result<(), SyncError> {
        self.0.run().await
    }
}
