//! What was sent lately, limit by limit.
//!
//! Entra has token buckets; others (the local tenant, what people measure) have windows that begin with a request. An
//! account of the last period is under both: no stretch of that length ever has more in it than the limit.

use super::window::Window;
use super::{BudgetSettings, Cost};
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Account {
    units: Window,
    writes: Window,
    personal_writes: Window,
    key_reads: Window,
}

/// How much of the limits may be used.
#[derive(Debug, Clone, Copy)]
pub(super) struct BudgetShares {
    /// Of units, and of reads with keys.
    pub(super) reads: f64,
    pub(super) writes: f64,
}

impl Account {
    pub(super) fn new(settings: &BudgetSettings) -> Self {
        Self {
            units: Window::new(settings.units_per_10_seconds, 10),
            writes: Window::new(settings.writes_per_150_seconds, 150),
            personal_writes: Window::new(settings.personal_writes_per_minute, 60),
            key_reads: Window::new(settings.key_reads_per_minute, 60),
        }
    }

    /// Counts a request, or says when there may be room for it.
    pub(super) fn take(&mut self, cost: Cost, shares: BudgetShares, now: Instant) -> Result<(), Instant> {
        if let Some(ready) = self.full_until(cost, shares, now) {
            return Err(ready);
        }
        for (window, amount, _) in self.counted(cost, shares) {
            window.add(amount, now);
        }
        Ok(())
    }

    /// When there may be room for a request, where there is none now.
    pub(super) fn full_until(&mut self, cost: Cost, shares: BudgetShares, now: Instant) -> Option<Instant> {
        let counted = self.counted(cost, shares);
        counted.filter_map(|(window, amount, share)| window.full_until(amount, share, now)).max()
    }

    fn counted(&mut self, cost: Cost, shares: BudgetShares) -> impl Iterator<Item = (&mut Window, u32, f64)> {
        [
            (&mut self.units, cost.units, shares.reads),
            (&mut self.writes, cost.writes, shares.writes),
            (&mut self.personal_writes, cost.personal_writes, shares.writes),
            (&mut self.key_reads, cost.key_reads, shares.reads),
        ]
        .into_iter()
        .filter(|(window, amount, _)| *amount > 0 && window.counts())
    }

    /// Of units in ten seconds.
    pub(super) fn set_units(&mut self, most: u32) {
        self.units.set_most(most);
    }

    pub(super) fn add_units(&mut self, units: u32, now: Instant) {
        if self.units.counts() {
            self.units.add(units, now);
        }
    }
}
