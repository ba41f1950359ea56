//! What who runs the portal can set about requests: how long they wait, and which changes need approval.

use domain::ids::ObjectId;
use domain::requests::{ApprovalRule, RuleError};
use domain::teams::{Team, TeamError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::Duration;

/// Of `[requests]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestSettings {
    /// Days after which a request that nobody carried out has expired.
    pub expire_after_days: u16,
    /// Requests of one person that wait, at most.
    pub open: u32,
}

impl Default for RequestSettings {
    fn default() -> Self {
        Self { expire_after_days: 14, open: 50 }
    }
}

/// How requests are dealt with. Without rules every push goes as before, and who may not write can ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestPolicy {
    pub settings: RequestSettings,
    /// Of `[[approval_rules]]`.
    pub rules: Vec<ApprovalRule>,
    /// Of `[[teams]]`.
    pub teams: Vec<Team>,
}

/// Why requests cannot be dealt with as the configuration says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestPolicyError {
    #[error("is not between 1 and 365")]
    Days,
    #[error("is not between 1 and 1000")]
    Open,
    #[error(transparent)]
    Rule(#[from] RuleError),
    #[error(transparent)]
    Team(#[from] TeamError),
}

impl RequestPolicy {
    /// # Errors
    /// The first thing that is amiss.
    pub fn new(settings: RequestSettings, rules: Vec<ApprovalRule>) -> Result<Self, RequestPolicyError> {
        if !(1..=365).contains(&settings.expire_after_days) {
            return Err(RequestPolicyError::Days);
        }
        if !(1..=1_000).contains(&settings.open) {
            return Err(RequestPolicyError::Open);
        }
        ApprovalRule::check(&rules)?;
        Ok(Self { settings, rules, teams: vec![] })
    }

    /// With these people who look after apps.
    ///
    /// # Errors
    /// The first thing that is amiss.
    pub fn with_teams(self, teams: Vec<Team>) -> Result<Self, RequestPolicyError> {
        Team::check(&teams)?;
        Ok(Self { teams, ..self })
    }

    /// A team has apps by the departments of their owners.
    pub fn rest_on_departments(&self) -> bool {
        self.teams.iter().any(|team| team.owner_department.is_some())
    }

    /// Of teams, each once.
    pub fn groups_of_teams(&self) -> Vec<ObjectId> {
        let groups: BTreeSet<ObjectId> = self.teams.iter().filter_map(|team| team.group).collect();
        groups.into_iter().collect()
    }

    pub fn expire_after(&self) -> Duration {
        Duration::days(self.settings.expire_after_days.into())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;

    #[test]
    fn bounds_and_rules_are_checked() {
        let policy = |settings: serde_json::Value, rules: serde_json::Value| {
            RequestPolicy::new(serde_json::from_value(settings).unwrap(), serde_json::from_value(rules).unwrap())
        };
        assert_eq!(policy(json!({}), json!([])), Ok(RequestPolicy::default()));
        assert_eq!(policy(json!({"expire_after_days": 0}), json!([])), Err(RequestPolicyError::Days));
        assert_eq!(policy(json!({"open": 0}), json!([])), Err(RequestPolicyError::Open));
        assert_eq!(policy(json!({}), json!([{"name": ""}])), Err(RuleError::Name.into()));
        assert!(serde_json::from_value::<RequestSettings>(json!({"expires": 1})).is_err());
    }
}
