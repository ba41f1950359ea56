//! `/policies/appManagementPolicies`: policies for single applications.

use axum::http::StatusCode;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::store::{CustomPolicy, Restrictions};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::path::Version;
use crate::graph::{Answer, Request};

pub(crate) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_policies()?;
    let directory = request.tenant.read();
    let items = directory.graph.policies.custom.iter().map(|policy| show(policy, request.version)).collect();
    let context = request.query.context(&request.root(), "policies/appManagementPolicies", false);
    Ok(Answer::ok(Object::collection(context, None, None, items), 1))
}

pub(crate) fn get(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_read_policies()?;
    let directory = request.tenant.read();
    let found = directory.graph.policies.custom.iter().find(|policy| policy.id == id);
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    let context = request.query.context(&request.root(), "policies/appManagementPolicies", true);
    Ok(Answer::ok(Object::with_context(context, show(found, request.version)), 1))
}

/// 201; `displayName` is required.
pub(crate) fn create(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_write_policies()?;
    let sent = request.json()?;
    let mut policy = CustomPolicy {
        id: Uuid::new_v4(),
        display_name: String::new(),
        description: None,
        enabled: false,
        restrictions: Restrictions::default(),
    };
    apply(&mut policy, &sent, request.now)?;
    if policy.display_name.is_empty() {
        return Err(invalid("displayName"));
    }
    let context = format!("{}/$metadata#policies/appManagementPolicies/$entity", request.root());
    let body = Object::with_context(context, show(&policy, request.version));
    let mut directory = request.tenant.write();
    let audit = super::audit(request, &directory, "Add policy", "Add", policy.id, &policy.display_name);
    directory.graph.policies.custom.push(policy);
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer { status: StatusCode::CREATED, ..Answer::ok(body, 1) })
}

pub(crate) fn patch(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_write_policies()?;
    let sent = request.json()?;
    let mut directory = request.tenant.write();
    let found = directory.graph.policies.custom.iter_mut().find(|policy| policy.id == id);
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    let mut next = found.clone();
    apply(&mut next, &sent, request.now)?;
    *found = next.clone();
    let audit = super::audit(request, &directory, "Update policy", "Update", id, &next.display_name);
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer::no_content())
}

/// Assignments go with it.
pub(crate) fn delete(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_write_policies()?;
    let mut directory = request.tenant.write();
    let custom = &mut directory.graph.policies.custom;
    let place = custom.iter().position(|policy| policy.id == id).ok_or_else(|| GraphError::not_found(id))?;
    let gone = custom.remove(place);
    super::assignments::forget(&mut directory, id);
    let audit = super::audit(request, &directory, "Delete policy", "Delete", id, &gone.display_name);
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer::no_content())
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "appManagementPolicy")
}

fn apply(policy: &mut CustomPolicy, sent: &Map<String, Value>, now: OffsetDateTime) -> Result<(), GraphError> {
    for (name, value) in sent {
        match (name.as_str(), value) {
            ("displayName", Value::String(text)) if !text.trim().is_empty() => policy.display_name.clone_from(text),
            ("description", Value::String(text)) => policy.description = Some(text.clone()),
            ("description", Value::Null) => policy.description = None,
            ("isEnabled", Value::Bool(enabled)) => policy.enabled = *enabled,
            ("restrictions", value) => policy.restrictions.apply(value, now)?,
            (name, _) if name.contains('@') => {}
            (name @ ("displayName" | "description" | "isEnabled"), _) => return Err(invalid(name)),
            (name, _) => return Err(GraphError::bad_request(format!("Invalid property '{name}'."))),
        }
    }
    Ok(())
}

pub(super) fn show(policy: &CustomPolicy, version: Version) -> Object {
    let mut out = Object::default();
    out.set("id", policy.id.to_string());
    out.set("displayName", policy.display_name.clone());
    out.set("description", policy.description.clone());
    out.set("isEnabled", policy.enabled);
    out.nest("restrictions", policy.restrictions.show(version));
    out
}
