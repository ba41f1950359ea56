//! Whether a state is the one that a plan was made from.

use super::MergePlan;
use crate::diff;
use crate::key_credential::KeyCredentials;

impl MergePlan {
    /// What is there now is what the plan was made from. The order of entries says nothing, and neither does a key that one
    /// read had and the other had not.
    pub fn is_based_on(&self, reread: &KeyCredentials) -> bool {
        reread.fingerprint() == self.base
            || (self.before.len() == reread.len() && diff::between(&self.before, reread).is_empty())
    }
}
