//! Three teams, of which one has a group.

use super::SampleDesk;
use app::contract::apps::Scope;
use app::contract::problem::Problem;
use app::contract::teams::*;
use domain::teams::Membership;

#[async_trait::async_trait]
impl TeamsPort for SampleDesk {
    async fn teams(&self) -> Result<Teams, Problem> {
        let viewer = self.known()?;
        let team = |name: &str, membership, rule: &str| TeamView {
            name: name.into(),
            members: vec!["Owen Carter".into(), "Sofia Marchetti".into()],
            group: None,
            membership,
            rules: vec![rule.into()],
            apps: self.reading.map(|_| 12),
            technical: Some("payroll-ops@contoso.example".into()),
            business: None,
        };
        let group = Some("765eb0e3-acb3-475d-9a98-ee6892f081c8".into());
        Ok(Teams {
            teams: vec![
                team("Payroll", Membership::Member, "Named payroll-*"),
                TeamView { group, ..team("Finance", Membership::Unknown, "With the tag finance") },
                team("Everything else", Membership::Stranger, "Without an owner"),
            ],
            scope: Scope::of(viewer),
            inventory: self.reading.is_some(),
        })
    }
}
