//! How many of something each of many may have at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counted by key. Cheap to clone.
#[derive(Debug)]
pub(crate) struct Shares<K>(Arc<Mutex<HashMap<K, usize>>>);

/// Given back when dropped.
#[derive(Debug)]
pub(crate) struct Share<K: Eq + Hash> {
    shares: Shares<K>,
    key: K,
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for Shares<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash + Clone> Shares<K> {
    /// `None` where this one has `most` already.
    pub(crate) fn take(&self, key: K, most: usize) -> Option<Share<K>> {
        let mut all = self.all();
        let count = all.entry(key.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(all);
        Some(Share { shares: self.clone(), key })
    }
}

impl<K> Shares<K> {
    fn all(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut all = self.shares.all();
        if let Some(count) = all.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn each_has_so_many_and_what_is_given_back_is_there_again() {
        let shares = Shares::default();
        let (first, _second) = (shares.take("a", 2).unwrap(), shares.take("a", 2).unwrap());
        assert!(shares.take("a", 2).is_none());
        drop(shares.take("b", 2).unwrap());
        drop(first);
        assert!(shares.take("a", 2).is_some());
        assert_eq!(shares.all().len(), 1, "nothing is kept of who has none");
    }
}
