//! `/servicePrincipals`: an application's identity in the tenant. It has credentials of its own, and does not show
//! the application's.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::GraphError;
use super::object::Object;
use super::odata::page::cut;
use super::odata::{Query, selected};
use super::{Answer, Request};
use crate::format::graph_date;
use crate::store::{Directory, ObjectKey, ServicePrincipal};

const PROPERTIES: &[&str] = &[
    "id",
    "deletedDateTime",
    "accountEnabled",
    "alternativeNames",
    "appDisplayName",
    "appDescription",
    "appId",
    "applicationTemplateId",
    "appOwnerOrganizationId",
    "appRoleAssignmentRequired",
    "createdDateTime",
    "description",
    "disabledByMicrosoftStatus",
    "displayName",
    "homepage",
    "loginUrl",
    "logoutUrl",
    "notes",
    "notificationEmailAddresses",
    "preferredSingleSignOnMode",
    "preferredTokenSigningKeyThumbprint",
    "replyUrls",
    "servicePrincipalNames",
    "servicePrincipalType",
    "signInAudience",
    "tags",
    "tokenEncryptionKeyId",
    "addIns",
    "appRoles",
    "keyCredentials",
    "oauth2PermissionScopes",
    "passwordCredentials",
];

/// `GET /servicePrincipals`
pub(crate) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let mut rows = vec![];
    for (number, service) in directory.service_principals.numbered() {
        let get = |name: &str| property(service, &directory, name);
        let filtered =
            request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches("ServicePrincipal", &get))?;
        let text = |name: &str| get(name).and_then(|value| value.as_str().map(str::to_owned));
        if filtered && request.query.search.as_ref().map_or(Ok(true), |search| search.matches(text))? {
            rows.push((number, service));
        }
    }
    let page = cut(rows.into_iter(), |service: &ServicePrincipal| service.display_name.as_str(), &request.query);
    let items = page.rows.iter().map(|row| show(row, &directory, &request.query)).collect::<Result<_, _>>()?;
    let root = request.root();
    let body = Object::collection(
        request.query.context(&root, "servicePrincipals", false),
        request.query.wants_count().then_some(page.total),
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    Ok(Answer::ok(body, request.query.cost(2)))
}

/// `GET /servicePrincipals/{id}` or `GET /servicePrincipals(appId='{appId}')`
pub(crate) fn get(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let service = directory.service_principals.get(key).ok_or_else(|| GraphError::not_found(key))?;
    let context = request.query.context(&request.root(), "servicePrincipals", true);
    let body = Object::with_context(context, show(service, &directory, &request.query)?);
    Ok(Answer::ok(body, request.query.cost(1)))
}

/// `POST /servicePrincipals` with `{"appId": "…"}`: one per application and tenant.
pub(crate) fn create(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_create()?;
    let sent = request.json()?;
    let app_id = sent
        .get("appId")
        .and_then(Value::as_str)
        .and_then(|text| Uuid::parse_str(text).ok())
        .ok_or_else(|| GraphError::invalid_value("appId", "ServicePrincipal"))?;
    let mut directory = request.tenant.write();
    let Some(app) = directory.applications.get(ObjectKey::AppId(app_id)) else {
        return Err(GraphError::bad_request(format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        )));
    };
    request.caller.may_change(app)?;
    if directory.service_principals.get(ObjectKey::AppId(app_id)).is_some() {
        return Err(GraphError::new(
            StatusCode::CONFLICT,
            "Request_MultipleObjectsWithSameKeyValue",
            format!(
                "The service principal cannot be created, updated, or restored because the service principal name {app_id} is already in use."
            ),
        ));
    }
    let service = ServicePrincipal {
        id: Uuid::new_v4(),
        app_id,
        display_name: app.display_name.clone(),
        created: request.now,
        enabled: sent.get("accountEnabled").and_then(Value::as_bool).unwrap_or(true),
        graph_permissions: vec![],
        assignments: vec![],
    };
    let context = format!("{}/$metadata#servicePrincipals/$entity", request.root());
    let body = Object::with_context(context, show(&service, &directory, &Query::default())?);
    let location = format!(
        "{}/v2/{}/directoryObjects/{}/Microsoft.DirectoryServices.ServicePrincipal",
        request.tenant.base, directory.profile.id, service.id
    );
    directory.service_principals.insert(service);
    Ok(Answer { status: StatusCode::CREATED, location: Some(location), ..Answer::ok(body, 1) })
}

/// A service principal among other kinds of directory objects.
pub(super) fn typed(service: &ServicePrincipal, directory: &Directory, query: &Query) -> Result<Object, GraphError> {
    let mut out = Object::default();
    out.set("@odata.type", "#microsoft.graph.servicePrincipal");
    // A `$select` that fits people is no mistake of the caller's: what is not there is left out.
    let mut shown = show(service, directory, &Query::default())?;
    if let Some(select) = &query.select {
        let names: Vec<&str> = select.iter().map(String::as_str).collect();
        shown.keep(&names);
    }
    out.extend(shown);
    Ok(out)
}

fn show(service: &ServicePrincipal, directory: &Directory, query: &Query) -> Result<Object, GraphError> {
    let mut out = Object::default();
    for name in selected(query.select.as_deref(), PROPERTIES, "servicePrincipal")? {
        out.set(name, property(service, directory, name).unwrap_or_default());
    }
    Ok(out)
}

/// `None` for a name that no service principal has.
fn property(service: &ServicePrincipal, directory: &Directory, name: &str) -> Option<Value> {
    let known = PROPERTIES.iter().find(|known| known.eq_ignore_ascii_case(name))?;
    let app = directory.applications.get(ObjectKey::AppId(service.app_id));
    Some(match *known {
        "id" => json!(service.id),
        "accountEnabled" => json!(service.enabled),
        "appDisplayName" | "displayName" => json!(service.display_name),
        "appId" => json!(service.app_id),
        "appOwnerOrganizationId" => json!(directory.profile.id),
        "appRoleAssignmentRequired" => json!(false),
        "createdDateTime" => json!(graph_date(service.created)),
        "servicePrincipalNames" => json!([service.app_id]),
        "servicePrincipalType" => json!("Application"),
        "replyUrls" => json!(app.map_or(&[][..], |app| &app.redirect_uris)),
        "signInAudience" => json!(app.map(|app| &app.sign_in_audience)),
        "alternativeNames"
        | "notificationEmailAddresses"
        | "tags"
        | "addIns"
        | "appRoles"
        | "keyCredentials"
        | "oauth2PermissionScopes"
        | "passwordCredentials" => json!([]),
        _ => Value::Null,
    })
}
