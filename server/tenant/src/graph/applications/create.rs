//! `POST /applications`: a new registration, owned by whoever makes it.

use axum::http::StatusCode;
use uuid::Uuid;

use super::{Shape, patch, properties, show};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::{Answer, Request};
use crate::store::Application;

/// Registers an application. `displayName` is required; certificates may come along.
pub(crate) fn handle(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_create()?;
    let sent = request.json()?;
    if !sent.contains_key("displayName") {
        return Err(GraphError::invalid_value("displayName", "Application"));
    }
    let style = request.tenant.behaviour().custom_key_identifier;
    let mut app = Application::new(Uuid::new_v4(), Uuid::new_v4(), "", request.now);
    app.owners = vec![request.caller.id()];
    patch::apply(&mut app, &sent, request, style)?;
    let mut directory = request.tenant.write();
    let shape = Shape { style, keys: false, precise: true };
    let body = show(&app, &directory.profile.domain, &properties(request.version), shape);
    let context = format!("{}/$metadata#applications/$entity", request.root());
    let location = format!(
        "{}/v2/{}/directoryObjects/{}/Microsoft.DirectoryServices.Application",
        request.tenant.base, directory.profile.id, app.id
    );
    directory.applications.insert(app);
    Ok(Answer {
        status: StatusCode::CREATED,
        location: Some(location),
        ..Answer::ok(Object::with_context(context, body), 1)
    })
}
