//! Apps of a push that have been written and read back as planned, and wait for the reads that prove it. They cost next to
//! nothing until then, so that others may begin.

use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(super) struct Watched {
    now: AtomicUsize,
    /// Apps that were read back as planned for the first time, and that nobody has asked for yet.
    fresh: AtomicUsize,
    changed: Notify,
}

impl Watched {
    pub(super) fn now(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }

    pub(super) fn take_fresh(&self) -> usize {
        self.fresh.swap(0, Ordering::SeqCst)
    }

    /// Until one more is watched. Once for all that were added since the last call.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// What one app tells of itself. An app that ends, however it does, is not watched any more.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    all: &'a Watched,
    is: bool,
    was: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(all: &'a Watched) -> Self {
        Self { all, is: false, was: false }
    }

    /// It only waits from here on, or does not any more.
    pub(super) fn set(&mut self, watched: bool) {
        if watched == self.is {
            return;
        }
        self.is = watched;
        if !watched {
            self.all.now.fetch_sub(1, Ordering::SeqCst);
            return;
        }
        self.all.now.fetch_add(1, Ordering::SeqCst);
        if !self.was {
            self.was = true;
            self.all.fresh.fetch_add(1, Ordering::SeqCst);
        }
        self.all.changed.notify_one();
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_who_waits_and_tells_of_each_once() {
        let all = Watched::default();
        let mut one = Watch::new(&all);
        let mut other = Watch::new(&all);
        one.set(true);
        one.set(true);
        other.set(true);
        all.changed().await;
        assert_eq!((all.now(), all.take_fresh()), (2, 2));
        // It has to write again, and waits again.
        one.set(false);
        assert_eq!((all.now(), all.take_fresh()), (1, 0));
        one.set(true);
        all.changed().await;
        assert_eq!((all.now(), all.take_fresh()), (2, 0));
        drop(one);
        drop(other);
        assert_eq!(all.now(), 0);
    }
}
