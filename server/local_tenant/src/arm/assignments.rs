//! Role assignments: who has which role at which scope.
//!
//! Shapes are those of azure-cli's recordings; refusals are those of Microsoft's page on troubleshooting Azure RBAC.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::serde::timestamp::nanoseconds;
use uuid::Uuid;

use super::error::ArmError;
use super::filter::Filter;
use super::roles::AzureRole;
use super::scope::Scope;
use super::{Caller, subscription};
use crate::keyvault::store::Vault;
use crate::state::Tenant;
use crate::store::{Directory, ObjectKey};

/// In one tenant; Azure takes 4,000 in a subscription.
const MOST: usize = 4_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RoleAssignment {
    id: Uuid,
    role: AzureRole,
    principal: Uuid,
    principal_type: String,
    scope: Scope,
    #[serde(with = "nanoseconds")]
    created: OffsetDateTime,
    created_by: Option<Uuid>,
}

impl RoleAssignment {
    fn shown(&self) -> Value {
        let (scope, created) = (self.scope.as_str(), self.created.format(&Rfc3339).unwrap_or_default());
        json!({
            "properties": {
                "roleDefinitionId": self.role.resource_id(subscription()), "principalId": self.principal,
                "principalType": self.principal_type, "scope": scope, "condition": null, "conditionVersion": null,
                "createdOn": created, "updatedOn": created, "createdBy": self.created_by, "updatedBy": self.created_by,
                "delegatedManagedIdentityResourceId": null, "description": null,
            },
            "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{}", self.id),
            "type": "Microsoft.Authorization/roleAssignments", "name": self.id,
        })
    }
}

#[derive(Deserialize)]
struct Sent {
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    role_definition_id: String,
    principal_id: Uuid,
    principal_type: Option<String>,
}

/// Whether anything is assigned to them: who has nothing does not see the subscription.
pub(super) fn sees(directory: &Directory, principal: Uuid) -> bool {
    directory.role_assignments.iter().any(|held| held.principal == principal)
}

pub(super) fn list(directory: &Directory, scope: &Scope, filter: &Filter) -> Value {
    let wanted = |held: &&RoleAssignment| {
        let above = held.scope.covers(scope);
        let there = above || (!filter.at_scope && scope.covers(&held.scope));
        there && filter.principal.is_none_or(|principal| held.principal == principal)
    };
    let shown = directory.role_assignments.iter().filter(wanted).map(RoleAssignment::shown);
    json!({"value": shown.collect::<Vec<_>>()})
}

pub(crate) fn all(directory: &Directory) -> Value {
    directory.role_assignments.iter().map(RoleAssignment::shown).collect()
}

/// `GET` of one.
pub(super) fn get(directory: &Directory, scope: &Scope, id: &str) -> Result<Value, ArmError> {
    place(directory, scope, id).map(|place| directory.role_assignments[place].shown())
}

/// `PUT`: makes one. What is there already is refused, as the same principal's same role at the same scope is.
pub(super) fn put(
    tenant: &Tenant,
    caller: &Caller,
    scope: &Scope,
    id: &str,
    body: &[u8],
) -> Result<(StatusCode, Value), ArmError> {
    let id = Uuid::parse_str(id).map_err(|_| {
        ArmError::bad_request(
            "InvalidRoleAssignmentId",
            format!("The role assignment ID '{id}' is not valid. The role assignment ID must be a GUID."),
        )
    })?;
    let Sent { properties } = serde_json::from_slice(body).map_err(|error| {
        ArmError::bad_request(
            "InvalidRequestContent",
            format!("The request content was invalid and could not be deserialized: '{error}'."),
        )
    })?;
    let role_id = properties.role_definition_id.rsplit('/').next().unwrap_or_default();
    let role = AzureRole::all().find(|role| role.id().to_string().eq_ignore_ascii_case(role_id)).ok_or_else(|| {
        ArmError::not_found(
            "RoleDefinitionDoesNotExist",
            format!("The specified role definition with ID '{role_id}' does not exist."),
        )
    })?;
    let mut directory = tenant.write();
    may_assign(&directory, caller, scope, "write")?;
    let principal = properties.principal_id;
    let kind = kind_of(&directory, principal).or(properties.principal_type).ok_or_else(|| {
        ArmError::bad_request("PrincipalNotFound", format!(
            "Principal {} does not exist in the directory {}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
            principal.simple(), tenant.profile.id
        ))
    })?;
    let same = |held: &RoleAssignment| {
        held.id == id || (held.principal == principal && held.role == role && held.scope == *scope)
    };
    if directory.role_assignments.iter().any(same) {
        return Err(ArmError::new(StatusCode::CONFLICT, "RoleAssignmentExists", "The role assignment already exists."));
    }
    if directory.role_assignments.len() >= MOST {
        return Err(ArmError::bad_request(
            "RoleAssignmentLimitExceeded",
            "The maximum number of role assignments for the subscription is reached.",
        ));
    }
    let assignment = RoleAssignment {
        id,
        role,
        principal,
        principal_type: kind,
        scope: scope.clone(),
        created: tenant.now(),
        created_by: Some(caller.id),
    };
    let shown = assignment.shown();
    add(&mut directory, assignment);
    Ok((StatusCode::CREATED, shown))
}

