//! Forgets writes without an answer that have come by now, or will not.

use super::job::Job;
use crate::clock::Clock;
use crate::store::{Store, StoreError};
use std::sync::Arc;
use time::Duration;

pub struct TidyWrites {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    /// No push asks for one that was sent longer ago.
    pub(super) remembered: Duration,
}

impl Job for TidyWrites {
    const NAME: &'static str = "tidy-writes";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        let before = self.clock.now().saturating_sub(self.remembered);
        let count = self.store.forget_writes_before(before).await?;
        if count > 0 {
            tracing::debug!(count, "writes without an answer that cannot come any more were forgotten");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::clock::StoppedClock;
    use crate::store::databases::on_both;
    use time::macros::datetime;

    #[tokio::test]
    async fn only_writes_that_no_push_asks_for_go() {
        on_both(async |database| {
            let store = database.store().await;
            // Of two tenants, too.
            for (tenant, number, sent_at) in [
                ("1", 1_i64, "2026-11-27T12:00:00.000000Z"),
                ("2", 2, "2026-11-28T11:49:59.999999Z"),
                ("1", 3, "2026-11-28T11:50:00.000000Z"),
                ("2", 4, "2026-11-28T11:59:59.000000Z"),
            ] {
                sqlx::query(
                    "INSERT INTO unanswered_writes (tenant_id, object_id, receipt_id, position, number, sent_at, content)
                     VALUES ($1, 'app', 'receipt', 0, $2, $3, '{}')",
                )
                .bind(tenant)
                .bind(number)
                .bind(sent_at)
                .execute(store.pool())
                .await
                .unwrap();
            }
            let clock = Arc::new(StoppedClock(datetime!(2026-11-28 12:00 UTC)));
            let job = TidyWrites { store: store.clone(), clock, remembered: Duration::minutes(10) };
            for _ in 0..2 {
                job.run(()).await.unwrap();
                let left: Vec<i64> = sqlx::query_scalar("SELECT number FROM unanswered_writes ORDER BY number")
                    .fetch_all(store.pool())
                    .await
                    .unwrap();
                assert_eq!(left, [3, 4]);
            }
        })
        .await;
    }
}
