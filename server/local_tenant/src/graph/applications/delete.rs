//! `DELETE /applications/{id}`: gone at once, with its service principal; restorable until it is purged.

use crate::graph::audit::entry::{Audit, target};
use crate::graph::error::GraphError;
use crate::graph::state::{Change, Deleted, DeletedObject};
use crate::graph::{Answer, Request};
use crate::store::ObjectKey;

pub(crate) fn handle(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let mut directory = request.tenant.write();
    let app = directory.applications.get(key).ok_or_else(|| GraphError::not_found(key))?;
    request.may_change(&app.common.owners)?;
    let mut audits = vec![Audit::new(request, &directory, "Delete application", "Delete", target(app), vec![])];
    let mut gone = vec![];
    if let Some(app) = directory.applications.remove(key) {
        directory.graph.changes.note(app.id, Change::Removed);
        if let Some(service) = directory.service_principals.remove(ObjectKey::AppId(app.app_id)) {
            audits.push(Audit::new(
                request,
                &directory,
                "Remove service principal",
                "Delete",
                target(&service),
                vec![],
            ));
            gone.push(DeletedObject::ServicePrincipal(Box::new(service)));
        }
        gone.push(DeletedObject::Application(Box::new(app)));
    }
    for object in gone {
        directory.graph.deleted.insert(Deleted { at: request.now, object });
    }
    drop(directory);
    request.tenant.logs().note_audits(audits);
    Ok(Answer::no_content())
}
