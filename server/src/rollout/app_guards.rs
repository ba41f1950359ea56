//! One push at a time per app: Graph has no `If-Match`, so that two pushes to one app would each write over the other.
//! Within this process a mutex sees to it, across replicas the database.

use crate::keyed_mutex::KeyedMutex;
use crate::store::{AppLock, AppLocks, Store, StoreError};
use domain::ids::{ObjectId, TenantId};
use tokio::sync::OwnedMutexGuard;

pub(crate) struct AppGuards {
    across: AppLocks,
    here: KeyedMutex<(TenantId, ObjectId)>,
}

/// Held until dropped.
pub(crate) struct AppGuard {
    across: Option<AppLock>,
    _here: OwnedMutexGuard<()>,
}

impl AppGuards {
    pub(crate) fn new(store: Store) -> Self {
        Self { across: AppLocks::new(store), here: KeyedMutex::default() }
    }

    /// Waits until no other push of any replica is at work on the app.
    pub(crate) async fn of(&self, tenant: TenantId, app: ObjectId) -> Result<AppGuard, StoreError> {
        // First: the database gives this process what it has already.
        let here = self.here.lock((tenant, app)).await;
        Ok(AppGuard { across: self.across.lock(tenant, app).await?, _here: here })
    }
}

impl AppGuard {
    /// Fails where the database may have given the app to another replica. Ask right before a write.
    pub(crate) async fn check(&mut self) -> Result<(), StoreError> {
        match &mut self.across {
            Some(lock) => lock.check().await,
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::{Database, on_both};
    use std::sync::Arc;
    use std::task::Poll;
    use std::time::Duration;
    use uuid::Uuid;

    const TENANT: TenantId = TenantId::new(Uuid::from_u128(7));
    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(20);

    const WAITING: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    fn app(n: u128) -> ObjectId {
        ObjectId::new(Uuid::from_u128(n))
    }

    #[tokio::test]
    async fn one_at_a_time_per_app() {
        on_both(async |database| {
            let locks = AppGuards::new(database.store().await);
            let held = locks.of(TENANT, app(1)).await.unwrap();
            drop(locks.of(TENANT, app(2)).await.unwrap());
            drop(locks.of(TenantId::new(Uuid::from_u128(8)), app(1)).await.unwrap());
            assert!(tokio::time::timeout(SHORT, locks.of(TENANT, app(1))).await.is_err());
            drop(held);
            drop(locks.of(TENANT, app(1)).await.unwrap());
            drop(locks.of(TENANT, app(2)).await.unwrap());
            assert!(locks.here.keys() <= 1, "locks that nobody holds are let go");
        })
        .await;
    }

    #[tokio::test]
    async fn one_at_a_time_across_replicas() {
        let database = Database::postgres().await;
        let replicas = [AppGuards::new(database.store().await), AppGuards::new(database.store().await)];
        let mut held = replicas[0].of(TENANT, app(1)).await.unwrap();
        held.check().await.unwrap();
        drop(tokio::time::timeout(LONG, replicas[1].of(TENANT, app(2))).await.unwrap().unwrap());
        assert!(tokio::time::timeout(SHORT, replicas[1].of(TENANT, app(1))).await.is_err());
        drop(held);
        // Also after a wait that was given up: what waited there is gone with its connection.
        for replica in [&replicas[1], &replicas[0]] {
            drop(tokio::time::timeout(LONG, replica.of(TENANT, app(1))).await.unwrap().unwrap());
        }
    }

    #[tokio::test]
    async fn locks_share_a_connection_and_are_let_go_one_by_one() {
        const HELD: &str = "SELECT count(*), count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let database = Database::postgres().await;
        let store = database.store().await;
        let locks = AppGuards::new(store.clone());
        let mut held = vec![];
        for n in 0..100 {
            held.push(locks.of(TENANT, app(n)).await.unwrap());
        }
        let counted: (i64, i64) = sqlx::query_as(HELD).fetch_one(store.pool()).await.unwrap();
        assert_eq!(counted, (100, 1));
        let other = AppGuards::new(database.store().await);
        drop(held.remove(40));
        drop(tokio::time::timeout(LONG, other.of(TENANT, app(40))).await.unwrap().unwrap());
        assert!(tokio::time::timeout(SHORT, other.of(TENANT, app(41))).await.is_err());
        for held in &mut held {
            held.check().await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_gives_up_before_the_answer_leaves_nothing_locked() {
        let database = Database::postgres().await;
        let locks = AppGuards::new(database.store().await);
        drop(locks.of(TENANT, app(0)).await.unwrap());
        for n in 1..20 {
            // Asked for, and dropped before the database can have answered.
            let mut asked = Box::pin(locks.of(TENANT, app(n)));
            let asked = std::future::poll_fn(|context| Poll::Ready(asked.as_mut().poll(context).is_pending()));
            assert!(asked.await);
        }
        let other = AppGuards::new(database.store().await);
        for n in 1..20 {
            drop(tokio::time::timeout(LONG, other.of(TENANT, app(n))).await.unwrap().unwrap());
        }
    }

    #[tokio::test]
    async fn a_lock_that_the_database_took_back_is_known_to_be_lost() {
        let database = Database::postgres().await;
        let store = database.store().await;
        let locks = AppGuards::new(store.clone());
        let mut held = locks.of(TENANT, app(1)).await.unwrap();
        let ended: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks
             WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .fetch_one(store.pool())
        .await
        .unwrap();
        assert_eq!(ended, 1);
        let lost = tokio::time::timeout(LONG, async { while held.check().await.is_ok() {} }).await;
        assert!(lost.is_ok());
        assert!(matches!(held.check().await, Err(StoreError::LockLost(_))));
        drop(AppGuards::new(database.store().await).of(TENANT, app(1)).await.unwrap());
    }

    #[tokio::test]
    async fn many_pushes_that_wait_leave_the_pool_free() {
        let database = Database::postgres().await;
        let store = database.store().await;
        let locks = Arc::new(AppGuards::new(store.clone()));
        let other = AppGuards::new(database.store().await);
        let mut held = Vec::new();
        for n in 0..20 {
            held.push(other.of(TENANT, app(n)).await.unwrap());
        }
        let waiting: Vec<_> = (0..20)
            .map(|n| {
                let locks = Arc::clone(&locks);
                tokio::spawn(async move { locks.of(TENANT, app(n)).await.map(drop) })
            })
            .collect();
        let all_wait = async {
            loop {
                let count: i64 = sqlx::query_scalar(WAITING).fetch_one(store.pool()).await.unwrap();
                if count >= 20 {
                    break;
                }
            }
        };
        tokio::time::timeout(LONG, all_wait).await.unwrap();
        drop(held);
        for task in waiting {
            tokio::time::timeout(LONG, task).await.unwrap().unwrap().unwrap();
        }
    }
}
