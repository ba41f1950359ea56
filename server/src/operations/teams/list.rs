//! Teams, for who may see them: all for administrators and auditors, else the person's own.

use crate::operations::Context;
use crate::operations::sight::memberships;
use crate::person::Person;
use crate::store::{StoreError, TenantStore};
use app::contract::apps::Scope;
use app::contract::teams::{TeamView, Teams};
use domain::requests::NamePattern;
use domain::teams::{Membership, Team, TeamApps};

/// Lines of a list that are shown one by one.
const SHOWN: usize = 20;

pub(crate) async fn handle(context: &Context, person: &Person) -> Result<Teams, StoreError> {
    let scope = Scope::of(&person.viewer);
    let inventory = context.inventory_every.is_some();
    let mut teams = vec![];
    for (team, membership) in memberships(context, person).await {
        if scope == Scope::All || membership != Membership::Stranger {
            teams.push(view(&context.tenant.store, team, membership, (scope, inventory)).await?);
        }
    }
    Ok(Teams { teams, scope, inventory })
}

/// Of a team of which it is not known whether the person is in it, no more than its name.
async fn view(
    store: &TenantStore,
    team: &Team,
    membership: Membership,
    (scope, inventory): (Scope, bool),
) -> Result<TeamView, StoreError> {
    let group = team.group.map(|id| id.to_string());
    let name = team.name.to_string();
    if scope == Scope::Mine && membership == Membership::Unknown {
        let (members, rules) = (vec![], vec![]);
        return Ok(TeamView { name, members, group, membership, rules, apps: None, technical: None, business: None });
    }
    let mut members = vec![];
    for id in team.members.iter().take(SHOWN) {
        let known = store.known_person(*id).await?;
        members.push(known.map_or_else(|| id.to_string(), |person| person.name));
    }
    members.extend(more(team.members.len()));
    let apps = if inventory { Some(store.count_apps_of_teams(&TeamApps::of([team])).await?) } else { None };
    Ok(TeamView {
        name,
        members,
        group,
        membership,
        rules: rules(team),
        apps,
        technical: team.technical.as_ref().map(ToString::to_string),
        business: team.business.as_ref().map(ToString::to_string),
    })
}

fn more(all: usize) -> Option<String> {
    (all > SHOWN).then(|| format!("and {} more", all - SHOWN))
}

fn rules(team: &Team) -> Vec<String> {
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
    ]
    .into_iter()
    .flatten()
    .collect()
}
