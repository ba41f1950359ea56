//! Of what requests, rules and teams say.

use super::Findings;
use crate::config::{RequestPolicy, RequestPolicyError, RequestSettings};
use domain::requests::ApprovalRule;
use domain::teams::Team;

pub(super) fn check(
    settings: RequestSettings,
    rules: Vec<ApprovalRule>,
    teams: Vec<Team>,
    findings: &mut Findings,
) -> RequestPolicy {
    match RequestPolicy::new(settings, rules).and_then(|policy| policy.with_teams(teams)) {
        Ok(policy) => return policy,
        Err(RequestPolicyError::Rule(error)) => findings.add(
            "approval_rules",
            format!("cannot be used: {error}."),
            "docs/self-service.md says what a rule can have.",
        ),
        Err(RequestPolicyError::Team(error)) => {
            findings.add(
                "teams",
                format!("cannot be used: {error}."),
                "docs/self-service.md says what a team can have.",
            );
        }
        Err(error @ RequestPolicyError::Days) => {
            findings.add("requests.expire_after_days", format!("{error}."), "14 is the default.");
        }
        Err(error @ RequestPolicyError::Open) => {
            findings.add("requests.open", format!("{error}."), "50 is the default.");
        }
    }
    RequestPolicy::default()
}
