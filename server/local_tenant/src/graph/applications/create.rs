//! `POST /applications`: a new registration, owned by whoever makes it.

use axum::http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::{Shape, patch, properties, show};
use crate::graph::audit::entry::{Audit, target};
use crate::graph::credentials::{add_password, password};
use crate::graph::error::GraphError;
use crate::graph::holder::{self, Holder as _, HolderKind};
use crate::graph::object::Object;
use crate::graph::state::Change;
use crate::graph::{Answer, Request, policies};
use crate::store::Application;

/// Registers an application. `displayName` is required. Certificates may come along, and secrets: the answer has their
/// texts, this once.
pub(crate) fn handle(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_create()?;
    let mut sent = request.json()?;
    if !sent.contains_key("displayName") {
        return Err(GraphError::invalid_value("displayName", "Application"));
    }
    let behaviour = request.tenant.behaviour();
    let style = behaviour.custom_key_identifier;
    let mut app = Application::new(Uuid::new_v4(), Uuid::new_v4(), "", request.now);
    app.common.owners = vec![request.caller.id()];
    let wrong = || GraphError::invalid_value("passwordCredentials", "Application");
    for described in sent.remove("passwordCredentials").as_ref().and_then(Value::as_array).into_iter().flatten() {
        let described = described.as_object().ok_or_else(wrong)?;
        app.common.password_credentials.push(add_password::make(described, HolderKind::Application, request.now)?);
    }
    patch::apply(&mut app, &sent, request, style)?;
    let mut directory = request.tenant.write();
    patch::unique(&app, &directory)?;
    policies::enforce::check(request, &directory, &behaviour, None, &app)?;
    if behaviour.most_entries.is_some() {
        holder::check_entries(&behaviour, &app.shown(&directory), None)?;
    }
    let shape = Shape { style, keys: false, precise: true };
    let mut body = show(&app, &directory.profile.domain, &properties(request.version), shape);
    if !app.common.password_credentials.is_empty() {
        let shown = app.common.password_credentials.iter().map(|entry| {
            let mut shown = password(entry);
            shown.replace("secretText", entry.secret.as_str());
            shown
        });
        body.replace_list("passwordCredentials", shown.collect());
    }
    let context = format!("{}/$metadata#applications/$entity", request.root());
    let location = format!(
        "{}/v2/{}/directoryObjects/{}/Microsoft.DirectoryServices.Application",
        request.tenant.names.base, directory.profile.id, app.id
    );
    let audit = Audit::new(request, &directory, "Add application", "Add", target(&app), vec![]);
    directory.graph.changes.note(app.id, Change::Written);
    directory.applications.insert(app);
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer {
        status: StatusCode::CREATED,
        location: Some(location),
        ..Answer::ok(Object::with_context(context, body), 1)
    })
}
