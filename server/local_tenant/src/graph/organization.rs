//! `GET /organization`: the tenant itself, as a collection of one.

use serde_json::json;

use super::error::GraphError;
use super::object::Object;
use super::odata::selected;
use super::{Answer, Request};

const PROPERTIES: &[&str] = &["id", "displayName", "tenantType", "verifiedDomains"];

/// Any signed-in member may read it.
pub(crate) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    let profile = &request.tenant.profile;
    let mut organization = Object::default();
    for name in selected(request.query.select.as_deref(), PROPERTIES, "organization")? {
        match name {
            "id" => organization.set(name, json!(profile.id)),
            "displayName" => organization.set(name, profile.display_name.clone()),
            "tenantType" => organization.set(name, "AAD"),
            _ => {
                let mut domain = Object::default();
                domain.set("capabilities", "Email, OfficeCommunicationsOnline");
                domain.set("isDefault", true);
                domain.set("isInitial", true);
                domain.set("name", profile.domain.clone());
                domain.set("type", "Managed");
                organization.list(name, vec![domain]);
            }
        }
    }
    let context = request.query.context(&request.root(), "organization", false);
    Ok(Answer::ok(Object::collection(context, None, None, vec![organization]), request.query.cost(1)))
}
