//! What a person may see of what the portal itself knows: the inventory, requests and receipts. Pages, counts, files and the
//! search of it all ask here. What is read from Entra with the person's own token is Entra's to show.

use crate::operations::Context;
use crate::person::Person;
use crate::store::Within;
use crate::tenants::Groups;
use domain::app_selector::AppSelector;
use domain::ids::ObjectId;
use domain::teams::{GivenApp, Membership, Team, TeamText};
use std::collections::BTreeSet;

/// What of the portal's own knowledge a person sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All of the directory: administrators and auditors.
    Everything,
    /// What they own, and what their teams look after.
    Theirs(Within),
}

impl Sight {
    pub(crate) async fn of(context: &Context, person: &Person) -> Self {
        if person.viewer.sees_whole_audit() {
            return Self::Everything;
        }
        Self::Theirs(looked_after(context, person).await)
    }

    /// `None`: no bound.
    pub(crate) fn within(&self) -> Option<&Within> {
        match self {
            Self::Everything => None,
            Self::Theirs(within) => Some(within),
        }
    }
}

/// What they look after, whatever else they see.
pub(crate) async fn looked_after(context: &Context, person: &Person) -> Within {
    let teams = memberships(context, person).await.into_iter();
    let theirs = teams.filter(|(_, membership)| *membership == Membership::Member).map(|(team, _)| team).collect();
    within(context, person.viewer.object_id, theirs).await
}

/// What somebody of these teams looks after.
pub(crate) async fn within(context: &Context, owner: ObjectId, teams: Vec<&Team>) -> Within {
    let teams = with_given(context, teams).await;
    Within { owner, teams: AppSelector::together(teams.iter().map(Team::selector)) }
}

/// The teams with the apps that are given to them. Where those cannot be read they open nothing.
pub(crate) async fn with_given(context: &Context, teams: Vec<&Team>) -> Vec<Team> {
    let names: Vec<&TeamText> = teams.iter().map(|team| &team.name).collect();
    let given: BTreeSet<GivenApp> = context.tenant.store.apps_given_to(&names).await.unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "apps that are given to teams could not be read");
        BTreeSet::new()
    });
    teams.into_iter().map(|team| team.clone().with_given(&given)).collect()
}

/// Every team as the configuration has it, and whether the person is of it. Their groups are read only where a team has one.
pub(crate) async fn memberships<'c>(context: &'c Context, person: &Person) -> Vec<(&'c Team, Membership)> {
    let (teams, id) = (&context.requests.teams, person.viewer.object_id);
    let open = |team: &Team| team.membership(id, None) == Membership::Unknown;
    // Where no team has an open question, nothing depends on them.
    let groups = if teams.iter().any(open) { groups(context, person).await } else { Groups::Unreadable };
    teams.iter().map(|team| (team, team.membership(id, groups.known()))).collect()
}

/// Read at most once in a while, whatever comes of it.
pub(crate) async fn groups(context: &Context, person: &Person) -> Groups {
    let (id, now, kept) = (person.viewer.object_id, context.now(), &context.tenant.groups);
    if let Some(groups) = kept.of(id, now) {
        return groups;
    }
    let Ok(token) = person.tokens.graph_token().await else { return Groups::Unreadable };
    let groups = match context.tenant.graph.own_memberships(&token).await {
        Ok(groups) => Groups::Known(groups),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a person's groups could not be read");
            Groups::Unreadable
        }
    };
    kept.keep(id, groups.clone(), now);
    groups
}
