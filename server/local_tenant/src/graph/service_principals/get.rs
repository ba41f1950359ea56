//! `GET /servicePrincipals/{id}` and `GET /servicePrincipals(appId='{appId}')`.

use super::{Shape, show};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::security_attributes::NAME;
use crate::graph::{Answer, Request};
use crate::store::ObjectKey;

/// One service principal. Its certificates are shown only when `$select` names `keyCredentials`.
pub(crate) fn handle(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    if request.query.selects(NAME) {
        request.caller.may_read_attributes()?;
    }
    let directory = request.tenant.read();
    let service = directory.service_principals.get(key).ok_or_else(|| GraphError::not_found(key))?;
    let style = request.tenant.behaviour().custom_key_identifier;
    let shape = Shape { style, keys: request.query.selects("keyCredentials") };
    let context = request.query.context(&request.root(), "servicePrincipals", true);
    let body = Object::with_context(context, show(service, &directory, &request.query, shape)?);
    Ok(Answer::ok(body, request.query.cost(1)))
}
