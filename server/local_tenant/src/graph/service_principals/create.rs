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
    let mut directory = request.tenant.write();
    let plain = |app: &&Application| agents::is_plain(request, app);
    let Some(app) = directory.applications.get(ObjectKey::AppId(app_id)).filter(plain) else {
        return Err(GraphError::bad_request(format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        )));
    };
    request.may_change(&app.common.owners)?;
    if directory.service_principals.get(ObjectKey::AppId(app_id)).is_some() {
        return Err(in_use(app_id));
    }
    let behaviour = request.tenant.behaviour();
    // An app owns what it creates in any case.
    let unowned = behaviour.unowned_service_principals && request.caller.person().is_ok();
    let mut service = ServicePrincipal {
        common: Common { owners: if unowned { vec![] } else { vec![request.caller.id()] }, ..Common::default() },
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
    if let Some(app) = directory.applications.get(ObjectKey::AppId(app_id)) {
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

pub(crate) fn in_use(app_id: Uuid) -> GraphError {
    GraphError::new(
        StatusCode::CONFLICT,
        "Request_MultipleObjectsWithSameKeyValue",
        format!(
            "The service principal cannot be created, updated, or restored because the service principal name {app_id} is already in use."
        ),
    )
}
