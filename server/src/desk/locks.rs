//! One push at a time per app, within this process: Graph has no `If-Match`, so that two pushes to one app would each
//! write over the other.

use domain::ids::ObjectId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

#[derive(Default)]
pub(super) struct Locks(Mutex<HashMap<ObjectId, Weak<AsyncMutex<()>>>>);

impl Locks {
    /// Waits until no other push of this process is at work on the app.
    pub(super) async fn of(&self, app: ObjectId) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            locks.retain(|_, lock| lock.strong_count() > 0);
            let held = locks.get(&app).and_then(Weak::upgrade);
            held.unwrap_or_else(|| {
                let lock = Arc::new(AsyncMutex::new(()));
                locks.insert(app, Arc::downgrade(&lock));
                lock
            })
        };
        lock.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use uuid::Uuid;

    #[tokio::test]
    async fn one_at_a_time_per_app() {
        let locks = Locks::default();
        let (one, other) = (ObjectId::new(Uuid::from_u128(1)), ObjectId::new(Uuid::from_u128(2)));
        let held = locks.of(one).await;
        drop(locks.of(other).await);
        assert!(tokio::time::timeout(Duration::from_millis(20), locks.of(one)).await.is_err());
        drop(held);
        drop(locks.of(one).await);
        drop(locks.of(other).await);
        assert!(locks.0.lock().is_ok_and(|locks| locks.len() <= 1), "locks that nobody holds are let go");
    }
}
