//! What a client may use of a resource on somebody's behalf: what `oAuth2PermissionGrant` objects say.

use uuid::Uuid;

use super::error::EntraError;
use super::scope::{Resource, Scopes};
use crate::graph::first_party;
use crate::store::{Directory, ObjectKey};

/// Leaves of the scopes those that are granted. A client without any grant for the resource gets what it asks for, unless
/// `required`: nobody consents to anything here by a page.
pub(crate) fn apply(
    directory: &Directory,
    client: Uuid,
    person: Uuid,
    scopes: Scopes,
    required: bool,
) -> Result<Scopes, EntraError> {
    let granted = granted(directory, client, person, &scopes.resource);
    if granted.is_none() && !required {
        return Ok(scopes);
    }
    let granted = granted.unwrap_or_default();
    let mut names: Vec<String> = vec![];
    for name in &scopes.names {
        let wanted = if name == ".default" { granted.clone() } else { vec![name.clone()] };
        names.extend(wanted.into_iter().filter(|one| !names.contains(one)).collect::<Vec<_>>());
    }
    if names.is_empty() || names.iter().any(|name| !granted.iter().any(|one| one.eq_ignore_ascii_case(name))) {
        return Err(not_consented(directory, client));
    }
    Ok(Scopes { names, ..scopes })
}

/// The scopes that are granted for everybody and for this person; `None`: there is no grant of this client for the resource.
fn granted(directory: &Directory, client: Uuid, person: Uuid, resource: &Resource) -> Option<Vec<String>> {
    let client = directory.service_principals.get(ObjectKey::AppId(client))?.id;
    let resource = directory.service_principals.get(ObjectKey::AppId(app_id(resource)?))?.id;
    let grants = &directory.graph.permission_grants;
    let mut all = grants.iter().filter(|one| (one.client, one.resource) == (client, resource)).peekable();
    all.peek()?;
    let counts = all.filter(|one| one.person.is_none_or(|one| one == person));
    Some(counts.flat_map(|one| one.scope.split_whitespace().map(str::to_owned)).collect())
}

/// Client id of a resource; `None` for one that has no service principal here.
pub(super) fn app_id(resource: &Resource) -> Option<Uuid> {
    match resource {
        Resource::Graph(_) => Some(first_party::GRAPH.app_id),
        Resource::Application(id) => Some(*id),
        Resource::WellKnown(name) => first_party::by_name(name).map(|first| first.app_id),
    }
}

/// Copied from real replies.
fn not_consented(directory: &Directory, client: Uuid) -> EntraError {
    let name = directory.application(client).map_or("", |app| app.display_name.as_str());
    EntraError::invalid_grant(
        65001,
        format!(
            "The user or administrator has not consented to use the application with ID '{client}' named '{name}'. Send an interactive authorization request for this user and resource."
        ),
    )
}
