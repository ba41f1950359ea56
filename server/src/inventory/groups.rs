//! Who is in the groups of teams, for when none of them is signed in: for notices, calendars, and who is who. What a signed-in
//! person sees follows from their own token, and not from this.

use super::sync::SyncError;
use super::token::ReadToken;
use crate::clock::Clock;
use crate::graph::{Graph, GraphError, GroupUser};
use crate::store::{GroupPerson, TenantStore};
use domain::ids::ObjectId;
use domain::teams::{GroupFailure, is_mailbox};
use std::sync::Arc;
use time::Duration;

/// From one reading of a group to the next; a try in vain is made again sooner.
const AGAIN: Duration = Duration::hours(1);
const SOON: Duration = Duration::minutes(10);

/// Reads the groups of one directory's teams.
pub struct GroupSync {
    graph: Graph,
    store: TenantStore,
    clock: Arc<dyn Clock>,
    token: Arc<dyn ReadToken>,
    groups: Vec<ObjectId>,
}

impl GroupSync {
    /// `graph`: for background work, so that people who wait for a page come first.
    pub fn new(
        graph: Graph,
        store: TenantStore,
        clock: Arc<dyn Clock>,
        token: Arc<dyn ReadToken>,
        groups: Vec<ObjectId>,
    ) -> Self {
        Self { graph, store, clock, token, groups }
    }

    /// Those that it is time for. One that cannot be read keeps none of the others waiting.
    ///
    /// # Errors
    /// Where the store or Entra does not answer.
    pub async fn run(&self) -> Result<(), SyncError> {
        self.store.forget_groups_but(&self.groups).await?;
        let (now, rows) = (self.clock.now(), self.store.group_rows(&self.groups).await?);
        for group in self.groups.iter().copied() {
            let wait = rows.get(&group).map(|row| (row.tried_at, if row.failure.is_some() { SOON } else { AGAIN }));
            if wait.is_some_and(|(tried_at, wait)| now - tried_at < wait) {
                continue;
            }
            // Of the beginning: who comes meanwhile may be in it or not.
            let at = self.clock.now();
            match self.read(group).await {
                Ok((name, people)) => self.store.keep_group(group, name.as_deref(), &people, at).await?,
                Err(failure) => {
                    tracing::warn!(%group, %failure, "who is in the group of a team could not be read");
                    self.store.group_failed(group, failure, self.clock.now()).await?;
                }
            }
        }
        Ok(())
    }

    /// Its name, and who is in it.
    async fn read(&self, group: ObjectId) -> Result<(Option<String>, Vec<GroupPerson>), GroupFailure> {
        let token = self.token.token().await.map_err(|_| GroupFailure::Failed)?.token;
        let read = self.graph.group(&token, group).await.map_err(|error| why(&error))?;
        let people = self.graph.group_people(&token, group).await.map_err(|error| why(&error))?;
        let people = people.ok_or(GroupFailure::TooMany)?;
        // Nobody shown of hidden ones is not nobody.
        if read.hidden && people.is_empty() {
            return Err(GroupFailure::Hidden);
        }
        Ok((read.name, people.into_iter().map(person).collect()))
    }
}

fn person(user: GroupUser) -> GroupPerson {
    let name = user.display_name.or(user.user_principal_name);
    GroupPerson { id: user.id, name, address: user.mail.filter(|mail| is_mailbox(mail)) }
}

fn why(error: &GraphError) -> GroupFailure {
    match error {
        GraphError::Denied(_) => GroupFailure::NotPermitted,
        GraphError::NotFound(_) => GroupFailure::Gone,
        _ => GroupFailure::Failed,
    }
}
