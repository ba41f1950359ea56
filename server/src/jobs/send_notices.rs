//! Sends the notices that are due.

use super::job::Job;
use crate::notices::Sender;
use crate::store::StoreError;
use std::sync::Arc;

pub struct SendNotices(pub(super) Arc<Sender>);

impl Job for SendNotices {
    const NAME: &'static str = "send-notices";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        self.0.run().await
    }
}
