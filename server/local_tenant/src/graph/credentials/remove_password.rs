//! `removePassword`.

use super::key_id;
use crate::graph::error::GraphError;
use crate::graph::holder::{Holder, change};
use crate::graph::{Answer, Request};
use crate::store::ObjectKey;

/// `POST …/removePassword` with `{"keyId": "…"}`.
pub(crate) fn handle<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let id = key_id(&request.json()?)?;
    change::<T, _>(
        request,
        key,
        |object| request.may_change(object.owners()),
        |next, _, _| {
            if !next.has_password(id) {
                return Err(GraphError::bad_request(format!("No password credential found with keyId '{id}'.")));
            }
            next.passwords_mut().retain(|password| password.key_id != id);
            Ok(())
        },
    )?;
    Ok(Answer::no_content())
}
