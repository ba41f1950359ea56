//! `appRoleAssignments` of people, groups and service principals, and `appRoleAssignedTo` of the service principal whose
//! application defines the roles. What is assigned is in the `roles` of tokens.

use axum::http::StatusCode;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::audit::entry::{Audit, target};
use super::directory_objects::ObjectKind;
use super::error::GraphError;
use super::first_party;
use super::object::Object;
use super::related::{Member, resolve};
use super::{Answer, Request, csdl};
use crate::format::{base64url, graph_date_precise};
use crate::store::{Assignment, Directory, ObjectKey, ServicePrincipal};

/// One of them, from either side.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    principal: Uuid,
    resource: Uuid,
    role: Uuid,
    created: OffsetDateTime,
}

impl Shown {
    /// Opaque; the first half is the principal's, as the service's own have it. The rest is this tenant's.
    fn id(&self) -> String {
        let mut bytes = self.principal.to_bytes_le().to_vec();
        let rest = Sha256::digest([self.resource.into_bytes(), self.role.into_bytes()].concat());
        bytes.extend(&rest[..16]);
        base64url(&bytes)
    }
}

/// `GET …/appRoleAssignments` and one of them.
pub(super) fn held(request: &Request<'_>, member: &Member, which: Option<&str>) -> Result<Answer, GraphError> {
    match member {
        Member::Me => {}
        Member::User(_) | Member::ServicePrincipal(_) => {
            request.caller.may_read_applications().or_else(|_| request.caller.may_assign_app_roles())?;
        }
        Member::Object(_) => request.caller.may_read_groups()?,
    }
    let directory = request.tenant.read();
    let principal = resolve(request, member, &directory)?;
    answer(request, &directory, of_principal(&directory, principal), which)
}

/// `GET /servicePrincipals/{id}/appRoleAssignedTo` and one of them.
pub(super) fn given(request: &Request<'_>, resource: &Member, which: Option<&str>) -> Result<Answer, GraphError> {
    request.caller.may_read_applications().or_else(|_| request.caller.may_assign_app_roles())?;
    let directory = request.tenant.read();
    let resource = resolve(request, resource, &directory)?;
    answer(request, &directory, of_resource(&directory, resource), which)
}

fn answer(
    request: &Request<'_>,
    directory: &Directory,
    all: Vec<Shown>,
    which: Option<&str>,
) -> Result<Answer, GraphError> {
    if let Some(which) = which {
        let found = all.iter().find(|one| one.id() == which).ok_or_else(|| GraphError::not_found(which))?;
        let context = request.query.context(&request.root(), "appRoleAssignments", true);
        return Ok(Answer::ok(Object::with_context(context, show(found, directory)), 1));
    }
    let items: Vec<Object> = all.iter().map(|one| show(one, directory)).collect();
    let context = request.query.context(&request.root(), "appRoleAssignments", false);
    let count = request.query.wants_count().then_some(items.len());
    Ok(Answer::ok(Object::collection(context, count, None, items), request.query.cost(1)))
}

/// `POST …/appRoleAssignments`: `principalId` must be whom the path names.
pub(super) fn assign(request: &Request<'_>, member: &Member) -> Result<Answer, GraphError> {
    let principal = resolve(request, member, &request.tenant.read())?;
    add(request, |sent| (sent.principal == principal).then_some(()).ok_or_else(|| invalid("principalId")))
}

/// `POST /servicePrincipals/{id}/appRoleAssignedTo`: `resourceId` must be whom the path names.
pub(super) fn give(request: &Request<'_>, resource: &Member) -> Result<Answer, GraphError> {
    let resource = resolve(request, resource, &request.tenant.read())?;
    add(request, |sent| (sent.resource == resource).then_some(()).ok_or_else(|| invalid("resourceId")))
}

