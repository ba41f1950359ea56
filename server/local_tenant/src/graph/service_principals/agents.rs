//! `/servicePrincipals/microsoft.graph.agentIdentity` and `…agentIdentityBlueprintPrincipal`. An agent identity's `appId` is
//! its `id` here, and it holds no credentials.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Shape, patch, show};
use crate::graph::agents::{self, AgentIdentity, AgentKind};
use crate::graph::audit::entry::{Audit, target};
use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::Query;
use crate::graph::odata::page::cut;
use crate::graph::{Answer, Request};
use crate::store::{Application, Common, Directory, ObjectKey, ServicePrincipal};

/// Agent identities that an application can make from one blueprint (Microsoft's page of limits).
const MOST: usize = 250;

/// `GET`: as every reader of applications may.
pub(in crate::graph) fn list(request: &Request<'_>, kind: AgentKind) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let shape = Shape { style: request.tenant.behaviour().custom_key_identifier, keys: false };
    let mut rows = vec![];
    for (number, service) in directory.service_principals.numbered() {
        let get = |name: &str| super::property(service, &directory, name);
        if AgentKind::of_service(service, &directory) == Some(kind)
            && request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches("ServicePrincipal", &get))?
        {
            rows.push((number, service));
        }
    }
    let page = cut(rows.into_iter(), |service: &ServicePrincipal| service.display_name.as_str().into(), &request.query);
    let items = page.rows.iter().map(|one| show(one, &directory, &request.query, shape)).collect::<Result<_, _>>()?;
    let root = request.root();
    let body = Object::collection(
        request.query.context(&root, &kind.context(), false),
        request.query.wants_count().then_some(page.total),
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    Ok(Answer::ok(body, request.query.cost(1)))
}

fn refused(code: &'static str, words: &str) -> GraphError {
    GraphError::new(StatusCode::BAD_REQUEST, code, words)
}

fn text(request: &Request<'_>, name: &str) -> Result<String, GraphError> {
    let sent = request.json()?;
    let text = sent.get(name).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| GraphError::invalid_value(name, "ServicePrincipal"))
}

fn blueprint<'d>(directory: &'d Directory, app_id: &str) -> Option<&'d Application> {
    let app = directory.applications.get(ObjectKey::AppId(Uuid::parse_str(app_id).ok()?))?;
    app.blueprint.is_some().then_some(app)
}

/// `POST …/microsoft.graph.agentIdentityBlueprintPrincipal` with `{"appId": "…"}`.
pub(in crate::graph) fn create_principal(request: &Request<'_>) -> Result<Answer, GraphError> {
    agents::may_create(request, AgentKind::BlueprintPrincipal, false)?;
    let app_id = text(request, "appId")?;
    let mut directory = request.tenant.write();
    let app = blueprint(&directory, &app_id).ok_or_else(|| {
        refused(
            "AgentBlueprintPrincipal_RequireAgentBlueprint",
            "Agent identity blueprint principals can only be created for Agent Blueprints.",
        )
    })?;
    let app_id = app.app_id;
    if directory.service_principals.get(ObjectKey::AppId(app_id)).is_some() {
        return Err(super::create::in_use(app_id));
    }
    let mut common = Common { owners: vec![request.caller.id()], ..Common::default() };
    common.extra.insert("createdByAppId".into(), json!(request.caller.client()));
    let service = ServicePrincipal {
        common,
        ..ServicePrincipal::new(Uuid::new_v4(), app_id, app.display_name.clone(), request.now)
    };
    insert(request, &mut directory, service, &AgentKind::BlueprintPrincipal.context())
}