/// `DELETE`: answers what was there.
pub(super) fn delete(tenant: &Tenant, caller: &Caller, scope: &Scope, id: &str) -> Result<Value, ArmError> {
    let mut directory = tenant.write();
    may_assign(&directory, caller, scope, "delete")?;
    let place = place(&directory, scope, id)?;
    let gone = directory.role_assignments.remove(place);
    if let AzureRole::Vault(role) = gone.role {
        let left: Vec<Scope> = directory
            .role_assignments
            .iter()
            .filter(|held| held.principal == gone.principal && held.role == gone.role)
            .map(|held| held.scope.clone())
            .collect();
        for vault in of_scope(&mut directory, &gone.scope) {
            let scope = scope_of(vault);
            if !left.iter().any(|held| scope.as_ref().is_some_and(|scope| held.covers(scope))) {
                vault.roles.retain(|held| *held != (gone.principal, role));
            }
        }
    }
    Ok(gone.shown())
}

/// By the control API, which may what nobody in the tenant may.
pub(crate) fn assign(directory: &mut Directory, principal: Uuid, role: AzureRole, scope: Scope, now: OffsetDateTime) {
    let principal_type = kind_of(directory, principal).unwrap_or_else(|| "ServicePrincipal".into());
    let assignment =
        RoleAssignment { id: Uuid::new_v4(), role, principal, principal_type, scope, created: now, created_by: None };
    add(directory, assignment);
}

fn add(directory: &mut Directory, assignment: RoleAssignment) {
    if let AzureRole::Vault(role) = assignment.role {
        for vault in of_scope(directory, &assignment.scope) {
            if !vault.roles.contains(&(assignment.principal, role)) {
                vault.roles.push((assignment.principal, role));
            }
        }
    }
    directory.role_assignments.push(assignment);
}

fn scope_of(vault: &Vault) -> Option<Scope> {
    Scope::parse(&vault.resource_id(), vault.subscription)
}

fn of_scope<'a>(directory: &'a mut Directory, scope: &Scope) -> impl Iterator<Item = &'a mut Vault> {
    directory.vaults.iter_mut().filter(move |vault| scope_of(vault).is_some_and(|own| scope.covers(&own)))
}

fn place(directory: &Directory, scope: &Scope, id: &str) -> Result<usize, ArmError> {
    let named = |held: &RoleAssignment| held.id.to_string().eq_ignore_ascii_case(id) && held.scope == *scope;
    directory.role_assignments.iter().position(named).ok_or_else(|| {
        ArmError::not_found("RoleAssignmentNotFound", format!("The role assignment '{id}' is not found."))
    })
}

fn kind_of(directory: &Directory, id: Uuid) -> Option<String> {
    let kind = if directory.person(id).is_some() {
        "User"
    } else if directory.service_principals.get(ObjectKey::Id(id)).is_some() {
        "ServicePrincipal"
    } else if directory.graph.groups.iter().any(|group| group.id == id) {
        "Group"
    } else {
        return None;
    };
    Some(kind.into())
}

fn may_assign(directory: &Directory, caller: &Caller, scope: &Scope, what: &str) -> Result<(), ArmError> {
    let allows =
        |held: &RoleAssignment| held.principal == caller.id && held.role.assigns_roles() && held.scope.covers(scope);
    if directory.role_assignments.iter().any(allows) {
        return Ok(());
    }
    Err(ArmError::new(
        StatusCode::FORBIDDEN,
        "AuthorizationFailed",
        format!(
            "The client '{}' with object id '{}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/{what}' over scope '{}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
            caller.name,
            caller.id,
            scope.as_str()
        ),
    ))
}