fn add(request: &Request<'_>, fits: impl FnOnce(&Shown) -> Result<(), GraphError>) -> Result<Answer, GraphError> {
    request.caller.may_assign_app_roles()?;
    let sent = read(&request.json()?, request.now)?;
    fits(&sent)?;
    let mut directory = request.tenant.write();
    let kind = ObjectKind::of(sent.principal, &directory).ok_or_else(|| GraphError::not_found(sent.principal))?;
    let resource = directory.service_principals.get(ObjectKey::Id(sent.resource));
    let resource = resource.ok_or_else(|| GraphError::not_found(sent.resource))?;
    let value = role_value(&directory, resource, sent.role, kind)?;
    if of_principal(&directory, sent.principal).iter().any(|one| one.id() == sent.id()) {
        return Err(GraphError::bad_request("Permission being assigned already exists on the object"));
    }
    let audit = Audit::new(request, &directory, activity(kind, true), "Assign", target(resource), vec![]);
    let holder = if resource.app_id == first_party::GRAPH.app_id { sent.principal } else { sent.resource };
    if let Some(service) = directory.service_principals.get_mut(ObjectKey::Id(holder)) {
        if holder == sent.resource {
            service.assignments.push(Assignment::new(sent.principal, value, sent.role, request.now));
        } else {
            service.graph_permissions.push(crate::store::GraphPermission { value, granted: Some(request.now) });
        }
    }
    let body = Object::with_context(
        format!("{}/$metadata#appRoleAssignments/$entity", request.root()),
        show(&sent, &directory),
    );
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer { status: StatusCode::CREATED, ..Answer::ok(body, 1) })
}

/// `DELETE …/appRoleAssignments/{id}`
pub(super) fn unassign(request: &Request<'_>, member: &Member, which: &str) -> Result<Answer, GraphError> {
    let all = |directory: &Directory| Ok(of_principal(directory, resolve(request, member, directory)?));
    remove(request, all, which)
}

/// `DELETE /servicePrincipals/{id}/appRoleAssignedTo/{id}`
pub(super) fn take(request: &Request<'_>, resource: &Member, which: &str) -> Result<Answer, GraphError> {
    let all = |directory: &Directory| Ok(of_resource(directory, resolve(request, resource, directory)?));
    remove(request, all, which)
}

fn remove(
    request: &Request<'_>,
    all: impl FnOnce(&Directory) -> Result<Vec<Shown>, GraphError>,
    which: &str,
) -> Result<Answer, GraphError> {
    request.caller.may_assign_app_roles()?;
    let mut directory = request.tenant.write();
    let found = all(&directory)?.into_iter().find(|one| one.id() == which);
    let found = found.ok_or_else(|| GraphError::not_found(which))?;
    let kind = ObjectKind::of(found.principal, &directory).unwrap_or(ObjectKind::ServicePrincipal);
    let resource = directory.service_principals.get(ObjectKey::Id(found.resource));
    let resource = resource.ok_or_else(|| GraphError::not_found(found.resource))?;
    let audit = Audit::new(request, &directory, activity(kind, false), "Unassign", target(resource), vec![]);
    let of_graph = resource.app_id == first_party::GRAPH.app_id;
    let defined = first_party::GRAPH.role(found.role).map(|role| role.value);
    let roles = directory.roles_by_id(resource.app_id);
    if of_graph {
        if let Some(service) = directory.service_principals.get_mut(ObjectKey::Id(found.principal)) {
            service.graph_permissions.retain(|permission| Some(permission.value.as_str()) != defined);
        }
    } else if let Some(service) = directory.service_principals.get_mut(ObjectKey::Id(found.resource)) {
        service.assignments.retain(|one| one.principal != found.principal || one.role_id(&roles) != Some(found.role));
    }
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer::no_content())
}

const fn activity(kind: ObjectKind, added: bool) -> &'static str {
    match (kind, added) {
        (ObjectKind::User, true) => "Add app role assignment grant to user",
        (ObjectKind::Group, true) => "Add app role assignment to group",
        (_, true) => "Add app role assignment to service principal",
        (ObjectKind::User, false) => "Remove app role assignment from user",
        (ObjectKind::Group, false) => "Remove app role assignment from group",
        (_, false) => "Remove app role assignment from service principal",
    }
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "AppRoleAssignment")
}

fn read(sent: &Map<String, Value>, created: OffsetDateTime) -> Result<Shown, GraphError> {
    csdl::check::object("appRoleAssignment", sent, |_| false)?;
    let id = |name: &str| {
        sent.get(name).and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok()).ok_or_else(|| invalid(name))
    };
    Ok(Shown { principal: id("principalId")?, resource: id("resourceId")?, role: id("appRoleId")?, created })
}

