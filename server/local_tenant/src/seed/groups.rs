//! Groups of a seed file.

use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::stable_guid;
use crate::TenantError;
use crate::graph::groups::Group;
use crate::store::Directory;

/// What a group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedGroupKind {
    #[default]
    Security,
    /// A Microsoft 365 group, with a mail address.
    Microsoft365,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedGroup {
    pub id: Option<Uuid>,
    pub display_name: String,
    /// The part of its address before the domain.
    pub mail_nickname: Option<String>,
    pub description: Option<String>,
    #[serde(default)]
    pub kind: SeedGroupKind,
    /// User principal names.
    #[serde(default)]
    pub owners: Vec<String>,
    /// User principal names, and display names of applications and of other groups.
    #[serde(default)]
    pub members: Vec<String>,
}

impl SeedGroup {
    fn id(&self) -> Uuid {
        self.id.unwrap_or_else(|| stable_guid("group", &self.display_name))
    }
}

pub(super) fn plant(
    described: &[SeedGroup],
    directory: &mut Directory,
    today: OffsetDateTime,
) -> Result<(), TenantError> {
    for one in described {
        let name = &one.display_name;
        let owner = |owner: &String| {
            let person = directory.person_by_name(owner).map(|person| person.id);
            person.ok_or_else(|| TenantError::Seed(format!("{name}: its owner {owner} is not in people")))
        };
        let member = |member: &String| {
            // A name that two of them have is nobody's.
            let services = directory.service_principals.iter().filter(|service| service.display_name == *member);
            let groups = described.iter().filter(|group| group.display_name == *member);
            let person = directory.person_by_name(member).map(|person| person.id);
            let mut found =
                person.into_iter().chain(services.map(|service| service.id)).chain(groups.map(SeedGroup::id));
            match (found.next(), found.next()) {
                (Some(id), None) => Ok(id),
                (None, _) => Err(TenantError::Seed(format!(
                    "{name}: its member {member} is neither in people nor in applications nor in groups"
                ))),
                (Some(_), Some(_)) => Err(TenantError::Seed(format!("{name}: its member {member} is there twice"))),
            }
        };
        let mut group = Group::new(one.id(), name, today);
        group.owners = one.owners.iter().map(owner).collect::<Result<_, _>>()?;
        group.members = one.members.iter().map(member).collect::<Result<_, _>>()?;
        if let Some(nickname) = &one.mail_nickname {
            group.mail_nickname.clone_from(nickname);
        }
        if one.kind == SeedGroupKind::Microsoft365 {
            (group.unified, group.mail_enabled, group.security_enabled) = (true, true, false);
        }
        if let Some(description) = &one.description {
            group.extra.insert("description".into(), description.clone().into());
        }
        directory.graph.groups.push(group);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::seed::Seed;
    use serde_json::{Value, json};
    use std::sync::Arc;
    use time::macros::datetime;

    fn plant(groups: Value) -> Result<Directory, TenantError> {
        let file = json!({
            "tenant": {"display_name": "F", "domain": "f.example"},
            "people": [{"user_principal_name": "ada@f.example", "display_name": "Ada Berg"}],
            "applications": [{"display_name": "billing"}],
            "groups": groups,
        });
        Seed::Described(Arc::new(serde_json::from_value(file).unwrap())).plant(datetime!(2026-11-24 12:00 UTC))
    }

    #[test]
    fn groups_have_people_applications_and_groups() {
        let directory = plant(json!([
            {"display_name": "outer", "members": ["inner", "billing"], "owners": ["ADA@f.example"]},
            {"display_name": "inner", "kind": "microsoft365", "mail_nickname": "in", "members": ["ada@f.example"]},
        ]))
        .unwrap();
        let ada = directory.people[0].id;
        let [outer, inner] = &directory.graph.groups[..] else { panic!("two groups") };
        assert_eq!((&outer.owners, &inner.members), (&vec![ada], &vec![ada]));
        assert_eq!(outer.members[0], inner.id);
        assert_eq!(directory.groups_of(ada), [inner.id, outer.id]);
        assert!(inner.unified && inner.mail_enabled && !inner.security_enabled && inner.mail_nickname == "in");
    }

    #[test]
    fn members_that_are_nobody_or_two_are_named() {
        let error = plant(json!([{"display_name": "g", "members": ["bob"]}])).unwrap_err().to_string();
        assert_eq!(error, "the seed: g: its member bob is neither in people nor in applications nor in groups");
        let twice = json!([{"display_name": "billing"}, {"display_name": "g", "members": ["billing"]}]);
        assert_eq!(plant(twice).unwrap_err().to_string(), "the seed: g: its member billing is there twice");
    }
}
