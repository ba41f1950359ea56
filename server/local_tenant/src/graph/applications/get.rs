//! `GET /applications/{id}` and `GET /applications(appId='{appId}')`.

use super::{Shape, chosen, show};
use crate::graph::agents::AgentKind;
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::{Answer, Request, owners};
use crate::store::ObjectKey;

/// One application. The certificates themselves are shown only when `$select` names `keyCredentials`.
pub(crate) fn handle(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let behaviour = request.tenant.behaviour();
    let directory = request.tenant.read();
    let app = directory.applications.get(key).ok_or_else(|| GraphError::not_found(key))?;
    let shape =
        Shape { style: behaviour.custom_key_identifier, keys: request.query.selects("keyCredentials"), precise: false };
    let seen = app.seen(request.now, behaviour.stale_reads);
    let mut body = show(seen, &directory.profile.domain, &chosen(request)?, shape);
    if let Some(expanded) = &request.query.expand_owners {
        body.list("owners", owners::expanded(&seen.common.owners, &directory, expanded)?);
    }
    let set = request.cast.map_or_else(|| "applications".to_owned(), AgentKind::context);
    let context = request.query.context(&request.root(), &set, true);
    Ok(Answer::ok(Object::with_context(context, body), request.query.cost(1)))
}
