//! `PATCH /servicePrincipals/{id}`: properties that are not sent stay; a collection that is sent replaces the old one.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::graph::error::GraphError;
use crate::graph::holder::{HolderKind, change};
use crate::graph::security_attributes::{self, NAME};
use crate::graph::{Answer, Request, credentials, csdl};
use crate::store::{CustomKeyIdentifierStyle, ObjectKey, ServicePrincipal};

/// What can be set besides those with a rule of their own, and what kind of value each has.
const TEXTS: &[&str] = &[
    "description",
    "homepage",
    "loginUrl",
    "logoutUrl",
    "notes",
    "preferredSingleSignOnMode",
    "preferredTokenSigningKeyThumbprint",
    "tokenEncryptionKeyId",
];
const LISTS: &[&str] =
    &["alternativeNames", "notificationEmailAddresses", "replyUrls", "servicePrincipalNames", "tags"];

/// Changes a service principal: all that is sent, or nothing.
pub(crate) fn handle(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    change::<ServicePrincipal, _>(
        request,
        key,
        |one| {
            if sent.contains_key(NAME) {
                request.caller.may_assign_attributes()?;
            }
            if sent.keys().all(|name| name == NAME) { Ok(()) } else { request.may_change(&one.common.owners) }
        },
        |next, _, style| apply(next, &sent, request.now, style),
    )?;
    Ok(Answer::no_content())
}

/// Puts what was sent into `service`.
pub(super) fn apply(
    service: &mut ServicePrincipal,
    sent: &Map<String, Value>,
    now: OffsetDateTime,
    style: CustomKeyIdentifierStyle,
) -> Result<(), GraphError> {
    csdl::check::object("servicePrincipal", sent, |name| name == NAME)?;
    for (name, value) in sent.iter().filter(|(name, _)| !name.contains('@')) {
        let invalid = || GraphError::invalid_value(name, "ServicePrincipal");
        match name.as_str() {
            "keyCredentials" => {
                let kind = HolderKind::ServicePrincipal;
                let merged = credentials::merge::merge(value, &service.common.key_credentials, kind, style, now)?;
                service.common.key_credentials = merged.into();
            }
            "passwordCredentials" => {
                return Err(GraphError::bad_request(
                    "New password credentials must be generated with service actions.",
                ));
            }
            NAME => {
                let mut attributes =
                    service.common.extra.get(NAME).and_then(Value::as_object).cloned().unwrap_or_default();
                security_attributes::apply(&mut attributes, value)?;
                service.common.extra.insert(NAME.into(), attributes.into());
            }
            "accountEnabled" => service.enabled = value.as_bool().ok_or_else(invalid)?,
            "displayName" => {
                let text = value.as_str().filter(|text| !text.trim().is_empty()).ok_or_else(invalid)?;
                text.clone_into(&mut service.display_name);
            }
            "appRoleAssignmentRequired" if value.is_boolean() => {
                service.common.extra.insert(name.clone(), value.clone());
            }
            known if TEXTS.contains(&known) && (value.is_string() || value.is_null()) => {
                service.common.extra.insert(name.clone(), value.clone());
            }
            known if LISTS.contains(&known) => {
                let texts = value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
                if !texts {
                    return Err(invalid());
                }
                service.common.extra.insert(name.clone(), value.clone());
            }
            known if TEXTS.contains(&known) || known == "appRoleAssignmentRequired" => return Err(invalid()),
            known if super::PROPERTIES.contains(&known) => {
                return Err(GraphError::bad_request(format!("Property '{name}' is read-only and cannot be set.")));
            }
            _ => return Err(GraphError::bad_request(format!("Invalid property '{name}'."))),
        }
    }
    Ok(())
}