/// The value of a role that this kind of object can be given; empty for the default access, which has none.
fn role_value(
    directory: &Directory,
    resource: &ServicePrincipal,
    role: Uuid,
    kind: ObjectKind,
) -> Result<String, GraphError> {
    // Graph's own words.
    let unknown = || GraphError::bad_request("Permission being assigned was not found on application");
    let wanted = match kind {
        ObjectKind::User | ObjectKind::Group => "User",
        ObjectKind::ServicePrincipal => "Application",
        ObjectKind::Application | ObjectKind::DirectoryRole => return Err(invalid("principalId")),
    };
    if let Some(first) = first_party::find(resource.app_id) {
        let role = first.role(role).filter(|_| wanted == "Application").ok_or_else(unknown)?;
        return Ok(role.value.to_owned());
    }
    let app = directory.application(resource.app_id).ok_or_else(unknown)?;
    if role.is_nil() {
        return if app.app_roles.is_empty() { Ok(String::new()) } else { Err(unknown()) };
    }
    let found = app.app_roles.iter().find(|one| one.id == role && one.enabled).ok_or_else(unknown)?;
    if !found.allowed_member_types.iter().any(|one| one == wanted) {
        return Err(unknown());
    }
    Ok(found.value.clone())
}

/// What somebody or something holds, of every application. Graph's permissions are kept with whoever holds them.
fn of_principal(directory: &Directory, principal: Uuid) -> Vec<Shown> {
    let mut all = vec![];
    if let Some(service) = directory.service_principals.get(ObjectKey::Id(principal)) {
        all.extend(of_graph(directory, service));
    }
    for resource in directory.service_principals.iter().filter(|resource| !resource.assignments.is_empty()) {
        all.extend(of_own_roles(directory, resource).into_iter().filter(|one| one.principal == principal));
    }
    all
}

fn of_resource(directory: &Directory, resource: Uuid) -> Vec<Shown> {
    let Some(resource) = directory.service_principals.get(ObjectKey::Id(resource)) else {
        return vec![];
    };
    if resource.app_id == first_party::GRAPH.app_id {
        return directory.service_principals.iter().flat_map(|service| of_graph(directory, service)).collect();
    }
    of_own_roles(directory, resource)
}

/// Permissions whose ids nobody has published are not among them.
fn of_graph(directory: &Directory, service: &ServicePrincipal) -> Vec<Shown> {
    let Some(graph) = directory.service_principals.get(ObjectKey::AppId(first_party::GRAPH.app_id)) else {
        return vec![];
    };
    let shown = service.graph_permissions.iter().filter_map(|permission| {
        let role = first_party::GRAPH.role_by_value(&permission.value)?.id;
        let created = permission.granted.unwrap_or(service.created);
        Some(Shown { principal: service.id, resource: graph.id, role, created })
    });
    shown.collect()
}

fn of_own_roles(directory: &Directory, resource: &ServicePrincipal) -> Vec<Shown> {
    let roles = directory.roles_by_id(resource.app_id);
    let shown = resource.assignments.iter().filter_map(|one| {
        ObjectKind::of(one.principal, directory)?;
        let created = one.granted.unwrap_or(resource.created);
        Some(Shown { principal: one.principal, resource: resource.id, role: one.role_id(&roles)?, created })
    });
    shown.collect()
}

fn show(one: &Shown, directory: &Directory) -> Object {
    let kind = ObjectKind::of(one.principal, directory);
    let name = match kind {
        Some(ObjectKind::User) => directory.person(one.principal).map(|person| person.display_name.clone()),
        Some(ObjectKind::Group) => directory.group(one.principal).map(|group| group.display_name.clone()),
        _ => directory.service_principals.get(ObjectKey::Id(one.principal)).map(|service| service.display_name.clone()),
    };
    let resource = directory.service_principals.get(ObjectKey::Id(one.resource));
    let mut out = Object::default();
    out.set("id", one.id());
    out.set("deletedDateTime", Value::Null);
    out.set("appRoleId", one.role.to_string());
    out.set("createdDateTime", graph_date_precise(one.created));
    out.set("principalDisplayName", name);
    out.set("principalId", one.principal.to_string());
    out.set(
        "principalType",
        match kind {
            Some(ObjectKind::User) => "User",
            Some(ObjectKind::Group) => "Group",
            _ => "ServicePrincipal",
        },
    );
    out.set("resourceDisplayName", resource.map(|service| service.display_name.clone()));
    out.set("resourceId", one.resource.to_string());
    out
}
