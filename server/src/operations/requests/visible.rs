//! Which requests a person may see.

use crate::operations::Context;
use crate::operations::requests::is_admin;
use crate::operations::sight::looked_after;
use crate::person::Person;
use crate::store::{StoreError, StoredRequest, Within};
use domain::ids::ObjectId;
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
    let is_theirs = is_seen_by(person, &found)
        || store.looks_after_request(&looked_after(context, person).await, id).await?
        || owns_all(context, person, &found).await?;
    if is_theirs { Ok(found) } else { Err(VisibleError::NoSuchRequest) }
}

/// They asked, see everybody's, or are asked to approve.
pub(crate) fn is_seen_by(person: &Person, found: &StoredRequest) -> bool {
    let id = person.viewer.object_id;
    found.request.asker() == id || person.viewer.sees_whole_audit() || found.request.names(id, is_admin(person))
}

/// Requests all of whose apps somebody looks after.
#[derive(Debug, Default)]
pub(crate) struct ByApps {
    /// They see these.
    pub(crate) seen: HashSet<Uuid>,
    /// Of them those that they can carry out: as owners, as far as is known.
    pub(crate) owned: HashSet<Uuid>,
}

/// `live`: Entra is asked what they own; else what the inventory has counts. `most`: of the latest.
pub(crate) async fn by_apps(
    context: &Context,
    person: &Person,
    (over, live): (bool, bool),
    most: u64,
) -> Result<ByApps, StoreError> {
    let store = &context.tenant.store;
    let within = looked_after(context, person).await;
    let own = if live { owned(context, person).await } else { vec![] };
    let seen = store.requests_looked_after(&within, &own, over, most).await?;
    if seen.is_empty() || !person.viewer.may_push() {
        return Ok(ByApps { seen, owned: HashSet::new() });
    }
    let owned = store.requests_looked_after(&Within::of(within.owner), &own, over, most).await?;
    Ok(ByApps { seen, owned })
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
    let apps = super::facts::all_apps(context, found.request.subject().preview).await?;
    Ok(!apps.is_empty() && apps.iter().all(|app| own.contains(&app.object_id)))
}
