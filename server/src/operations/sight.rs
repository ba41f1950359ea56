//! What a person may see of what the portal itself knows: the inventory, requests and receipts. Pages, counts, files and the
//! search of it all ask here. What is read from Entra with the person's own token is Entra's to show.

use crate::operations::Context;
use crate::person::Person;
use crate::store::Within;
use crate::tenants::Groups;
use domain::app_selector::AppSelector;
use domain::teams::{Membership, Team};

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
    let teams = memberships(context, person).await;
    let theirs =
        teams.into_iter().filter(|(_, membership)| *membership == Membership::Member).map(|(team, _)| team.selector());
    Within { owner: person.viewer.object_id, teams: AppSelector::together(theirs) }
}

/// Every team, and whether the person is of it. Their groups are read only where a team has one.
pub(crate) async fn memberships<'c>(context: &'c Context, person: &Person) -> Vec<(&'c Team, Membership)> {
    let (teams, id) = (&context.requests.teams, person.viewer.object_id);
    let open = |team: &Team| team.membership(id, None) == Membership::Unknown;
    // Where no team has an open question, nothing depends on them.
    let groups = if teams.iter().any(open) { groups(context, person).await } else { Groups::Unreadable };
    teams.iter().map(|team| (team, team.membership(id, groups.known()))).collect()
}

/// Read at most once in a while, whatever comes of it.
async fn groups(context: &Context, person: &Person) -> Groups {
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
