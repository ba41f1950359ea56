//! The apps of a wave that have not begun in this process.

use crate::store::{OpenWork, StoreError, TenantStore};
use std::collections::VecDeque;
use uuid::Uuid;

/// Apps that are read from the journal at once.
const AHEAD: usize = 32;

/// First those that were cut off, then those whose turn has not come.
pub(super) struct DueApps {
    store: TenantStore,
    receipt: Uuid,
    cut_off: VecDeque<OpenWork>,
    ahead: VecDeque<OpenWork>,
    /// The last position that was read from the journal.
    last: Option<usize>,
    /// That are still to be read from the journal.
    left: u32,
}

impl DueApps {
    /// `left`: apps of the wave whose turn has not come.
    pub(super) fn new(store: TenantStore, receipt: Uuid, cut_off: Vec<OpenWork>, left: u32) -> Self {
        Self { store, receipt, cut_off: cut_off.into(), ahead: VecDeque::new(), last: None, left }
    }

    pub(super) fn count(&self) -> usize {
        self.cut_off.len() + self.ahead.len() + self.left as usize
    }

    /// Whether the next one has not begun before. Reads ahead where it must, to know.
    pub(super) async fn next_is_new(&mut self) -> Result<bool, StoreError> {
        if !self.cut_off.is_empty() {
            return Ok(false);
        }
        if self.ahead.is_empty() && self.left > 0 {
            let limit = AHEAD.min(self.left as usize);
            self.ahead = self.store.next_waiting(self.receipt, self.last, limit).await?.into();
            self.last = self.ahead.back().map(|work| work.position).or(self.last);
            let read = u32::try_from(self.ahead.len()).unwrap_or(u32::MAX);
            self.left = if read == 0 { 0 } else { self.left.saturating_sub(read) };
        }
        Ok(!self.ahead.is_empty())
    }

    /// After [`Self::next_is_new`], which reads ahead.
    pub(super) fn take(&mut self) -> Option<OpenWork> {
        self.cut_off.pop_front().or_else(|| self.ahead.pop_front())
    }
}
