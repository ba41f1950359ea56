//! Paths to routes. Graph matches segments without regard to case and takes keys in two forms:
//! `/applications/{id}` and `/applications(appId='{id}')`, or `(uniqueName='{name}')` of an application.

mod objects;

use axum::http::StatusCode;
use uuid::Uuid;

use super::agents::AgentKind;
use super::error::GraphError;
use super::federated::FederatedKey;
use super::groups;
use super::groups::path::GroupRoute;
use super::holder::HolderKind;
use super::owners::OwnerKind;
use super::related::{self, Member, Related};
use crate::store::ObjectKey;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    Beta,
}

impl Version {
    pub(crate) const fn segment(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

/// What can be asked of an application or a service principal besides reading and writing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    AddKey,
    RemoveKey,
    AddPassword,
    RemovePassword,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Batch,
    Set(HolderKind),
    Count(HolderKind),
    ApplicationsDelta,
    /// All agents of a kind: `/applications/microsoft.graph.agentIdentityBlueprint`
    Agents(AgentKind),
    /// A route behind a cast to a kind of agent.
    Cast(AgentKind, Box<Self>),
    Sponsors(HolderKind, ObjectKey, SponsorPart),
    Object(HolderKind, ObjectKey),
    Owners(HolderKind, ObjectKey, Option<OwnerKind>),
    OwnersCount(HolderKind, ObjectKey),
    Federated(ObjectKey),
    FederatedOne(ObjectKey, FederatedKey),
    /// `/applications/{id}/appRoles`: the property's name, as declared.
    PropertyOf(HolderKind, ObjectKey, &'static str),
    OwnersRef(HolderKind, ObjectKey),
    OwnerRef(HolderKind, ObjectKey, Uuid),
    Action(HolderKind, ObjectKey, Action),
    PoliciesOf(HolderKind, ObjectKey),
    PoliciesRef(HolderKind, ObjectKey),
    PolicyRef(HolderKind, ObjectKey, Uuid),
    Me,
    MeOwnedObjects {
        applications: bool,
    },
    /// What people, groups and service principals have in common.
    Related(Member, Related),
    Group(GroupRoute),
    /// `/oauth2PermissionGrants`, or one of them.
    PermissionGrants(Option<String>),
    DirectoryObject(Uuid),
    DirectoryObjectsByIds,
    Users,
    User(String),
    Organization,
    DeletedItems(HolderKind),
    DeletedItem(Uuid),
    RestoreDeletedItem(Uuid),
    TenantManagementPolicy,
    ManagementPolicies,
    ManagementPolicy(Uuid),
    ManagementPolicyAppliesTo(Uuid),
    AuthorityConfigurations,
    AuthorityConfiguration(Uuid),
    AuthoritiesOf(Uuid),
    DirectoryAudits,
    SignIns,
    /// `/reports/appCredentialSignInActivities`, of beta alone.
    CredentialActivities,
    DirectoryRoles,
    DirectoryRole(RoleKey),
    DirectoryRoleMembers(RoleKey),
    RoleAssignments,
    RoleDefinitions,
}

/// What of the sponsors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SponsorPart {
    Objects,
    /// `$ref`
    References,
    Reference(Uuid),
}

/// How a request names a directory role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoleKey {
    Id(Uuid),
    TemplateId(Uuid),
}

/// One segment, its key split off.
struct Segment {
    name: String,
    key: Option<(String, String)>,
}

/// Parses an undecoded path such as `/v1.0/applications/…`. `by_name` finds an application by its unique name.
pub(crate) fn parse(path: &str, by_name: &dyn Fn(&str) -> Option<Uuid>) -> Result<(Version, Route), GraphError> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let version = match parts.next() {
        Some("beta") => Version::Beta,
        _ => Version::V1,
    };
    // `/v1.0/myorganization/applications` is the same, as of old.
    let mut parts = parts.skip_while(|part| part.eq_ignore_ascii_case("myorganization"));
    let mut segments: Vec<Segment> = parts.by_ref().map(segment).collect::<Result<_, _>>()?;
    name_to_id(&mut segments, by_name)?;
    route(&segments).map(|route| (version, route))
}

