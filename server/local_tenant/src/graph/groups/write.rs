//! `POST /groups`, `PATCH` and `DELETE /groups/{id}`. Kinds of values come from Microsoft's metadata, what is required from
//! Graph's page of the group resource.

use axum::http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::path::Relation;
use super::{Group, find, relations, show};
use crate::graph::audit::entry::{Audit, Target};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::Query;
use crate::graph::{Answer, Request, csdl};
use crate::store::Directory;

/// Groups in a tenant here.
const MOST: usize = 100_000;
/// Owners and members that one request can bind.
const MOST_BOUND: usize = 20;
const REQUIRED: [&str; 4] = ["displayName", "mailEnabled", "mailNickname", "securityEnabled"];
/// What a request can set, beside [`REQUIRED`] and `groupTypes`.
const WRITABLE: [&str; 7] = [
    "classification",
    "description",
    "preferredDataLocation",
    "preferredLanguage",
    "theme",
    "visibility",
    "resourceBehaviorOptions",
];
/// What Graph would take and is not simulated.
const BEYOND: [&str; 4] = ["membershipRule", "membershipRuleProcessingState", "isAssignableToRole", "assignedLabels"];

/// Whoever makes a group and names no owners owns it, unless it is an app.
pub(super) fn create(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_create_groups()?;
    let sent = request.json()?;
    for name in REQUIRED {
        if sent.get(name).is_none_or(Value::is_null) {
            return Err(GraphError::bad_request(format!(
                "A value is required for property '{name}' of resource 'Group'."
            )));
        }
    }
    let mut directory = request.tenant.write();
    if directory.graph.groups.len() >= MOST {
        return Err(GraphError::too_large());
    }
    let mut group = Group::new(Uuid::new_v4(), "", request.now);
    apply(&mut group, &sent, &directory)?;
    if group.owners.is_empty() {
        group.owners.extend(request.caller.person().ok());
    }
    let body = Object::with_context(
        format!("{}/$metadata#groups/$entity", request.root()),
        show(&group, &directory, &Query::default())?,
    );
    let location = format!(
        "{}/v2/{}/directoryObjects/{}/Microsoft.DirectoryServices.Group",
        request.tenant.names.base, directory.profile.id, group.id
    );
    let audit = Audit::new(request, &directory, "Add group", "Add", target(&group), vec![]);
    directory.graph.groups.push(group);
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer { status: StatusCode::CREATED, location: Some(location), ..Answer::ok(body, 1) })
}

pub(super) fn update(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    change(
        request,
        id,
        "Update group",
        |caller, group| caller.may_change_group(&group.owners),
        |group, directory| apply(group, &sent, directory),
    )
}

/// For good: what the real service keeps of a Microsoft 365 group for 30 days is not simulated.
pub(super) fn delete(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    let mut directory = request.tenant.write();
    let group = find(&directory, id)?;
    request.caller.may_change_group(&group.owners)?;
    let audit = Audit::new(request, &directory, "Delete group", "Delete", target(group), vec![]);
    directory.graph.groups.retain(|group| group.id != id);
    for group in &mut directory.graph.groups {
        group.members.retain(|member| *member != id);
    }
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer::no_content())
}

/// Changes one group, all of it or nothing.
pub(super) fn change(
    request: &Request<'_>,
    id: Uuid,
    activity: &'static str,
    allowed: impl FnOnce(&crate::graph::auth::Caller, &Group) -> Result<(), GraphError>,
    apply: impl FnOnce(&mut Group, &Directory) -> Result<(), GraphError>,
) -> Result<Answer, GraphError> {
    let mut directory = request.tenant.write();
    let mut next = find(&directory, id)?.clone();
    allowed(&request.caller, &next)?;
    apply(&mut next, &directory)?;
    let audit = Audit::new(request, &directory, activity, "Update", target(&next), vec![]);
    if let Some(stored) = directory.graph.groups.iter_mut().find(|group| group.id == id) {
        *stored = next;
    }
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer::no_content())
}

