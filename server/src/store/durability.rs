//! One wait for the disk for all who need what they committed to be there.
//!
//! With SQLite most of a commit's time is that wait, and only one transaction at a time can wait for it. What is committed
//! without waiting, and followed by [`Store::synced`], is as safe: a commit with `synchronous = FULL` takes the whole
//! write-ahead log to the disk, with all that was committed before it (<https://www.sqlite.org/wal.html#performance_considerations>).

use super::{Engine, Store};
use sqlx::Executor as _;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// Who waits is numbered.
#[derive(Debug, Default)]
pub(super) struct Durability {
    asked: AtomicU64,
    /// Up to whom all is on the disk.
    done: Mutex<u64>,
}

impl Store {
    /// Until everything that this process has committed is on the disk. PostgreSQL's commits are when they are answered.
    pub(super) async fn synced(&self) -> Result<(), sqlx::Error> {
        if self.engine() == Engine::Postgres || self.address.in_memory() {
            return Ok(());
        }
        let number = self.durability.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut done = self.durability.done.lock().await;
        if *done < number {
            // Whoever has asked by now has committed by now.
            let all = self.durability.asked.load(Ordering::SeqCst);
            let mut transaction = self.begin().await?;
            // Nothing reads it. A transaction that writes nothing would not go to the disk.
            transaction.execute("PRAGMA user_version = 1").await?;
            transaction.commit().await?;
            *done = all;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use crate::store::databases::{Database, on_both};
    use futures_util::future::join_all;

    /// A frame of the write-ahead log: its header and a page.
    const FRAME: u64 = 24 + 4_096;

    #[tokio::test]
    async fn it_is_a_commit_that_goes_to_the_disk_and_one_does_for_many() {
        let database = Database::sqlite();
        let store = database.store().await;
        let log = format!("{}-wal", store.address.options().database_url.path());
        let frames = || std::fs::metadata(&log).unwrap().len() / FRAME;
        let before = frames();
        store.synced().await.unwrap();
        let after = frames();
        assert!(after > before, "nothing was written, and so nothing taken to the disk");
        for asked in join_all((0..100).map(|_| store.synced())).await {
            asked.unwrap();
        }
        // The first of them, and one for all others.
        assert_eq!(frames() - after, 2);
    }

    #[tokio::test]
    async fn what_was_given_up_is_done_by_the_next() {
        on_both(async |database| {
            let store = database.store().await;
            for _ in 0..20 {
                let mut asked = Box::pin(store.synced());
                let _ = futures_util::poll!(asked.as_mut());
            }
            store.synced().await.unwrap();
        })
        .await;
    }
}