fn segment(part: &str) -> Result<Segment, GraphError> {
    // A path decodes like a query value, except that `+` is itself.
    let decoded = form_urlencoded::parse(format!("p={}", part.replace('+', "%2B").replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let Some((name, rest)) = decoded.split_once('(') else {
        return Ok(Segment { name: decoded, key: None });
    };
    let inner = rest.strip_suffix(')').ok_or_else(|| unknown(&decoded))?;
    if inner.is_empty() {
        return Ok(Segment { name: name.to_owned(), key: None });
    }
    let (key, value) = inner.split_once('=').unwrap_or(("id", inner));
    let value = value.trim();
    // In a text two apostrophes are one (OData, 5.1.1.1.2).
    let quoted = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let value = quoted.map_or_else(|| value.trim_matches('\'').to_owned(), |text| text.replace("''", "'"));
    Ok(Segment { name: name.to_owned(), key: Some((key.trim().to_owned(), value)) })
}

/// An application's unique name in the first segment becomes its id.
fn name_to_id(segments: &mut [Segment], by_name: &dyn Fn(&str) -> Option<Uuid>) -> Result<(), GraphError> {
    if let Some(first) = segments.first_mut().filter(|first| first.name.eq_ignore_ascii_case("applications"))
        && let Some((key, value)) = first.key.as_mut().filter(|(key, _)| key.eq_ignore_ascii_case("uniqueName"))
    {
        let id = by_name(value).ok_or_else(|| GraphError::not_found(&value))?;
        (*key, *value) = ("id".to_owned(), id.to_string());
    }
    Ok(())
}

/// Graph's code for a segment that it does not know.
pub(super) const UNKNOWN: &str = "BadRequest";

fn unknown(segment: &str) -> GraphError {
    GraphError::new(StatusCode::BAD_REQUEST, UNKNOWN, format!("Resource not found for the segment '{segment}'."))
}

fn route(segments: &[Segment]) -> Result<Route, GraphError> {
    let Some((first, rest)) = segments.split_first() else {
        return Err(unknown(""));
    };
    // Names in lower case, each key in brackets as one more name; the first segment's is looked at by name.
    let mut names: Vec<String> = vec![];
    for segment in rest {
        names.push(segment.name.clone());
        names.extend(segment.key.iter().map(|(_, value)| value.clone()));
    }
    let lower: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let nothing = || unknown(rest.last().map_or(first.name.as_str(), |last| last.name.as_str()));
    let id = |text: &str| object_id(text);
    match first.name.to_ascii_lowercase().as_str() {
        "$batch" if rest.is_empty() => Ok(Route::Batch),
        "applications" => objects::objects(HolderKind::Application, first, &names),
        "serviceprincipals" => objects::objects(HolderKind::ServicePrincipal, first, &names),
        "me" => match lower.as_slice() {
            [] => Ok(Route::Me),
            ["ownedobjects"] => Ok(Route::MeOwnedObjects { applications: false }),
            ["ownedobjects", "microsoft.graph.application" | "graph.application"] => {
                Ok(Route::MeOwnedObjects { applications: true })
            }
            _ => related_to(Member::Me, &names, &lower).ok_or_else(nothing),
        },
        "organization" if rest.is_empty() => Ok(Route::Organization),
        "users" => match (&first.key, names.as_slice(), lower.as_slice()) {
            (None, [], _) => Ok(Route::Users),
            (Some((_, value)), [], _) => Ok(Route::User(value.clone())),
            (None, [one], _) => Ok(Route::User(one.clone())),
            (Some((_, value)), _, lower) => related_to(Member::User(value.clone()), &names, lower).ok_or_else(nothing),
            (None, [one, ..], [_, rest @ ..]) => {
                related_to(Member::User(one.clone()), &names, rest).ok_or_else(nothing)
            }
            _ => Err(nothing()),
        },
        "groups" | "directoryobjects" => {
            let groups = first.name.eq_ignore_ascii_case("groups");
            let (key, rest) = match (&first.key, lower.as_slice()) {
                (None, []) if groups => return Ok(Route::Group(GroupRoute::All)),
                (None, ["$count"]) if groups => return Ok(Route::Group(GroupRoute::Count)),
                (None, ["getbyids" | "microsoft.graph.getbyids"]) if !groups => {
                    return Ok(Route::DirectoryObjectsByIds);
                }
                (Some((_, value)), rest) => (id(value)?, rest),
                (None, [one, rest @ ..]) => (id(one)?, rest),
                _ => return Err(nothing()),
            };
            let own = if groups { groups::path::parse(key, rest).map(Route::Group) } else { None };
            let whole = (!groups && rest.is_empty()).then_some(Route::DirectoryObject(key));
            own.or(whole).or_else(|| related_to(Member::Object(key), &names, rest)).ok_or_else(nothing)
        }
        "oauth2permissiongrants" => match (&first.key, names.as_slice()) {
            (None, []) => Ok(Route::PermissionGrants(None)),
            (Some((_, one)), []) | (None, [one]) => Ok(Route::PermissionGrants(Some(one.clone()))),
            _ => Err(nothing()),
        },
        "directoryroles" => {
            let key = match (&first.key, lower.as_slice()) {
                (None, []) => return Ok(Route::DirectoryRoles),
                (Some((name, value)), _) if name.eq_ignore_ascii_case("roletemplateid") => {
                    (RoleKey::TemplateId(id(value)?), lower.as_slice())
                }
                (Some((_, value)), _) => (RoleKey::Id(id(value)?), lower.as_slice()),
                (None, [one, after @ ..]) => (RoleKey::Id(id(one)?), after),
            };
            match key {
                (key, []) => Ok(Route::DirectoryRole(key)),
                (key, ["members"]) => Ok(Route::DirectoryRoleMembers(key)),
                _ => Err(nothing()),
            }
        }
        "rolemanagement" => match lower.as_slice() {
            ["directory", "roleassignments"] => Ok(Route::RoleAssignments),
            ["directory", "roledefinitions"] => Ok(Route::RoleDefinitions),
            _ => Err(nothing()),
        },
        "reports" if lower == ["appcredentialsigninactivities"] => Ok(Route::CredentialActivities),
        "auditlogs" => match lower.as_slice() {
            ["directoryaudits"] => Ok(Route::DirectoryAudits),
            ["signins"] => Ok(Route::SignIns),
            _ => Err(nothing()),
        },
        "policies" => match lower.as_slice() {
            ["defaultappmanagementpolicy"] => Ok(Route::TenantManagementPolicy),
            ["appmanagementpolicies"] => Ok(Route::ManagementPolicies),
            ["appmanagementpolicies", one] => Ok(Route::ManagementPolicy(id(one)?)),
            ["appmanagementpolicies", one, "appliesto"] => Ok(Route::ManagementPolicyAppliesTo(id(one)?)),
            _ => Err(nothing()),
        },
        "directory" => match lower.as_slice() {
            ["deleteditems", "microsoft.graph.application" | "graph.application"] => {
                Ok(Route::DeletedItems(HolderKind::Application))
            }
            ["deleteditems", "microsoft.graph.serviceprincipal" | "graph.serviceprincipal"] => {
                Ok(Route::DeletedItems(HolderKind::ServicePrincipal))
            }
            ["deleteditems", one] => Ok(Route::DeletedItem(id(one)?)),
            ["deleteditems", one, "restore" | "microsoft.graph.restore"] => Ok(Route::RestoreDeletedItem(id(one)?)),
            ["certificateauthorities", "certificatebasedapplicationconfigurations"] => {
                Ok(Route::AuthorityConfigurations)
            }
            ["certificateauthorities", "certificatebasedapplicationconfigurations", one] => {
                Ok(Route::AuthorityConfiguration(id(one)?))
            }
            [
                "certificateauthorities",
                "certificatebasedapplicationconfigurations",
                one,
                "trustedcertificateauthorities",
            ] => Ok(Route::AuthoritiesOf(id(one)?)),
            _ => Err(nothing()),
        },
        _ => Err(unknown(&first.name)),
    }
}

fn related_to(member: Member, names: &[String], lower: &[&str]) -> Option<Route> {
    let related = related::parse(&member, names, lower)?;
    Some(Route::Related(member, related))
}

fn object_id(text: &str) -> Result<Uuid, GraphError> {
    Uuid::parse_str(text).map_err(|_| GraphError::bad_request(format!("Invalid object identifier '{text}'.")))
}

fn object_key(name: &str, value: &str) -> Result<ObjectKey, GraphError> {
    let id = object_id(value)?;
    if name.eq_ignore_ascii_case("id") {
        Ok(ObjectKey::Id(id))
    } else if name.eq_ignore_ascii_case("appid") {
        Ok(ObjectKey::AppId(id))
    } else {
        Err(unknown(name))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const ID: &str = "765eb0e3-acb3-475d-9a98-ee6892f081c8";

    #[test]
    fn both_forms_of_a_key() {
        let id = Uuid::parse_str(ID).unwrap();
        let by_name = |name: &str| (name == "payroll's").then_some(id);
        let route = |path: &str| parse(path, &by_name).unwrap().1;
        assert_eq!(
            route(&format!("/v1.0/applications/{ID}")),
            Route::Object(HolderKind::Application, ObjectKey::Id(id))
        );
        assert_eq!(
            route(&format!("/v1.0/applications('{ID}')")),
            Route::Object(HolderKind::Application, ObjectKey::Id(id))
        );
        assert_eq!(
            route(&format!("/v1.0/Applications(appId='{ID}')")),
            Route::Object(HolderKind::Application, ObjectKey::AppId(id))
        );
        assert_eq!(
            route(&format!("/v1.0/applications(appId=%27{ID}%27)/owners")),
            Route::Owners(HolderKind::Application, ObjectKey::AppId(id), None)
        );
        assert_eq!(
            route(&format!("/v1.0/servicePrincipals/{ID}/microsoft.graph.addKey")),
            Route::Action(HolderKind::ServicePrincipal, ObjectKey::Id(id), Action::AddKey)
        );
        assert_eq!(
            route("/v1.0/applications(uniqueName='payroll''s')/owners"),
            Route::Owners(HolderKind::Application, ObjectKey::Id(id), None)
        );
        let nobody = parse("/v1.0/applications(uniqueName='x')", &by_name).unwrap_err();
        assert_eq!(nobody.code, "Request_ResourceNotFound");
        assert_eq!(route("/v1.0/applications/delta()"), Route::ApplicationsDelta);
        assert_eq!(route("/v1.0/myorganization/applications"), Route::Set(HolderKind::Application));
        assert_eq!(
            route(&format!("/v1.0/applications/{ID}/approles")),
            Route::PropertyOf(HolderKind::Application, ObjectKey::Id(id), "appRoles")
        );
        assert_eq!(
            route(&format!("/v1.0/directoryRoles(roleTemplateId='{ID}')/members")),
            Route::DirectoryRoleMembers(RoleKey::TemplateId(id))
        );
        let member_of = |transitive| Related::MemberOf { transitive, cast: None };
        let user = Member::User("a@b.c".into());
        assert_eq!(route("/v1.0/users/a@b.c/memberOf"), Route::Related(user.clone(), member_of(false)));
        assert_eq!(route("/v1.0/users/a@b.c/transitiveMemberOf"), Route::Related(user, member_of(true)));
        assert_eq!(
            route(&format!("/v1.0/servicePrincipals/{ID}/appRoleAssignments/AbC")),
            Route::Related(
                Member::ServicePrincipal(ObjectKey::Id(id)),
                Related::AppRoleAssignments(Some("AbC".into()))
            )
        );
        assert_eq!(route("/v1.0/oAuth2PermissionGrants/AbC"), Route::PermissionGrants(Some("AbC".into())));
        assert_eq!(
            route(&format!("/v1.0/groups/{ID}/members/$ref")),
            Route::Group(GroupRoute::Relation(id, groups::path::Relation::Members, groups::path::Part::References))
        );
        assert_eq!(
            parse("/beta/me/ownedObjects/microsoft.graph.application", &by_name).unwrap(),
            (Version::Beta, Route::MeOwnedObjects { applications: true })
        );
    }

    #[test]
    fn what_is_no_resource_is_refused() {
        let refused = |path: &str| parse(path, &|_| None).unwrap_err();
        assert_eq!(refused("/v1.0/applications/payroll").message, "Invalid object identifier 'payroll'.");
        assert_eq!(refused("/v1.0/devices").message, "Resource not found for the segment 'devices'.");
        assert_eq!(refused("/v1.0/applications(").code, "BadRequest");
        assert_eq!(refused("/v1.0/servicePrincipals(uniqueName='x')").code, "Request_BadRequest");
    }
}
