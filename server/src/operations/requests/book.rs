//! Which rules there are: those of the configuration, and after them those that administrators keep in the portal. The one place
//! where the two are put together.

use crate::operations::Context;
use crate::store::{KeptSetting, SettingKind, StoreError, rule_from};
use domain::requests::ApprovalRule;

/// A rule that an administrator keeps here.
pub(crate) struct KeptRule {
    pub(crate) row: KeptSetting,
    /// An error where a later version has written it.
    pub(crate) rule: Result<ApprovalRule, StoreError>,
    /// The configuration has one of this name: that one is used.
    pub(crate) pinned: bool,
}

impl KeptRule {
    /// It is switched on, and the configuration has none of its name.
    pub(super) fn counts(&self) -> bool {
        self.row.is_on && !self.pinned
    }
}

impl Context {
    /// Of the configuration and of the portal, those that count.
    ///
    /// # Errors
    /// Where they cannot be read, one of them included: without knowing them nothing may be pushed.
    pub(crate) async fn rules(&self) -> Result<Vec<ApprovalRule>, StoreError> {
        let mut rules = self.requests.rules.clone();
        for kept in self.kept_rules().await? {
            if kept.counts() {
                rules.push(kept.rule?);
            }
        }
        Ok(rules)
    }

    /// All that administrators keep here, by name.
    pub(super) async fn kept_rules(&self) -> Result<Vec<KeptRule>, StoreError> {
        let rows = self.tenant.store.kept_settings(SettingKind::Rule).await?;
        let read = |row: KeptSetting| KeptRule { rule: rule_from(&row), pinned: self.pins_rule(&row.name), row };
        Ok(rows.into_iter().map(read).collect())
    }

    /// The configuration has a rule of this name.
    pub(super) fn pins_rule(&self, name: &str) -> bool {
        self.requests.rules.iter().any(|rule| rule.name == name)
    }
}
