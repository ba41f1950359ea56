//! `/policies/defaultAppManagementPolicy`: the tenant's own policy.

use serde_json::Value;
use uuid::Uuid;

use super::enforce::TENANT_POLICY_NAME;
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::{Answer, Request};

const DESCRIPTION: &str = "Default tenant policy that enforces app management restrictions on applications and service principals. To apply policy to targeted resources, create a new policy under appManagementPolicies collection.";

pub(crate) fn get(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_policies()?;
    let directory = request.tenant.read();
    let policy = &directory.graph.policies.tenant;
    let mut body = Object::default();
    body.set("@odata.context", format!("{}/$metadata#policies/defaultAppManagementPolicy/$entity", request.root()));
    body.set("id", Uuid::nil().to_string());
    body.set("displayName", TENANT_POLICY_NAME);
    body.set("description", DESCRIPTION);
    body.set("isEnabled", policy.enabled);
    body.nest("applicationRestrictions", policy.applications.show(request.version));
    body.nest("servicePrincipalRestrictions", policy.service_principals.show(request.version));
    Ok(Answer::ok(body, 1))
}

/// Changes what is sent; 204.
pub(crate) fn patch(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_write_policies()?;
    let sent = request.json()?;
    let mut directory = request.tenant.write();
    let mut next = directory.graph.policies.tenant.clone();
    for (name, value) in &sent {
        match (name.as_str(), value) {
            ("isEnabled", Value::Bool(enabled)) => next.enabled = *enabled,
            ("applicationRestrictions", value) => next.applications.apply(value, request.now)?,
            ("servicePrincipalRestrictions", value) => next.service_principals.apply(value, request.now)?,
            (name, _) if name.contains('@') => {}
            ("isEnabled", _) => return Err(GraphError::invalid_value("isEnabled", "tenantAppManagementPolicy")),
            (name, _) => {
                return Err(GraphError::bad_request(format!("Property '{name}' is read-only and cannot be set.")));
            }
        }
    }
    directory.graph.policies.tenant = next;
    let audit = super::audit(request, &directory, "Update policy", "Update", Uuid::nil(), TENANT_POLICY_NAME);
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer::no_content())
}