fn target(group: &Group) -> Target {
    Target { id: group.id, name: group.display_name.clone(), kind: "Group".into() }
}

fn apply(group: &mut Group, sent: &Map<String, Value>, directory: &Directory) -> Result<(), GraphError> {
    csdl::check::object("group", sent, |_| false)?;
    let invalid = |name: &str| GraphError::invalid_value(name, "Group");
    for (name, value) in sent {
        let flag = || value.as_bool().ok_or_else(|| invalid(name));
        match name.as_str() {
            "displayName" => group.display_name = text(value, 256).ok_or_else(|| invalid(name))?,
            "mailNickname" => {
                group.mail_nickname = text(value, 64).filter(|text| is_nickname(text)).ok_or_else(|| invalid(name))?;
            }
            "mailEnabled" => group.mail_enabled = flag()?,
            "securityEnabled" => group.security_enabled = flag()?,
            "groupTypes" => match types(value) {
                Some(unified) => group.unified = unified,
                None => return Err(GraphError::not_simulated(format!("groupTypes {value}"))),
            },
            "members@odata.bind" => bind(group, Relation::Members, value, directory)?,
            "owners@odata.bind" => bind(group, Relation::Owners, value, directory)?,
            annotation if annotation.contains('@') => {}
            beyond if BEYOND.contains(&beyond) && !matches!(value, Value::Null | Value::Bool(false)) => {
                return Err(GraphError::not_simulated(format!("the property {beyond} of groups")));
            }
            known if WRITABLE.contains(&known) || BEYOND.contains(&known) => {
                group.extra.insert(known.to_owned(), value.clone());
            }
            other if csdl::MODEL.property("group", other).is_some() => {
                return Err(GraphError::bad_request(format!("Property '{other}' is read-only and cannot be set.")));
            }
            other => return Err(GraphError::bad_request(format!("Invalid property '{other}'."))),
        }
    }
    if group.mail_enabled && !group.unified {
        // Graph's own words.
        return Err(GraphError::bad_request(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.",
        ));
    }
    if group.unified != group.mail_enabled || !(group.security_enabled || group.unified) {
        return Err(invalid(if group.unified { "mailEnabled" } else { "securityEnabled" }));
    }
    Ok(())
}

fn text(value: &Value, most: usize) -> Option<String> {
    let text = value.as_str()?;
    (!text.trim().is_empty() && text.chars().count() <= most).then(|| text.to_owned())
}

/// ASCII without what Graph's page of the group resource excludes.
fn is_nickname(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control() && !br#"@()\[]";:.<>, "#.contains(&byte))
}

/// Whether a group is a Microsoft 365 group; `None` for kinds that are not simulated.
fn types(value: &Value) -> Option<bool> {
    match value.as_array()?.as_slice() {
        [] => Some(false),
        [one] if one == "Unified" => Some(true),
        _ => None,
    }
}

/// `members@odata.bind` adds.
fn bind(group: &mut Group, relation: Relation, value: &Value, directory: &Directory) -> Result<(), GraphError> {
    let wrong = || GraphError::bad_request("Invalid value specified for an @odata.bind property of resource 'Group'.");
    let links = value.as_array().filter(|links| links.len() <= MOST_BOUND).ok_or_else(wrong)?;
    for link in links {
        let id = link.as_str().and_then(|link| link.rsplit('/').next()).and_then(|id| Uuid::parse_str(id).ok());
        relations::put(group, relation, id.ok_or_else(wrong)?, directory)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_are_ascii_without_some() {
        for good in ["operations2019", "a-b_c'd"] {
            assert!(is_nickname(good), "{good}");
        }
        for bad in ["a b", "a.b", "a@b", "ä", "a(b", "a\"b", "a\\b"] {
            assert!(!is_nickname(bad), "{bad}");
        }
    }
}
