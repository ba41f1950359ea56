//! `GET /applications/{id}/appRoles`: one property by its path (OData URL conventions 4.01, section 4.6).

use super::error::GraphError;
use super::holder::HolderKind;
use super::object::{Node, Object};
use super::odata::Query;
use super::{Answer, Body, Request, applications, service_principals};
use crate::store::ObjectKey;

/// A complex one is the answer itself, another its `value`. No certificates: they need `$select`.
pub(crate) fn get(
    request: &Request<'_>,
    kind: HolderKind,
    key: ObjectKey,
    name: &'static str,
) -> Result<Answer, GraphError> {
    let query = Query::selecting(Some(vec!["id".into(), name.into()]));
    let selected = Request { query, ..request.copy() };
    let answer = match kind {
        HolderKind::Application => applications::get::handle(&selected, key)?,
        HolderKind::ServicePrincipal => service_principals::get::handle(&selected, key)?,
    };
    let Body::Json(mut object) = answer.body else {
        return Err(GraphError::not_found(key));
    };
    let id = match object.take("id") {
        Some(Node::Plain(id)) => id.as_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let context = format!("{}/$metadata#{}('{id}')/{name}", request.root(), kind.set());
    let body = match object.take(name) {
        Some(Node::Nested(complex)) => Object::with_context(context, complex),
        Some(Node::List(mut items)) => {
            if name == "keyCredentials" {
                for item in &mut items {
                    item.replace("key", serde_json::Value::Null);
                }
            }
            Object::collection(context, None, None, items)
        }
        Some(plain) => {
            let mut body = Object::default();
            body.set("@odata.context", context);
            body.put("value", plain);
            body
        }
        None => return Err(GraphError::not_simulated(format!("the property {name}"))),
    };
    Ok(Answer::ok(body, 1))
}
