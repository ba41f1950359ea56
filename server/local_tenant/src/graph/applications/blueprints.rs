//! `/applications/microsoft.graph.agentIdentityBlueprint`: applications that agent identities are made from. Shape from a
//! recorded list (graph2otel, 2026-07-28), in which a blueprint's `id` is its `appId`.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::list::page;
use super::{Shape, patch, show};
use crate::graph::agents::{self, AgentKind, Blueprint};
use crate::graph::audit::entry::{Audit, target};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::state::Change;
use crate::graph::{Answer, Request, csdl, policies};
use crate::store::Application;

/// In the recorded order. What other applications have beside these cannot be set.
pub(super) const PROPERTIES: &[&str] = &[
    "appId",
    "createdByAppId",
    "createdDateTime",
    "defaultRedirectUri",
    "description",
    "disabledByMicrosoftStatus",
    "displayName",
    "groupMembershipClaims",
    "identifierUris",
    "managerApplications",
    "publisherDomain",
    "serviceManagementReference",
    "signInAudience",
    "tags",
    "tokenEncryptionKeyId",
    "uniqueName",
    "id",
    "certification",
    "optionalClaims",
    "api",
    "appRoles",
    "info",
    "keyCredentials",
    "passwordCredentials",
    "requiredResourceAccess",
    "verifiedPublisher",
    "web",
];

/// `GET`: as every reader of applications may.
pub(in crate::graph) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let mut rows = vec![];
    for (number, app) in directory.applications.numbered().filter(|(_, app)| app.blueprint.is_some()) {
        if super::matches(&request.query, &directory.profile.domain, app)? {
            rows.push((number, app));
        }
    }
    let cast = Request { cast: Some(AgentKind::Blueprint), ..request.copy() };
    let body = page(&cast, &directory, rows, &AgentKind::Blueprint.context())?;
    Ok(Answer::ok(body, request.query.cost(2)))
}

/// `POST` with `displayName` and `sponsors@odata.bind`. Whoever makes one owns it.
pub(in crate::graph) fn create(request: &Request<'_>) -> Result<Answer, GraphError> {
    agents::may_create(request, AgentKind::Blueprint, false)?;
    let sent = request.json()?;
    if !sent.contains_key("displayName") {
        return Err(GraphError::invalid_value("displayName", "Application"));
    }
    compatible(&sent)?;
    let behaviour = request.tenant.behaviour();
    let id = Uuid::new_v4();
    let mut app = Application::new(id, id, "", request.now);
    app.common.owners = vec![request.caller.id()];
    app.common.extra.insert("createdByAppId".into(), json!(request.caller.client()));
    app.common.extra.insert("managerApplications".into(), json!([]));
    app.common.extra.insert("api".into(), json!({"requestedAccessTokenVersion": 2}));
    patch::apply(&mut app, &sent, request, behaviour.custom_key_identifier)?;
    let mut directory = request.tenant.write();
    app.blueprint = Some(Box::new(Blueprint { sponsors: agents::sponsors(&sent, &directory)? }));
    let count = directory.applications.iter().filter(|app| app.blueprint.is_some()).count();
    if behaviour.most_agent_blueprints.is_some_and(|most| count >= most) {
        return Err(GraphError::new(
            StatusCode::FORBIDDEN,
            "AgentBlueprint_LimitExceeded",
            "You've reached the maximum number of agent identity blueprints allowed including active and soft-deleted items. To create more, you must permanently delete unneeded blueprints.",
        ));
    }
    patch::unique(&app, &directory)?;
    policies::enforce::check(request, &directory, &behaviour, None, &app)?;
    let shape = Shape { style: behaviour.custom_key_identifier, keys: false, precise: true };
    let body = Object::with_context(
        format!("{}/$metadata#{}/$entity", request.root(), AgentKind::Blueprint.context()),
        show(&app, &directory.profile.domain, PROPERTIES, shape),
    );
    let audit = Audit::new(request, &directory, "Add application", "Add", target(&app), vec![]);
    directory.graph.changes.note(app.id, Change::Written);
    directory.applications.insert(app);
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer { status: StatusCode::CREATED, ..Answer::ok(body, 1) })
}

/// What an application has and a blueprint has not. Words of Microsoft's page of error codes; which properties it is about
/// is read off the recorded list.
pub(super) fn compatible(sent: &Map<String, Value>) -> Result<(), GraphError> {
    let other = |name: &&String| !name.contains('@') && !PROPERTIES.contains(&name.as_str());
    match sent.keys().find(other) {
        Some(name) if csdl::MODEL.property("application", name).is_some() => Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "AgentBlueprint_IncompatibleProperty",
            "A property specified in the request is incompatible with agent identity blueprints and can't be set.",
        )),
        _ => Ok(()),
    }
}
