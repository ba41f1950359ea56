//! One at a time for each key, without keeping a lock for keys that nobody holds.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;

/// Locks by key.
pub(crate) struct KeyedMutex<K>(Mutex<HashMap<K, Weak<tokio::sync::Mutex<()>>>>);

impl<K> Default for KeyedMutex<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> KeyedMutex<K> {
    /// Waits until nobody else holds the key. Who waits gets it in the order of asking.
    pub(crate) async fn lock(&self, key: K) -> OwnedMutexGuard<()> {
        self.of(key).lock_owned().await
    }

    /// How many keys are kept.
    #[cfg(test)]
    pub(crate) fn keys(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn of(&self, key: K) -> Arc<tokio::sync::Mutex<()>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = all.get(&key).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        all.insert(key, Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::poll;
    use std::pin::pin;
    use std::task::Poll;

    #[tokio::test]
    async fn one_key_is_held_once_and_another_is_free() {
        let locks = KeyedMutex::default();
        let held = locks.lock(1).await;
        let mut waiting = pin!(locks.lock(1));
        assert!(matches!(poll!(&mut waiting), Poll::Pending));
        drop(locks.lock(2).await);
        drop(held);
        assert!(matches!(poll!(&mut waiting), Poll::Ready(_)));
    }

    #[tokio::test]
    async fn nothing_is_kept_of_a_key_that_nobody_holds() {
        let locks = KeyedMutex::default();
        drop(locks.lock(1).await);
        let _held = locks.lock(2).await;
        assert_eq!(locks.keys(), 1);
    }
}
