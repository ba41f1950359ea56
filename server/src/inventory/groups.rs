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
            if let Err(failure) = self.read(group).await? {
                tracing::warn!(%group, %failure, "who is in the group of a team could not be read");
                self.store.group_failed(group, failure, self.clock.now()).await?;
            }
        }
        Ok(())
    }

    async fn read(&self, group: ObjectId) -> Result<Result<(), GroupFailure>, SyncError> {
        let Ok(token) = self.token.token().await else { return Ok(Err(GroupFailure::Failed)) };
        // Of the beginning: who comes meanwhile may be in it or not.
        let at = self.clock.now();
        let read = match self.graph.group(&token, group).await {
            Ok(read) => read,
            Err(error) => return Ok(Err(why(&error))),
        };
        let people = match self.graph.group_people(&token, group).await {
            Ok(Some(people)) => people,
            Ok(None) => return Ok(Err(GroupFailure::TooMany)),
            Err(error) => return Ok(Err(why(&error))),
        };
        // Nobody shown of hidden ones is not nobody.
        if read.hidden && people.is_empty() {
            return Ok(Err(GroupFailure::Hidden));
        }
        let people: Vec<GroupPerson> = people.into_iter().map(person).collect();
        self.store.keep_group(group, read.name.as_deref(), &people, at).await?;
        Ok(Ok(()))
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
