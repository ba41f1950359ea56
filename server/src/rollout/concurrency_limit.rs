//! How many apps of a push are under way at once, but for those that only wait for the reads that prove their write.

use domain::rollout::Outcome;

/// With how many a push begins: where something is wrong with all of them, few have been touched when it halts.
const FIRST: usize = 32;
/// More would only wait for each other, between the read that a write rests on and that write.
const WIDEST: usize = 128;
/// By how much it is widened by an app that is read back as planned, and by one that ends well.
const WIDER: usize = 3;

/// Begins narrow, widens while apps end well, and is halved by each that does not. What Graph's limits allow is another
/// question: [`crate::graph`]'s budget is what holds requests back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ConcurrencyLimit {
    now: usize,
    most: usize,
}

impl ConcurrencyLimit {
    pub(super) fn new(most: usize) -> Self {
        let most = most.clamp(1, WIDEST);
        Self { now: FIRST.min(most), most }
    }

    pub(super) fn now(self) -> usize {
        self.now
    }

    pub(super) fn read_back(&mut self, apps: usize) {
        self.now = (self.now + WIDER * apps).min(self.most);
    }

    pub(super) fn ended(&mut self, outcome: Outcome) {
        if outcome.is_good() {
            self.read_back(1);
        } else {
            self.now = (self.now / 2).max(FIRST.min(self.most));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widens_while_apps_end_well_and_narrows_where_they_do_not() {
        let mut limit = ConcurrencyLimit::new(100);
        assert_eq!(limit.now(), FIRST);
        limit.read_back(2);
        assert_eq!(limit.now(), FIRST + 2 * WIDER);
        for _ in 0..1000 {
            limit.ended(Outcome::Verified);
            assert!(limit.now() <= 100);
        }
        assert_eq!(limit.now(), 100);
        limit.ended(Outcome::Failed);
        assert_eq!(limit.now(), 50);
        for _ in 0..10 {
            limit.ended(Outcome::Refused);
        }
        assert_eq!(limit.now(), FIRST);
    }

    #[test]
    fn what_is_set_is_the_most() {
        for most in [0, 1, 2, FIRST] {
            let mut limit = ConcurrencyLimit::new(most);
            assert_eq!(limit.now(), most.max(1));
            limit.ended(Outcome::Verified);
            assert_eq!(limit.now(), most.max(1));
            limit.ended(Outcome::Failed);
            assert_eq!(limit.now(), most.max(1));
        }
    }
}
