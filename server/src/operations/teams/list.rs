//! Teams, for who may see them: all for administrators and auditors, else the person's own.

use crate::operations::Context;
use crate::operations::sight::{memberships, with_given};
use crate::person::Person;
use crate::store::{GroupPerson, GroupRow, KnownPerson, StoreError, TenantStore};
use app::contract::apps::Scope;
use app::contract::teams::{Departments, GivenTable, GroupPeople, TeamView, Teams};
use domain::app_selector::NamePattern;
use domain::csv::given_table;
use domain::ids::ObjectId;
use domain::teams::{Membership, Team};
use std::collections::HashMap;
use time::OffsetDateTime;

/// Lines of a list that are shown one by one.
const SHOWN: usize = 20;

/// What is the same for all teams of the list.
struct Reading<'c> {
    store: &'c TenantStore,
    scope: Scope,
    /// Whether the directory is read in the background.
    inventory: bool,
    /// Of the members that are shown, those who have signed in.
    people: HashMap<ObjectId, KnownPerson>,
    groups: HashMap<ObjectId, GroupPeople>,
    reads_groups: bool,
}

/// `permissions_page`: where the portal is given permissions.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    permissions_page: Option<String>,
) -> Result<Teams, StoreError> {
    let (store, scope) = (&context.tenant.store, Scope::of(&person.viewer));
    let mut seen = memberships(context, person).await;
    seen.retain(|(_, membership)| scope == Scope::All || *membership != Membership::Stranger);
    let members: Vec<ObjectId> = seen.iter().flat_map(|(team, _)| team.members.iter().take(SHOWN).copied()).collect();
    let people = store.known_people(&members).await?;
    let groups = groups(context, seen.iter().filter_map(|(team, _)| team.group).collect()).await?;
    let (inventory, reads_groups) = (context.inventory_every.is_some(), context.group_members_for.is_some());
    let reading = Reading { store, scope, inventory, people, groups, reads_groups };
    let (configured, memberships): (Vec<&Team>, Vec<Membership>) = seen.into_iter().unzip();
    let departments = departments(context, scope, configured.iter().zip(&memberships)).await?;
    let whole = with_given(context, configured.clone()).await;
    let mut teams = vec![];
    for ((team, whole), membership) in configured.into_iter().zip(&whole).zip(memberships) {
        teams.push(reading.view(team, whole, membership).await?);
    }
    let admin = person.viewer.is_admin();
    let given = if admin { Some(given(store).await?) } else { None };
    let permissions_page = permissions_page.filter(|_| admin);
    Ok(Teams { teams, scope, inventory: reading.inventory, departments, permissions_page, given })
}

/// Who is in these, as the background has read them; none where it does not, or has not tried yet.
async fn groups(context: &Context, groups: Vec<ObjectId>) -> Result<HashMap<ObjectId, GroupPeople>, StoreError> {
    let Some(age) = context.group_members_for else { return Ok(HashMap::new()) };
    let (store, fresh) = (&context.tenant.store, context.now() - age);
    let rows = store.group_rows(&groups).await?;
    let mut people = store.people_of_groups(&groups, OffsetDateTime::UNIX_EPOCH).await?;
    let view = |(id, row): (ObjectId, GroupRow)| {
        let all = people.remove(&id).unwrap_or_default();
        let name = |person: &GroupPerson| person.name.clone().unwrap_or_else(|| person.id.to_string());
        let view = GroupPeople {
            name: row.name,
            listed: all.iter().take(SHOWN).map(name).chain(more(all.len())).collect(),
            count: all.len() as u64,
            read_at: row.read_at,
            is_old: row.read_at.is_some_and(|at| at < fresh),
            failure: row.failure,
        };
        (id, view)
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Of teams that are shown with what they have.
async fn departments<'t>(
    context: &Context,
    scope: Scope,
    mut shown: impl Iterator<Item = (&'t &'t Team, &'t Membership)>,
) -> Result<Option<Departments>, StoreError> {
    let is_shown = |membership: Membership| scope == Scope::All || membership == Membership::Member;
    let rests = shown.any(|(team, membership)| team.owner_department.is_some() && is_shown(*membership));
    if !rests || context.inventory_every.is_none() {
        return Ok(None);
    }
    if !context.owner_departments {
        return Ok(Some(Departments::NotAsked));
    }
    Ok(Some(match context.tenant.store.count_unknown_departments().await? {
        0 => Departments::Known,
        apps => Departments::Unknown { apps: (scope == Scope::All).then_some(apps) },
    }))
}

/// As a table that can be changed and sent back.
async fn given(store: &TenantStore) -> Result<GivenTable, StoreError> {
    let given = store.given_apps().await?;
    Ok(GivenTable { count: u32::try_from(given.len()).unwrap_or(u32::MAX), csv: given_table(&given) })
}

impl Reading<'_> {
    /// Of a team of which it is not known whether the person is in it, no more than its name.
    /// `whole`: with the apps that are given to it.
    async fn view(&self, team: &Team, whole: &Team, membership: Membership) -> Result<TeamView, StoreError> {
        let shown = TeamView {
            name: team.name.to_string(),
            members: vec![],
            group: team.group.map(|id| id.to_string()),
            people: None,
            untold: false,
            membership,
            rules: vec![],
            apps: None,
            technical: None,
            business: None,
        };
        if self.scope == Scope::Mine && membership == Membership::Unknown {
            return Ok(shown);
        }
        let apps = if self.inventory { Some(self.store.count_apps_of_teams(&whole.selector()).await?) } else { None };
        Ok(TeamView {
            members: self.members(team),
            people: team.group.and_then(|group| self.groups.get(&group).cloned()),
            untold: team.group.is_some() && team.tell_members && !self.reads_groups,
            rules: rules(team, whole.apps.len() - team.apps.len()),
            apps,
            technical: team.technical.as_ref().map(ToString::to_string),
            business: team.business.as_ref().map(ToString::to_string),
            ..shown
        })
    }

    fn members(&self, team: &Team) -> Vec<String> {
        let name = |id| self.people.get(id).map_or_else(|| id.to_string(), |person| person.name.clone());
        team.members.iter().take(SHOWN).map(name).chain(more(team.members.len())).collect()
    }
}

fn more(all: usize) -> Option<String> {
    (all > SHOWN).then(|| format!("and {} more", all - SHOWN))
}

/// `given`: apps that an administrator gave to it besides.
fn rules(team: &Team, given: usize) -> Vec<String> {
    let line = |what: &str, items: Vec<String>| {
        let rest = more(items.len()).map(|more| format!(" {more}")).unwrap_or_default();
        let shown: Vec<String> = items.into_iter().take(SHOWN).collect();
        (!shown.is_empty()).then(|| format!("{what} {}{rest}", shown.join(", ")))
    };
    let names = team.names.iter().map(NamePattern::as_str).map(str::to_owned).collect();
    let ids = team.apps.iter().map(ToString::to_string).collect();
    [
        line("Named", names),
        line("With the tag", team.tags.clone()),
        line("With the id", ids),
        team.ownerless.then(|| "Without an owner".to_owned()),
        team.owner_department.as_ref().map(|department| format!("With an owner of the department {department}")),
        match given {
            0 => None,
            1 => Some("1 app that was given to it here".to_owned()),
            given => Some(format!("{given} apps that were given to it here")),
        },
    ]
    .into_iter()
    .flatten()
    .collect()
}
