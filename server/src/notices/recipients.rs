//! Whom the configuration has beside the owners whom Entra names: teams, by their contacts and by their members.

use crate::config::NoticeSettings;
use crate::store::{StoreError, TenantStore};
use domain::ids::ObjectId;
use domain::inventory::InventoryObject;
use domain::notices::{Audience, audiences_of};
use domain::teams::{Team, TeamText};
use std::collections::HashMap;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Recipients {
    teams: Arc<[Team]>,
    /// How old what was read of groups may be; `None`: they are not read.
    groups_for: Option<Duration>,
    /// People of groups, where [`Self::as_of`] has looked.
    names: HashMap<ObjectId, String>,
}

impl Recipients {
    /// Of teams, those that can be told: mail is on, and a contact is an address, or the members are told.
    pub fn new(settings: &NoticeSettings, teams: &[Team], groups_for: Option<Duration>) -> Self {
        let is_told = |team: &&Team| team.tell_members || !team.mailboxes().is_empty();
        let told = teams.iter().filter(|team| settings.email.is_some() && is_told(team));
        Self { teams: told.cloned().collect(), groups_for, names: HashMap::new() }
    }

    /// With the apps that are given to these teams now, and the people of their groups, as far as those are known.
    pub(crate) async fn as_of(&self, store: &TenantStore, now: OffsetDateTime) -> Result<Self, StoreError> {
        let names: Vec<&TeamText> = self.teams.iter().map(|team| &team.name).collect();
        let given = store.apps_given_to(&names).await?;
        let groups: Vec<ObjectId> =
            self.teams.iter().filter(|team| team.tell_members).filter_map(|team| team.group).collect();
        let people = match self.groups_for {
            Some(age) => store.people_of_groups(&groups, now - age).await?,
            None => HashMap::new(),
        };
        let whole = |team: &Team| {
            let of_group = team.group.filter(|_| team.tell_members).and_then(|group| people.get(&group));
            let ids = of_group.into_iter().flatten().map(|person| person.id);
            team.clone().with_given(&given).with_people(ids)
        };
        let people_by_id = people.values().flatten().filter_map(|person| Some((person.id, person.name.clone()?)));
        Ok(Self {
            teams: self.teams.iter().map(whole).collect(),
            groups_for: self.groups_for,
            names: people_by_id.collect(),
        })
    }

    /// Whether people are told of more than what they own.
    pub(crate) fn tell_members(&self) -> bool {
        self.teams.iter().any(|team| team.tell_members)
    }

    /// As the directory names people of groups.
    pub(crate) fn names(&self) -> &HashMap<ObjectId, String> {
        &self.names
    }

    pub(crate) fn audiences_of(&self, object: &InventoryObject) -> Vec<Audience> {
        audiences_of(object, &self.teams)
    }

    /// None, where the configuration does not have the team any more, or nobody of it to write to.
    pub(crate) fn mailboxes(&self, team: &TeamText) -> Vec<String> {
        let team = self.teams.iter().find(|other| other.name == *team);
        team.map(|team| team.mailboxes().into_iter().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// `mail` of a person, as a group that is not too old has it.
    pub(crate) async fn address_of(
        &self,
        store: &TenantStore,
        person: ObjectId,
        now: OffsetDateTime,
    ) -> Result<Option<String>, StoreError> {
        match self.groups_for {
            Some(age) => store.address_in_groups(person, now - age).await,
            None => Ok(None),
        }
    }
}
