//! Which teams look after an app that was just read.

use crate::graph::Application;
use crate::operations::Context;
use crate::operations::sight::memberships;
use crate::person::Person;
use crate::store::StoreError;
use app::contract::teams::TeamOfApp;
use domain::teams::{Membership, Team, TeamApps};

/// `ownerless`: it has no owner at all. Tags, and owners who do not count, are as the inventory has them.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    app: &Application,
    ownerless: bool,
) -> Result<Vec<TeamOfApp>, StoreError> {
    let mut found = vec![];
    for (team, membership) in memberships(context, person).await {
        let of_it =
            has(team, app, ownerless) || context.tenant.store.is_of_teams(&TeamApps::of([team]), app.id).await?;
        if of_it {
            found.push(TeamOfApp {
                name: team.name.to_string(),
                technical: team.technical.as_ref().map(ToString::to_string),
                business: team.business.as_ref().map(ToString::to_string),
                mine: membership == Membership::Member,
            });
        }
    }
    Ok(found)
}

fn has(team: &Team, app: &Application, ownerless: bool) -> bool {
    team.apps.iter().any(|id| *id == app.id.uuid() || *id == app.app_id.uuid())
        || team.names.iter().any(|name| name.matches(&app.display_name))
        || (team.ownerless && ownerless)
}
