//! Directory roles of people: as `/directoryRoles`, as memberships, and as `roleAssignments`.

use serde_json::{Value, json};
use uuid::Uuid;

use super::directory_objects::Sight;
use super::error::GraphError;
use super::object::Object;
use super::path::RoleKey;
use super::{Answer, Request, users};
use crate::seed::stable_guid;
use crate::store::{Directory, DirectoryRole, Person};

/// Object id of a role in this tenant.
fn id(role: DirectoryRole) -> Uuid {
    stable_guid("directory role", role.template_id())
}

fn show(role: DirectoryRole) -> Object {
    let mut out = Object::default();
    out.set("id", id(role).to_string());
    out.set("deletedDateTime", Value::Null);
    out.set("description", Value::Null);
    out.set("displayName", role.display_name());
    out.set("roleTemplateId", role.template_id());
    out
}

/// The role of that object id.
pub(super) fn by_id(wanted: Uuid) -> Option<DirectoryRole> {
    DirectoryRole::ALL.into_iter().find(|role| id(*role) == wanted)
}

/// Ids of the roles that a person holds.
pub(super) fn held_by(person: Uuid, directory: &Directory) -> Vec<Uuid> {
    directory
        .person(person)
        .map(|person| person.directory_roles.iter().map(|role| id(*role)).collect())
        .unwrap_or_default()
}

/// A role among other kinds of directory objects.
pub(super) fn typed(role: DirectoryRole) -> Object {
    let mut out = Object::default();
    out.set("@odata.type", "#microsoft.graph.directoryRole");
    out.extend(show(role));
    out
}

/// `GET /directoryRoles`: the roles that are activated, which are those somebody holds.
pub(crate) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_roles()?;
    let directory = request.tenant.read();
    let mut items = vec![];
    for role in activated(&directory) {
        let get = |name: &str| match name.to_ascii_lowercase().as_str() {
            "id" => Some(json!(id(role))),
            "displayname" => Some(json!(role.display_name())),
            "roletemplateid" => Some(json!(role.template_id())),
            _ => None,
        };
        if request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches("DirectoryRole", &get))? {
            items.push(show(role));
        }
    }
    let context = request.query.context(&request.root(), "directoryRoles", false);
    Ok(Answer::ok(Object::collection(context, None, None, items), request.query.cost(1)))
}

/// `GET /directoryRoles/{id}` or `GET /directoryRoles(roleTemplateId='{id}')`
pub(crate) fn get(request: &Request<'_>, key: RoleKey) -> Result<Answer, GraphError> {
    request.caller.may_read_roles()?;
    let role = find(&request.tenant.read(), key)?;
    let context = request.query.context(&request.root(), "directoryRoles", true);
    Ok(Answer::ok(Object::with_context(context, show(role)), request.query.cost(1)))
}

/// `GET /directoryRoles/{id}/members`
pub(crate) fn members(request: &Request<'_>, key: RoleKey) -> Result<Answer, GraphError> {
    request.caller.may_read_roles()?;
    let directory = request.tenant.read();
    let role = find(&directory, key)?;
    let held = |person: &&Person| person.directory_roles.contains(&role);
    let people = directory
        .people
        .iter()
        .filter(held)
        .map(|person| users::typed(person, &request.query, Sight::of(&request.caller)));
    let people = people.collect::<Result<Vec<_>, _>>()?;
    let context = request.query.context(&request.root(), "directoryObjects", false);
    Ok(Answer::ok(Object::collection(context, None, None, people), request.query.cost(2)))
}

/// `GET /roleManagement/directory/roleAssignments`, by `principalId` or `roleDefinitionId`.
pub(crate) fn assignments(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_roles()?;
    let directory = request.tenant.read();
    let mut items = vec![];
    for person in &directory.people {
        for role in &person.directory_roles {
            let assignment = stable_guid("role assignment", &format!("{}/{}", person.id, role.template_id()));
            let get = |name: &str| match name.to_ascii_lowercase().as_str() {
                "id" => Some(json!(assignment)),
                "principalid" => Some(json!(person.id)),
                "roledefinitionid" => Some(json!(role.template_id())),
                "directoryscopeid" => Some(json!("/")),
                _ => None,
            };
            if request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches("RoleAssignment", &get))? {
                let mut out = Object::default();
                for name in ["id", "principalId", "directoryScopeId", "roleDefinitionId"] {
                    out.set(name, get(name).unwrap_or_default());
                }
                items.push(out);
            }
        }
    }
    let context = request.query.context(&request.root(), "roleManagement/directory/roleAssignments", false);
    Ok(Answer::ok(Object::collection(context, None, None, items), request.query.cost(1)))
}

/// `GET /roleManagement/directory/roleDefinitions`: of built-in roles the id is the template's.
pub(crate) fn definitions(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_roles()?;
    let items = DirectoryRole::ALL.iter().map(|role| {
        let mut out = Object::default();
        out.set("id", role.template_id());
        out.set("displayName", role.display_name());
        out.set("isBuiltIn", true);
        out.set("isEnabled", true);
        out.set("templateId", role.template_id());
        out
    });
    let context = request.query.context(&request.root(), "roleManagement/directory/roleDefinitions", false);
    Ok(Answer::ok(Object::collection(context, None, None, items.collect()), request.query.cost(1)))
}

fn activated(directory: &Directory) -> impl Iterator<Item = DirectoryRole> {
    let held = |role: &DirectoryRole| directory.people.iter().any(|person| person.directory_roles.contains(role));
    DirectoryRole::ALL.into_iter().filter(held)
}

fn find(directory: &Directory, key: RoleKey) -> Result<DirectoryRole, GraphError> {
    let (RoleKey::Id(wanted) | RoleKey::TemplateId(wanted)) = key;
    activated(directory)
        .find(|role| match key {
            RoleKey::Id(wanted) => id(*role) == wanted,
            RoleKey::TemplateId(wanted) => role.template_id() == wanted.to_string(),
        })
        .ok_or_else(|| GraphError::not_found(wanted))
}
