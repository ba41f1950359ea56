//! Teams of the demo company: one who looks after apps that nobody owns, and one after those of a department.

use domain::app_selector::NamePattern;
use domain::ids::ObjectId;
use domain::teams::{Team, TeamError};
use local_tenant::PersonInfo;

const OF_DATA: &str = "kenji.watanabe@";
const OF_DIGITAL: &str = "tobias.renner@";

/// None where nobody of that name is there: the tenant was made from another file.
pub(super) fn teams(people: &[PersonInfo]) -> Result<Vec<Team>, TeamError> {
    let member = |name: &str| {
        let person = people.iter().find(|person| person.user_principal_name.starts_with(name));
        person.map(|person| ObjectId::new(person.id))
    };
    let data = |member: ObjectId| {
        Ok(Team {
            names: ["event-hub-*", "master-data-*", "powerbi-*"].into_iter().map(NamePattern::from).collect(),
            technical: Some("data-platform@contoso.example".parse()?),
            business: Some("reporting@contoso.example".parse()?),
            ..team("Data platform", member)?
        })
    };
    let digital = |member: ObjectId| Ok(Team { owner_department: "Digital".parse().ok(), ..team("Digital", member)? });
    let all = [member(OF_DATA).map(data), member(OF_DIGITAL).map(digital)];
    all.into_iter().flatten().collect()
}

fn team(name: &str, member: ObjectId) -> Result<Team, TeamError> {
    Ok(Team {
        name: name.parse()?,
        members: vec![member],
        group: None,
        apps: vec![],
        names: vec![],
        tags: vec![],
        ownerless: false,
        owner_department: None,
        technical: None,
        business: None,
        tell_members: false,
    })
}
