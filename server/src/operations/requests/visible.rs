//! Which requests a person may see.

use crate::operations::Context;
use crate::operations::requests::is_admin;
use crate::person::Person;
use crate::store::{StoreError, StoredRequest};
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
    let found = context.tenant.store.request(id).await?.ok_or(VisibleError::NoSuchRequest)?;
    if is_seen_by(person, &found) || owns_all(context, person, &found).await? {
        return Ok(found);
    }
    Err(VisibleError::NoSuchRequest)
}

/// They asked, see everybody's, or are asked to approve.
pub(crate) fn is_seen_by(person: &Person, found: &StoredRequest) -> bool {
    let id = person.viewer.object_id;
    found.request.asker() == id || person.viewer.sees_whole_audit() || found.request.may_review(id, is_admin(person))
}

/// Entra lists every app of it as theirs: they can carry it out. Where that cannot be read, they are not told.
async fn owns_all(context: &Context, person: &Person, found: &StoredRequest) -> Result<bool, StoreError> {
    if !person.viewer.may_push() {
        return Ok(false);
    }
    let Ok(token) = person.tokens.graph_token().await else { return Ok(false) };
    let Ok(own) = context.tenant.graph.owned_applications(&token).await else { return Ok(false) };
    let own: HashSet<_> = own.into_iter().map(|app| app.id).collect();
    let apps = super::facts::all_apps(context, found.request.subject().preview).await?;
    Ok(!apps.is_empty() && apps.iter().all(|app| own.contains(&app.object_id)))
}
