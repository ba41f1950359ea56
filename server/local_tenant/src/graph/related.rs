//! What people, groups and service principals have in common: memberships, assignments of app roles, permission grants, mail.
//! Their paths, and which operation each leads to.

use uuid::Uuid;

use super::directory_objects::ObjectKind;
use super::error::GraphError;
use super::{Answer, Request, app_role_assignments, memberships, method_not_allowed, permission_grants, send_mail};
use crate::store::{Directory, ObjectKey};

/// Who it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    Me,
    /// Object id or user principal name.
    User(String),
    ServicePrincipal(ObjectKey),
    /// A group, or an object of any kind.
    Object(Uuid),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Related {
    MemberOf {
        transitive: bool,
        cast: Option<ObjectKind>,
    },
    MemberAction(MemberAction),
    /// One of them, or all.
    AppRoleAssignments(Option<String>),
    /// Of the app roles that a service principal defines.
    AppRoleAssignedTo(Option<String>),
    PermissionGrants,
    SendMail,
}

/// Actions that answer with ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberAction {
    GetMemberGroups,
    GetMemberObjects,
    CheckMemberGroups,
    CheckMemberObjects,
}

/// What follows the object, as written and in lower case; `None`: nothing that is told here.
pub(crate) fn parse(member: &Member, names: &[String], lower: &[&str]) -> Option<Related> {
    let person = matches!(member, Member::Me | Member::User(_));
    let service = matches!(member, Member::ServicePrincipal(_));
    let (first, rest) = lower.split_first()?;
    let plain = first.trim_start_matches("microsoft.").trim_start_matches("graph.");
    match (plain, rest) {
        ("memberof" | "transitivememberof", []) => {
            Some(Related::MemberOf { transitive: plain.starts_with('t'), cast: None })
        }
        ("memberof" | "transitivememberof", [cast]) => {
            Some(Related::MemberOf { transitive: plain.starts_with('t'), cast: Some(ObjectKind::of_cast(cast)?) })
        }
        ("getmembergroups", []) => Some(Related::MemberAction(MemberAction::GetMemberGroups)),
        ("getmemberobjects", []) => Some(Related::MemberAction(MemberAction::GetMemberObjects)),
        ("checkmembergroups", []) => Some(Related::MemberAction(MemberAction::CheckMemberGroups)),
        ("checkmemberobjects", []) => Some(Related::MemberAction(MemberAction::CheckMemberObjects)),
        ("approleassignments", []) => Some(Related::AppRoleAssignments(None)),
        // Ids are told apart by case.
        ("approleassignments", [_]) => Some(Related::AppRoleAssignments(names.last().cloned())),
        ("approleassignedto", []) if service => Some(Related::AppRoleAssignedTo(None)),
        ("approleassignedto", [_]) if service => Some(Related::AppRoleAssignedTo(names.last().cloned())),
        ("oauth2permissiongrants", []) if person || service => Some(Related::PermissionGrants),
        ("sendmail", []) if person => Some(Related::SendMail),
        _ => None,
    }
}

/// Whether what follows a service principal may be one of these.
pub(crate) fn is_one(lower: &[&str]) -> bool {
    parse(&Member::ServicePrincipal(ObjectKey::Id(Uuid::nil())), &[String::new()], lower).is_some()
}

pub(super) fn operate(
    request: &Request<'_>,
    method: &str,
    member: &Member,
    related: Related,
) -> Result<Answer, GraphError> {
    match (method, related) {
        ("GET", Related::MemberOf { transitive, cast }) => memberships::list(request, member, transitive, cast),
        ("POST", Related::MemberAction(action)) => memberships::ids(request, member, action),
        ("GET", Related::AppRoleAssignments(which)) => app_role_assignments::held(request, member, which.as_deref()),
        ("POST", Related::AppRoleAssignments(None)) => app_role_assignments::assign(request, member),
        ("DELETE", Related::AppRoleAssignments(Some(which))) => app_role_assignments::unassign(request, member, &which),
        ("GET", Related::AppRoleAssignedTo(which)) => app_role_assignments::given(request, member, which.as_deref()),
        ("POST", Related::AppRoleAssignedTo(None)) => app_role_assignments::give(request, member),
        ("DELETE", Related::AppRoleAssignedTo(Some(which))) => app_role_assignments::take(request, member, &which),
        ("GET", Related::PermissionGrants) => permission_grants::of(request, member),
        ("POST", Related::SendMail) => send_mail::handle(request, member),
        _ => Err(method_not_allowed()),
    }
}

/// The object's id.
pub(super) fn resolve(request: &Request<'_>, member: &Member, directory: &Directory) -> Result<Uuid, GraphError> {
    let found = match member {
        Member::Me => directory.person(request.caller.person()?).map(|person| person.id),
        Member::User(name) => match Uuid::parse_str(name) {
            Ok(id) => directory.person(id),
            Err(_) => directory.person_by_name(name),
        }
        .map(|person| person.id),
        Member::ServicePrincipal(key) => directory.service_principals.get(*key).map(|service| service.id),
        Member::Object(id) => ObjectKind::of(*id, directory).map(|_| *id),
    };
    found.ok_or_else(|| match member {
        Member::Me => GraphError::not_found("me"),
        Member::User(name) => GraphError::not_found(name),
        Member::ServicePrincipal(key) => GraphError::not_found(key),
        Member::Object(id) => GraphError::not_found(id),
    })
}
