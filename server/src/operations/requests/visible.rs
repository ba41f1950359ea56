//! Which requests a person may see.

use super::capacity::{self, Held};
use crate::operations::Context;
use crate::operations::sight::looked_after;
use crate::person::Person;
use crate::store::{StoreError, StoredRequest, Within};
use domain::ids::ObjectId;
use domain::requests::Asked;
use std::collections::HashSet;
use uuid::Uuid;

/// Why a request is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VisibleError {
    /// Or it is of someone else's: who may not see it is not told that it exists.
    #[error("there is no such request")]
    NoSuchRequest,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The request, where the person may see it.
pub(crate) async fn request(context: &Context, person: &Person, id: Uuid) -> Result<StoredRequest, VisibleError> {
    let store = &context.tenant.store;
    let found = store.request(id).await?.ok_or(VisibleError::NoSuchRequest)?;
    let held = capacity::of(context, person, &found.request.groups()).await;
    let is_theirs = is_seen_by(person, &held, &found)
        || store.looks_after_request(&looked_after(context, person).await, id).await?
        || owns_all(context, person, &found).await?;
    if is_theirs { Ok(found) } else { Err(VisibleError::NoSuchRequest) }
}

/// They asked, see everybody's, or are asked to approve.
pub(crate) fn is_seen_by(person: &Person, held: &Held, found: &StoredRequest) -> bool {
    let id = person.viewer.object_id;
    found.request.asker() == id || person.viewer.sees_whole_audit() || found.request.names(id, held.capacity())
}

/// Requests all of whose apps the person looks after, of the latest `most`. Entra is asked what they own, besides what the
/// inventory knows.
pub(crate) async fn by_apps(
    context: &Context,
    person: &Person,
    over: bool,
    most: u64,
) -> Result<HashSet<Uuid>, StoreError> {
    let (within, own) = (looked_after(context, person).await, owned(context, person).await);
    context.tenant.store.requests_looked_after(&within, &own, over, most).await
}

/// Of those that are not over, those all of whose apps the person owns as the inventory has it: they can carry them out.
pub(crate) async fn owned_by_inventory(
    context: &Context,
    person: &Person,
    most: u64,
) -> Result<HashSet<Uuid>, StoreError> {
    let within = Within::of(person.viewer.object_id);
    context.tenant.store.requests_looked_after(&within, &[], false, most).await
}

/// Empty where it cannot be read: then nothing is shown for it.
async fn owned(context: &Context, person: &Person) -> Vec<ObjectId> {
    let Ok(token) = person.tokens.graph_token().await else { return vec![] };
    let own = context.tenant.graph.owned_applications(&token).await;
    own.map(|apps| apps.into_iter().map(|app| app.id).collect()).unwrap_or_default()
}

/// Entra lists every app of it as theirs: they can carry it out. Where that cannot be read, they are not told.
async fn owns_all(context: &Context, person: &Person, found: &StoredRequest) -> Result<bool, StoreError> {
    if !person.viewer.may_push() {
        return Ok(false);
    }
    let own: HashSet<_> = owned(context, person).await.into_iter().collect();
    let apps = match &found.request.subject().asked {
        Asked::Preview(id) => {
            super::facts::all_apps(context, *id).await?.into_iter().map(|app| app.object_id).collect()
        }
        Asked::SecretRemoval(secret) => vec![secret.app],
    };
    Ok(!apps.is_empty() && apps.iter().all(|app| own.contains(app)))
}
