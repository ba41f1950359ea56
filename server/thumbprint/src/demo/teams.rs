//! A team of the demo company: one who looks after apps that nobody owns.

use domain::app_selector::NamePattern;
use domain::ids::ObjectId;
use domain::teams::{Team, TeamError};
use local_tenant::PersonInfo;

const MEMBER: &str = "kenji.watanabe@";

/// None where nobody of that name is there: the tenant was made from another file.
pub(super) fn teams(people: &[PersonInfo]) -> Result<Vec<Team>, TeamError> {
    let member = people.iter().find(|person| person.user_principal_name.starts_with(MEMBER));
    let team = |member: &PersonInfo| {
        Ok(Team {
            name: "Data platform".parse()?,
            members: vec![ObjectId::new(member.id)],
            group: None,
            apps: vec![],
            names: ["event-hub-*", "master-data-*", "powerbi-*"].into_iter().map(NamePattern::from).collect(),
            tags: vec![],
            ownerless: false,
            technical: Some("data-platform@contoso.example".parse()?),
            business: Some("reporting@contoso.example".parse()?),
        })
    };
    member.map(team).into_iter().collect()
}
