//! `PATCH /applications/{id}`: properties that are not sent stay; a collection that is sent replaces the old one.

use serde_json::{Map, Value};

use super::{PROPERTIES, TRUSTED_SUBJECTS, credentials};
use crate::graph::error::GraphError;
use crate::graph::path::Version;
use crate::graph::{Answer, Request};
use crate::store::{Application, CustomKeyIdentifierStyle, ObjectKey};

/// Letters of an application's `displayName`.
const MAX_NAME: usize = 256;
/// Set by the service alone.
const READ_ONLY: &[&str] = &[
    "id",
    "appId",
    "applicationTemplateId",
    "certification",
    "createdDateTime",
    "deletedDateTime",
    "disabledByMicrosoftStatus",
    "publisherDomain",
    "verifiedPublisher",
];

/// Changes an application: all that is sent, or nothing.
pub(crate) fn handle(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    let behaviour = request.tenant.behaviour();
    // One lock from reading to writing: of two writers at once one comes second, and nobody sees half a change.
    let mut directory = request.tenant.write();
    let app = directory.applications.get_mut(key).ok_or_else(|| GraphError::not_found(key))?;
    request.caller.may_change(app)?;
    let mut next = app.clone();
    apply(&mut next, &sent, request, behaviour.custom_key_identifier)?;
    app.replace(next, request.now, behaviour.longest_delay());
    tracing::info!(application = %app.id, caller = %request.caller.id(), keys = app.key_credentials.len(), "changed");
    Ok(Answer::no_content())
}

/// Puts what was sent into `app`. Also for a new one, which the create has made before.
pub(super) fn apply(
    app: &mut Application,
    sent: &Map<String, Value>,
    request: &Request<'_>,
    style: CustomKeyIdentifierStyle,
) -> Result<(), GraphError> {
    for (name, value) in sent {
        // Annotations, such as @odata.type, say nothing about the application.
        if name.contains('@') {
            continue;
        }
        if name == TRUSTED_SUBJECTS && request.version == Version::Beta {
            let subjects = value.as_array().ok_or_else(|| invalid(name))?;
            app.trusted_certificate_subjects.clone_from(subjects);
            continue;
        }
        let known = PROPERTIES.iter().find(|known| *known == name).copied();
        let Some(name) = known else {
            return Err(GraphError::bad_request(format!("Invalid property '{name}'.")));
        };
        if READ_ONLY.contains(&name) {
            return Err(GraphError::bad_request(format!("Property '{name}' is read-only and cannot be set.")));
        }
        match name {
            "keyCredentials" => {
                let merged = credentials::merge(value, &app.key_credentials, style, request.now)?;
                app.key_credentials = merged.into();
            }
            // Recorded by nobody; said to be Graph's words for it.
            "passwordCredentials" => {
                return Err(GraphError::bad_request(
                    "New password credentials must be generated with service actions.",
                ));
            }
            "displayName" => {
                let valid = value
                    .as_str()
                    .filter(|text| !text.trim().is_empty() && text.chars().count() <= MAX_NAME)
                    .ok_or_else(|| invalid(name))?;
                valid.clone_into(&mut app.display_name);
            }
            "signInAudience" => app.sign_in_audience = text(value, name)?,
            "identifierUris" => app.identifier_uris = texts(value, name)?,
            "tags" => app.tags = texts(value, name)?,
            "web" => web(app, value)?,
            "publicClient" => redirects(&mut app.public_redirect_uris, value, name)?,
            "spa" => redirects(&mut app.spa_redirect_uris, value, name)?,
            "appRoles" => {
                return Err(GraphError::bad_request("This local tenant does not change app roles through Graph."));
            }
            _ => {
                app.extra.insert(name.into(), value.clone());
            }
        }
    }
    Ok(())
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "Application")
}

fn text(value: &Value, name: &str) -> Result<String, GraphError> {
    value.as_str().map(str::to_owned).ok_or_else(|| invalid(name))
}

fn texts(value: &Value, name: &str) -> Result<Vec<String>, GraphError> {
    value.as_array().ok_or_else(|| invalid(name))?.iter().map(|one| text(one, name)).collect()
}

/// Of a complex property the members that are sent are changed.
fn redirects(uris: &mut Vec<String>, value: &Value, name: &str) -> Result<(), GraphError> {
    if let Some(sent) = value.as_object().ok_or_else(|| invalid(name))?.get("redirectUris") {
        *uris = texts(sent, name)?;
    }
    Ok(())
}

fn web(app: &mut Application, value: &Value) -> Result<(), GraphError> {
    redirects(&mut app.redirect_uris, value, "web")?;
    if let Some(sent) = value.get("logoutUrl") {
        app.logout_url = if sent.is_null() { None } else { Some(text(sent, "web")?) };
    }
    Ok(())
}
