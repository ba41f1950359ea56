//! `/directory/deletedItems`: what was deleted and can be restored.

use serde_json::json;
use uuid::Uuid;

use super::error::GraphError;
use super::holder::{Holder as _, HolderKind};
use super::object::Object;
use super::state::{Change, Deleted, DeletedObject};
use super::{Answer, Request};
use crate::format::graph_date;
use crate::store::{Directory, Keyed as _, ObjectKey};

/// `GET /directory/deletedItems/microsoft.graph.application` or `…servicePrincipal`
pub(crate) fn list(request: &Request<'_>, kind: HolderKind) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let items = directory.graph.deleted.iter().filter(|one| kind_of(&one.object) == kind).map(show).collect();
    let context = request.query.context(&request.root(), kind.set(), false);
    Ok(Answer::ok(Object::collection(context, None, None, items), request.query.cost(2)))
}

/// `GET /directory/deletedItems/{id}`
pub(crate) fn get(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let found = directory.graph.deleted.get(ObjectKey::Id(id));
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    let context = request.query.context(&request.root(), "directoryObjects", true);
    Ok(Answer::ok(Object::with_context(context, typed(found)), request.query.cost(1)))
}

/// `DELETE /directory/deletedItems/{id}`: for good.
pub(crate) fn purge(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    let mut directory = request.tenant.write();
    let gone = take(request, &mut directory, id)?;
    if kind_of(&gone.object) == HolderKind::Application {
        directory.graph.changes.note(id, Change::Purged);
    }
    Ok(Answer::no_content())
}

/// `POST /directory/deletedItems/{id}/restore`. A service principal is restored by itself.
pub(crate) fn restore(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    let mut directory = request.tenant.write();
    let gone = take(request, &mut directory, id)?;
    let context = request.query.context(&request.root(), "directoryObjects", true);
    let mut shown = typed(&gone);
    shown.replace("deletedDateTime", serde_json::Value::Null);
    match gone.object {
        DeletedObject::Application(app) => {
            directory.graph.changes.note(id, Change::Written);
            directory.applications.insert(*app);
        }
        DeletedObject::ServicePrincipal(service) => {
            if directory.service_principals.get(ObjectKey::AppId(service.app_id())).is_some() {
                let app_id = service.app_id();
                directory
                    .graph
                    .deleted
                    .insert(Deleted { at: gone.at, object: DeletedObject::ServicePrincipal(service) });
                return Err(super::service_principals::create::in_use(app_id));
            }
            directory.service_principals.insert(*service);
        }
    }
    Ok(Answer::ok(Object::with_context(context, shown), 1))
}

fn take(request: &Request<'_>, directory: &mut Directory, id: Uuid) -> Result<Deleted, GraphError> {
    let deleted = &mut directory.graph.deleted;
    let found = deleted.get(ObjectKey::Id(id)).ok_or_else(|| GraphError::not_found(id))?;
    let owners = match &found.object {
        DeletedObject::Application(app) => app.owners(),
        DeletedObject::ServicePrincipal(service) => service.owners(),
    };
    request.may_change(owners)?;
    deleted.remove(ObjectKey::Id(id)).ok_or_else(|| GraphError::not_found(id))
}

fn kind_of(object: &DeletedObject) -> HolderKind {
    match object {
        DeletedObject::Application(_) => HolderKind::Application,
        DeletedObject::ServicePrincipal(_) => HolderKind::ServicePrincipal,
    }
}

fn typed(one: &Deleted) -> Object {
    let mut out = Object::default();
    out.set(
        "@odata.type",
        match one.object {
            DeletedObject::Application(_) => "#microsoft.graph.application",
            DeletedObject::ServicePrincipal(_) => "#microsoft.graph.servicePrincipal",
        },
    );
    out.extend(show(one));
    out
}

fn show(one: &Deleted) -> Object {
    let (app_id, name, created) = match &one.object {
        DeletedObject::Application(app) => (app.app_id, app.name(), app.created),
        DeletedObject::ServicePrincipal(service) => (service.app_id, service.name(), service.created),
    };
    let mut out = Object::default();
    out.set("id", one.id().to_string());
    out.set("deletedDateTime", graph_date(one.at));
    out.set("appId", json!(app_id));
    out.set("createdDateTime", graph_date(created));
    out.set("displayName", name);
    out
}
