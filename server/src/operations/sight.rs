//! What a person may see of what the portal itself knows: the inventory, requests and receipts. Pages, counts, files and the
//! search of it all ask here. What is read from Entra with the person's own token is Entra's to show.

use crate::operations::Context;
use crate::person::Person;
use crate::store::Within;
use domain::ids::ObjectId;
use domain::teams::{Membership, Team, TeamApps};

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
    let theirs = teams.into_iter().filter(|(_, membership)| *membership == Membership::Member).map(|(team, _)| team);
    Within { owner: person.viewer.object_id, teams: TeamApps::of(theirs) }
}

/// Every team, and whether the person is of it. Their groups are read only where a team has one.
pub(crate) async fn memberships<'c>(context: &'c Context, person: &Person) -> Vec<(&'c Team, Membership)> {
    let (teams, id) = (&context.requests.teams, person.viewer.object_id);
    let open = |team: &Team| team.membership(id, None) == Membership::Unknown;
    let groups = if teams.iter().any(open) { groups(context, person).await } else { None };
    teams.iter().map(|team| (team, team.membership(id, groups.as_deref()))).collect()
}

/// `None` where they cannot be read, which is not none.
async fn groups(context: &Context, person: &Person) -> Option<Vec<ObjectId>> {
    let (id, now) = (person.viewer.object_id, context.now());
    if let Some(known) = context.tenant.groups.known(id, now) {
        return Some(known);
    }
    let token = person.tokens.graph_token().await.ok()?;
    match context.tenant.graph.own_memberships(&token).await {
        Ok(groups) => {
            context.tenant.groups.keep(id, groups.clone(), now);
            Some(groups)
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a person's groups could not be read");
            None
        }
    }
}
