//! `addKey`: an application rolls its own key, with a proof that it holds one already.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{key_credential, merge, proof};
use crate::graph::error::GraphError;
use crate::graph::holder::{Holder, change};
use crate::graph::object::Object;
use crate::graph::{Answer, Request};
use crate::store::{KeyCredential, ObjectKey, PasswordCredential};

/// `POST …/addKey` with `{"keyCredential": {…}, "passwordCredential": null | {"secretText"}, "proof": "…"}`.
pub(crate) fn handle<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    let style = request.tenant.behaviour().custom_key_identifier;
    let shown = change::<T, _>(
        request,
        key,
        |object| proof::may_roll(request, object),
        |next, _, _| {
            proof::check(&sent, next, request.now)?;
            let described = sent
                .get("keyCredential")
                .and_then(Value::as_object)
                .ok_or_else(|| GraphError::invalid_value("keyCredentials", T::KIND.resource()))?;
            let entry = merge::single(described, next.keys(), T::KIND, request.now)?;
            let password = password(&sent, &entry)?;
            let shown = key_credential(&entry, style, false);
            let mut keys = next.keys().to_vec();
            keys.push(entry);
            next.set_keys(keys);
            next.passwords_mut().extend(password);
            Ok(shown)
        },
    )?;
    let context = format!("{}/$metadata#microsoft.graph.keyCredential", request.root());
    Ok(Answer::ok(Object::with_context(context, shown), 1))
}

/// The password of a private key: needed with `X509CertAndPassword`, refused with anything else.
fn password(sent: &Map<String, Value>, entry: &KeyCredential) -> Result<Option<PasswordCredential>, GraphError> {
    let secret = sent.get("passwordCredential").and_then(|password| password["secretText"].as_str());
    match (entry.kind.as_str(), secret) {
        ("X509CertAndPassword", Some(secret)) => Ok(Some(PasswordCredential {
            key_id: Uuid::new_v4(),
            display_name: entry.display_name.clone(),
            start: entry.start,
            end: entry.end,
            secret: secret.to_owned(),
        })),
        ("X509CertAndPassword", None) => Err(GraphError::bad_request(
            "A passwordCredential with secretText is required for a key credential of type 'X509CertAndPassword'.",
        )),
        (_, None) => Ok(None),
        (_, Some(_)) => Err(GraphError::bad_request(
            "A passwordCredential is accepted for a key credential of type 'X509CertAndPassword' only.",
        )),
    }
}
