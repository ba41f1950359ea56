//! What one process knows of the jobs that have a key: that it put one into the queue, or that it is at work on one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a job that was put into the queue is taken to be under way. Another process may have taken it out, of which
/// this one hears nothing.
const EXPECTED: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<String, State>>);

#[derive(Debug, Clone, Copy)]
enum State {
    /// In the queue since then.
    Queued(Instant),
    /// At work, or waiting for a place.
    Here {
        /// Another job of this key has come meanwhile.
        again: bool,
    },
}

/// Ends when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    key: String,
    ended: bool,
}

impl Turns {
    /// A job of this key is about to be put into the queue.
    pub(super) fn queued(&self, key: &str) {
        let now = Instant::now();
        let mut all = self.all();
        all.retain(|_, state| !state.is_stale(now));
        all.entry(key.to_owned()).or_insert(State::Queued(now));
    }

    /// It could not be.
    pub(super) fn not_queued(&self, key: &str) {
        let mut all = self.all();
        if matches!(all.get(key), Some(State::Queued(_))) {
            all.remove(key);
        }
    }

    /// Whether a job of this key is at work here, or was put into the queue by this process a moment ago.
    pub(super) fn knows(&self, key: &str) -> bool {
        let now = Instant::now();
        self.all().get(key).is_some_and(|state| !state.is_stale(now))
    }

    /// `None` where one is at work here: it begins once more when it has ended.
    pub(super) fn take(self: &Arc<Self>, key: String) -> Option<Turn> {
        let mut all = self.all();
        if let Some(State::Here { again }) = all.get_mut(&key) {
            *again = true;
            return None;
        }
        all.insert(key.clone(), State::Here { again: false });
        Some(Turn { turns: Arc::clone(self), key, ended: false })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_stale(self, now: Instant) -> bool {
        matches!(self, Self::Queued(since) if now - since > EXPECTED)
    }
}

impl Turn {
    /// Ends it. `Some` where another job of the key has come meanwhile: go on once more.
    pub(super) fn end(mut self) -> Option<Self> {
        let mut all = self.turns.all();
        if let Some(State::Here { again }) = all.get_mut(&self.key)
            && std::mem::take(again)
        {
            drop(all);
            return Some(self);
        }
        // In the same breath, so that none that comes now is missed.
        all.remove(&self.key);
        drop(all);
        self.ended = true;
        None
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // One that has ended may have a successor by now.
        if !self.ended {
            self.turns.all().remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_was_queued_is_expected_for_a_while() {
        let turns = Turns::default();
        turns.queued("a");
        assert!(turns.knows("a") && !turns.knows("b"));
        turns.not_queued("a");
        assert!(!turns.knows("a"));
        turns.queued("a");
        tokio::time::advance(EXPECTED + Duration::from_secs(1)).await;
        assert!(!turns.knows("a"), "somebody else may have had it, and be gone");
        turns.queued("b");
        assert_eq!(turns.all().len(), 1, "and it is forgotten");
    }

    #[tokio::test]
    async fn one_at_a_time_and_none_is_missed() {
        let turns = Arc::new(Turns::default());
        turns.queued("a");
        let turn = turns.take("a".into()).unwrap();
        for _ in 0..3 {
            turns.queued("a");
            assert!(turns.take("a".into()).is_none());
        }
        let turn = turn.end().expect("three came, for which it goes on once");
        assert!(turn.end().is_none());
        assert!(!turns.knows("a"));
        drop(turns.take("a".into()).unwrap());
        assert!(!turns.knows("a"), "also where it was cut off");
    }
}
