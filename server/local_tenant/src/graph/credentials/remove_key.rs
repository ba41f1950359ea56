//! `removeKey`: the one way to take away a single entry, for an application that holds a key.

use super::{key_id, proof};
use crate::graph::error::GraphError;
use crate::graph::holder::{Holder, change};
use crate::graph::{Answer, Request};
use crate::store::ObjectKey;

/// `POST …/removeKey` with `{"keyId": "…", "proof": "…"}`.
pub(crate) fn handle<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    let id = key_id(&sent)?;
    change::<T, _>(
        request,
        key,
        |object| proof::may_roll(request, object),
        |next, _, _| {
            proof::check(&sent, next, request.now)?;
            if !next.has_key(id) {
                return Err(GraphError::bad_request(format!("No key credential found with keyId '{id}'.")));
            }
            let keys = next.keys().iter().filter(|key| key.key_id != id).cloned().collect();
            next.set_keys(keys);
            Ok(())
        },
    )?;
    Ok(Answer::no_content())
}
