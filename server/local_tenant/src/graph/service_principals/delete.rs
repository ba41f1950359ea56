//! `DELETE /servicePrincipals/{id}`: gone at once; restorable until it is purged.

use crate::graph::audit::entry::{Audit, target};
use crate::graph::error::GraphError;
use crate::graph::state::{Deleted, DeletedObject};
use crate::graph::{Answer, Request, first_party};
use crate::store::ObjectKey;

pub(crate) fn handle(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let mut directory = request.tenant.write();
    let service = directory.service_principals.get(key).ok_or_else(|| GraphError::not_found(key))?;
    request.may_change(&service.common.owners)?;
    if first_party::find(service.app_id).is_some() {
        return Err(GraphError::not_simulated("writes to Microsoft's own service principals"));
    }
    let audit = Audit::new(request, &directory, "Remove service principal", "Delete", target(service), vec![]);
    if let Some(service) = directory.service_principals.remove(key) {
        let object = DeletedObject::ServicePrincipal(Box::new(service));
        directory.graph.deleted.insert(Deleted { at: request.now, object });
    }
    drop(directory);
    request.tenant.logs().note_audits(vec![audit]);
    Ok(Answer::no_content())
}
