//! What the plan is to leave there, and a read showed already, beside an earlier push's write that does not leave it.

use super::unanswered::AwaitedWrites;
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// With how many reads in a row have shown it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct WantedShown(BTreeMap<KeyId, u32>);

impl WantedShown {
    /// These were in a state. Answers whether one of them is new.
    pub(super) fn see(&mut self, ours: &[&KeyCredential], unanswered: &AwaitedWrites) -> bool {
        let before = self.0.len();
        for key_id in ours.iter().filter(|entry| unanswered.earlier_may_take(entry)).filter_map(|entry| entry.key_id())
        {
            self.0.entry(key_id).or_default();
        }
        self.0.len() > before
    }

    /// A read showed this.
    pub(super) fn count(&mut self, state: &KeyCredentials) {
        for (key_id, shown) in &mut self.0 {
            *shown = if state.find(*key_id).is_some() { shown.saturating_add(1) } else { 0 };
        }
    }

    /// Reads so far do not count.
    pub(super) fn look_anew(&mut self) {
        self.0.values_mut().for_each(|shown| *shown = 0);
    }

    /// A write that has them all was accepted.
    pub(super) fn stand(&mut self) {
        self.0.clear();
    }

    /// Fewer reads than it takes have shown it at last.
    pub(super) fn is_in_doubt(&self, wanted: &KeyCredential, needed: u32) -> bool {
        wanted.key_id().and_then(|key_id| self.0.get(&key_id)).is_some_and(|shown| *shown < needed)
    }
}
