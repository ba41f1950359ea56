//! Keeps the inventory up to date: looks every minute whether a pass is to be gone on with or begun.

use super::job::Job;
use crate::inventory::{InventorySync, SyncError};
use std::sync::Arc;

pub struct SyncInventory(pub(super) Arc<InventorySync>);

impl Job for SyncInventory {
    const NAME: &'static str = "sync-inventory";
    type Payload = ();
    type Error = SyncError;

    async fn run(&self, (): ()) -> Result<(), SyncError> {
        self.0.run().await
    }
}
