//! Deletes sessions that have ended.

use super::job::Job;
use crate::clock::Clock;
use crate::store::{Store, StoreError};
use std::sync::Arc;

pub struct TidySessions {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
}

impl Job for TidySessions {
    const NAME: &'static str = "tidy-sessions";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        let count = self.store.sessions().delete_ended(self.clock.now().unix_timestamp()).await?;
        if count > 0 {
            tracing::debug!(count, "ended sessions were deleted");
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
    use time::OffsetDateTime;

    #[tokio::test]
    async fn only_ended_sessions_go() {
        on_both(async |database| {
            let store = database.store().await;
            for (id, ends) in [("ended", 1_800_000_000_i64), ("lives", 1_800_000_001)] {
                sqlx::query("INSERT INTO sessions (id, data, created_at, expires_at) VALUES ($1, '{}', 0, $2)")
                    .bind(id)
                    .bind(ends)
                    .execute(store.pool())
                    .await
                    .unwrap();
            }
            let clock = Arc::new(StoppedClock(OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()));
            let job = TidySessions { store: store.clone(), clock };
            job.run(()).await.unwrap();
            let left: Vec<String> =
                sqlx::query_scalar("SELECT id FROM sessions").fetch_all(store.pool()).await.unwrap();
            assert_eq!(left, ["lives"]);
        })
        .await;
    }
}
