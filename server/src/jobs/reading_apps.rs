//! Apps that this process reads for a push: their rows in the journal do not say so before the first write.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Positions of apps, by receipt.
#[derive(Debug, Default)]
pub struct ReadingApps(Mutex<HashMap<Uuid, HashSet<usize>>>);

impl ReadingApps {
    /// An app is being read, or is no more: it is in the journal, or back among those whose turn has not come.
    pub fn set(&self, receipt: Uuid, position: usize, reading: bool) {
        let mut all = self.all();
        let of_receipt = all.entry(receipt).or_default();
        if reading {
            of_receipt.insert(position);
        } else {
            of_receipt.remove(&position);
        }
    }

    pub fn of(&self, receipt: Uuid) -> HashSet<usize> {
        self.all().get(&receipt).cloned().unwrap_or_default()
    }

    /// This process has done with a receipt what it can for now.
    pub fn forget(&self, receipt: Uuid) {
        self.all().remove(&receipt);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, HashSet<usize>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_read() {
        let reading = ReadingApps::default();
        let receipt = Uuid::from_u128(1);
        reading.set(receipt, 3, true);
        reading.set(receipt, 4, true);
        reading.set(receipt, 3, false);
        assert_eq!(reading.of(receipt), HashSet::from([4]));
        assert_eq!(reading.of(Uuid::from_u128(2)), HashSet::new());
        reading.forget(receipt);
        assert_eq!(reading.of(receipt), HashSet::new());
    }
}
