//! `POST /servicePrincipals`.

use axum::http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::{Shape, patch, show};
use crate::graph::audit::entry::{Audit, target};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::Query;
use crate::graph::{Answer, Request, agents, policies};
use crate::store::{Application, Common, ObjectKey, ServicePrincipal};

/// `POST /servicePrincipals` with `{"appId": "…"}`: one per application and tenant.
pub(crate) fn handle(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_create()?;
    let sent = request.json()?;
    let app_id = sent
        .get("appId")
        .and_then(Value::as_str)
        .and_then(|text| Uuid::parse_str(text).ok())
        .ok_or_else(|| GraphError::invalid_value("appId", "ServicePrincipal"))?;
    let foreign = request.tenant.foreign_application(&app_id.to_string());
    let mut directory = request.tenant.write();
    let plain = |app: &&Application| agents::is_plain(request, app);
    let registered = directory.applications.get(ObjectKey::AppId(app_id)).filter(plain);
    let foreign = foreign.filter(|home| registered.is_none() && home.application.is_multi_tenant());
    let Some(app) = registered.or(foreign.as_ref().map(|home| &home.application)) else {
        return Err(GraphError::bad_request(format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        )));
    };
    if foreign.is_some() && request.caller.person().is_err() {
        return Err(not_local());
    }
    // Its owners are people of another tenant.
    request.may_change(if foreign.is_some() { &[] } else { &app.common.owners })?;
    if directory.service_principals.get(ObjectKey::AppId(app_id)).is_some() {
        return Err(in_use(app_id));
    }
    let behaviour = request.tenant.behaviour();
    // An app owns what it creates in any case.
    let unowned = behaviour.unowned_service_principals && request.caller.person().is_ok();
    let mut service = ServicePrincipal {
        common: Common { owners: if unowned { vec![] } else { vec![request.caller.id()] }, ..Common::default() },
        home: foreign.as_ref().map(|home| Box::new(home.template())),
        enabled: sent.get("accountEnabled").and_then(Value::as_bool).unwrap_or(true),
        ..ServicePrincipal::new(Uuid::new_v4(), app_id, app.display_name.clone(), request.now)
    };
    let rest = sent.into_iter().filter(|(name, _)| !["appId", "accountEnabled"].contains(&name.as_str())).collect();
    patch::apply(&mut service, &rest, request.now, behaviour.custom_key_identifier)?;
    policies::enforce::check(request, &directory, &behaviour, None, &service)?;
    let shape = Shape { style: behaviour.custom_key_identifier, keys: false };
    let context = format!("{}/$metadata#servicePrincipals/$entity", request.root());
    let mut shown = show(&service, &directory, &Query::default(), shape)?;
    // Here the client id comes first, on reading last (facts, K4).
    if let Some(app) = registered.or(foreign.as_ref().map(|home| &home.application)) {
        let names = std::iter::once(app_id.to_string()).chain(app.identifier_uris.clone());
        shown.replace("servicePrincipalNames", names.collect::<Vec<_>>());
    }
    let body = Object::with_context(context, shown);
    let location = format!(
        "{}/v2/{}/directoryObjects/{}/Microsoft.DirectoryServices.ServicePrincipal",
        request.tenant.names.base, directory.profile.id, service.id
    );
    let audit = Audit::new(request, &directory, "Add service principal", "Add", target(&service), vec![]);
    directory.service_principals.insert(service);
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer { status: StatusCode::CREATED, location: Some(location), ..Answer::ok(body, 1) })
}

/// To an app, for another tenant's application. The words are of real replies.
fn not_local() -> GraphError {
    GraphError::new(
        StatusCode::FORBIDDEN,
        "Authorization_RequestDenied",
        "When using this permission, the backing application of the service principal being created must in the local tenant",
    )
}

pub(crate) fn in_use(app_id: Uuid) -> GraphError {
    GraphError::new(
        StatusCode::CONFLICT,
        "Request_MultipleObjectsWithSameKeyValue",
        format!(
            "The service principal cannot be created, updated, or restored because the service principal name {app_id} is already in use."
        ),
    )
}