/// `POST …/microsoft.graph.agentIdentity` with `displayName`, `agentIdentityBlueprintId` and `sponsors@odata.bind`.
pub(in crate::graph) fn create_identity(request: &Request<'_>) -> Result<Answer, GraphError> {
    let mut sent = request.json()?;
    let named = text(request, "agentIdentityBlueprintId")?;
    text(request, "displayName")?;
    let mut directory = request.tenant.write();
    let owned = |app: &Application| app.common.owners.contains(&request.caller.id());
    agents::may_create(request, AgentKind::Identity, blueprint(&directory, &named).is_some_and(owned))?;
    let parent = blueprint(&directory, &named).ok_or_else(|| {
        refused(
            "AgentIdentity_IncompatibleParentType",
            "The specified Application (AppId) isn't an Agent Blueprint. The AgentIdentityBlueprintId must be set to the AppId of a valid agent identity blueprint.",
        )
    })?;
    let parent = parent.app_id;
    if directory.service_principals.get(ObjectKey::AppId(parent)).is_none() {
        return Err(refused(
            "AgentIdentity_AgentBlueprintPrincipalDoesNotExist",
            "The required agent identity blueprint principal doesn't exist for the specified agent identity blueprint ID.",
        ));
    }
    may_create_here(request, &directory, parent)?;
    let sponsors = agents::sponsors(&sent, &directory)?;
    sent.retain(|name, _| name != "agentIdentityBlueprintId" && name != "sponsors@odata.bind");
    let id = Uuid::new_v4();
    let mut service = ServicePrincipal::new(id, id, "", request.now);
    service.common.owners.extend(request.caller.person().ok());
    service.common.extra.insert("createdByAppId".into(), json!(request.caller.client()));
    service.agent = Some(Box::new(AgentIdentity { blueprint: parent, sponsors }));
    if sent.keys().any(|name| ["keyCredentials", "passwordCredentials"].contains(&name.as_str())) {
        return Err(agents::no_credentials(AgentKind::Identity));
    }
    patch::apply(&mut service, &sent, request.now, request.tenant.behaviour().custom_key_identifier)?;
    insert(request, &mut directory, service, "servicePrincipals")
}

/// An application makes them under itself, unless it may for all; so many at most.
fn may_create_here(request: &Request<'_>, directory: &Directory, parent: Uuid) -> Result<(), GraphError> {
    let Caller::App { id, client, .. } = &request.caller else {
        return Ok(());
    };
    let caller = directory.service_principals.get(ObjectKey::Id(*id));
    if caller.is_some_and(|service| service.agent.is_some()) {
        return Err(refused(
            "Error_AgentIdentitiesCreatingAgentIdentitiesNotAllowed",
            "Agent identities can't create other agent identities. To create an agent identity, use the associated agent identity blueprint principal or nonagent blueprint service principal with the required permissions.",
        ));
    }
    let from_blueprint = caller.is_some_and(|service| AgentKind::of_service(service, directory).is_some());
    if from_blueprint && *client != parent {
        return Err(refused(
            "Error_AgentBlueprintCannotCreateAssociatedIdentity",
            "Agent identity blueprints can't create agent identities that are associated with another agent identity blueprint. To create this agent identity, either use the agent identity blueprint that's associated with the agent identity, or perform the operation with a different principal that has the required roles/permissions to create agent identities.",
        ));
    }
    if *client != parent && !request.caller.holds(&["AgentIdentity.Create.All"]) {
        return Err(refused(
            "Error_AgentIdentitySelfCreateRequired",
            "Applications can only create agent identities under themselves. The provided AgentIdentityBlueprintId doesn't match the calling application's AppId.",
        ));
    }
    let of_parent = |service: &&ServicePrincipal| service.agent.as_ref().is_some_and(|agent| agent.blueprint == parent);
    if directory.service_principals.iter().filter(of_parent).count() >= MOST {
        return Err(GraphError::new(
            StatusCode::FORBIDDEN,
            "AgentIdentity_LimitExceeded",
            "You've reached the maximum number of agent identities allowed including active and soft-deleted entries. To add more, you must permanently delete unneeded agent identities.",
        ));
    }
    Ok(())
}

fn insert(
    request: &Request<'_>,
    directory: &mut Directory,
    service: ServicePrincipal,
    set: &str,
) -> Result<Answer, GraphError> {
    let shape = Shape { style: request.tenant.behaviour().custom_key_identifier, keys: false };
    let shown = show(&service, directory, &Query::default(), shape)?;
    let body = Object::with_context(format!("{}/$metadata#{set}/$entity", request.root()), shown);
    let audit = Audit::new(request, directory, "Add service principal", "Add", target(&service), vec![]);
    directory.service_principals.insert(service);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer { status: StatusCode::CREATED, ..Answer::ok(body, 1) })
}
