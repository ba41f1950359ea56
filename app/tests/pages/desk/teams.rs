//! Five teams, some with a group.

use super::{SampleDesk, id};
use app::contract::apps::Scope;
use app::contract::problem::Problem;
use app::contract::teams::*;
use domain::teams::{GroupFailure, Membership};

#[async_trait::async_trait]
impl TeamsPort for SampleDesk {
    async fn teams(&self) -> Result<Teams, Problem> {
        let viewer = self.known()?;
        let team = |name: &str, membership, rule: &str| TeamView {
            name: name.into(),
            members: vec!["Owen Carter".into(), "Sofia Marchetti".into()],
            group: None,
            people: None,
            untold: false,
            membership,
            rules: vec![rule.into()],
            apps: self.reading.map(|_| 12),
            technical: Some("payroll-ops@contoso.example".into()),
            business: None,
        };
        let group = Some("765eb0e3-acb3-475d-9a98-ee6892f081c8".into());
        let people = GroupPeople {
            name: Some("Order <b>desk".into()),
            listed: vec!["Kenji Watanabe".into(), "and 11 more".into()],
            count: 12,
            read_at: Some(super::NOW - time::Duration::days(4)),
            is_old: true,
            failure: Some(GroupFailure::NotPermitted),
        };
        Ok(Teams {
            teams: vec![
                team("Payroll", Membership::Member, "Named payroll-*"),
                TeamView { group: group.clone(), ..team("Finance", Membership::Unknown, "With the tag finance") },
                TeamView {
                    group: group.clone(),
                    people: Some(people),
                    ..team("Orders", Membership::Stranger, "Named orders-*")
                },
                TeamView { group, untold: true, ..team("Depots", Membership::Stranger, "Named depot-*") },
                team("Everything else", Membership::Stranger, "Without an owner"),
            ],
            scope: Scope::of(viewer),
            inventory: self.reading.is_some(),
            departments: self.reading.map(|_| Departments::Unknown { apps: Some(3) }),
            permissions_page: viewer.is_admin().then(|| "https://entra.example/#permissions".into()),
            given: viewer
                .is_admin()
                .then(|| GivenTable { count: 1, csv: format!("app,team\r\n{},Payroll\r\n", id(1)) }),
        })
    }

    async fn preview_given_apps(&self, csv: &str) -> Result<GivenPreview, Problem> {
        if !csv.starts_with("app,team") {
            return Err(Problem::new(422, "bad-table", "The table cannot be read", "It has no column “app”."));
        }
        let line =
            |n, name: Option<&str>| GivenLine { team: "Payroll".into(), app: id(n), name: name.map(str::to_owned) };
        Ok(GivenPreview {
            added: vec![line(2, Some("payroll <b>export")), line(3, None)],
            removed: vec![line(1, Some("ledger"))],
            kept: 0,
            unknown: Some(1),
            seen: "0".repeat(64),
            csv: csv.to_owned(),
        })
    }

    async fn give_apps(&self, _: &str, seen: &str) -> Result<(), Problem> {
        if seen == "0".repeat(64) {
            return Ok(());
        }
        Err(Problem::new(409, "given-meanwhile", "Somebody else gave apps to teams", "It is another table."))
    }
}
