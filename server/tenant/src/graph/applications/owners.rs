//! `/applications/{id}/owners`: who may change an application without a directory role.

use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::{Answer, Request, service_principals, users};
use crate::store::ObjectKey;
use uuid::Uuid;

/// `GET /applications/{id}/owners`: people and service principals.
pub(crate) fn list(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let app = directory.applications.get(key).ok_or_else(|| GraphError::not_found(key))?;
    let mut owners = vec![];
    for &id in &app.owners {
        if let Some(person) = directory.person(id) {
            owners.push(users::typed(person, &request.query)?);
        } else if let Some(service) = directory.service_principals.get(ObjectKey::Id(id)) {
            owners.push(service_principals::typed(service, &directory, &request.query)?);
        }
    }
    let count = request.query.wants_count().then_some(owners.len());
    let context = request.query.context(&request.root(), "directoryObjects", false);
    Ok(Answer::ok(Object::collection(context, count, None, owners), request.query.cost(2)))
}

/// `POST /applications/{id}/owners/$ref` with `{"@odata.id": "…/directoryObjects/{id}"}`.
pub(crate) fn add(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    let reference = sent.get("@odata.id").and_then(serde_json::Value::as_str).unwrap_or_default();
    let id = reference.rsplit('/').next().and_then(|last| Uuid::parse_str(last).ok()).ok_or_else(|| {
        GraphError::bad_request(format!("Invalid URL format specified in @odata.id for reference: '{reference}'."))
    })?;
    let mut directory = request.tenant.write();
    if directory.person(id).is_none() && directory.service_principals.get(ObjectKey::Id(id)).is_none() {
        return Err(GraphError::not_found(id));
    }
    let app = directory.applications.get_mut(key).ok_or_else(|| GraphError::not_found(key))?;
    request.caller.may_add_owner(app)?;
    if app.owners.contains(&id) {
        return Err(GraphError::bad_request(
            "One or more added object references already exist for the following modified properties: 'owners'.",
        ));
    }
    app.owners.push(id);
    Ok(Answer::no_content())
}
