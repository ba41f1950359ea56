//! `/applications/{id}/federatedIdentityCredentials`: whose tokens stand for a credential of the application. Shapes and
//! links as recorded (azure-cli, `test_app_federated_credential`); limits from
//! learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::error::GraphError;
use super::holder::change;
use super::object::Object;
use super::odata::selected;
use super::path::Version;
use super::{Answer, Request};
use crate::store::{Application, Directory, ObjectKey};
use std::fmt::Display;

/// Of one application.
const MOST: usize = 20;
const MAX_TEXT: usize = 600;
const PROPERTIES: &[&str] = &["id", "name", "issuer", "subject", "description", "audiences"];
/// Beta's own: a pattern in place of a subject.
const PATTERN: &str = "claimsMatchingExpression";

/// One of them. Exactly one of `subject` and `pattern` is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FederatedCredential {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) subject: Option<String>,
    pub(crate) description: Option<String>,
    /// One, as the service wants it.
    pub(crate) audience: String,
    /// `value` of a `claimsMatchingExpression`.
    #[serde(default)]
    pub(crate) pattern: Option<String>,
}

/// How a request names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FederatedKey {
    Id(Uuid),
    Name(String),
}

impl FederatedKey {
    pub(crate) fn parse(text: &str) -> Self {
        Uuid::parse_str(text).map_or_else(|_| Self::Name(text.to_owned()), Self::Id)
    }

    /// Where it is among the application's.
    fn place(&self, app: &Application) -> Result<usize, GraphError> {
        let place = match self {
            Self::Id(id) => app.federated.iter().position(|one| one.id == *id).ok_or(id as &dyn Display),
            Self::Name(name) => app.federated.iter().position(|one| one.name == *name).ok_or(name as &dyn Display),
        };
        place.map_err(GraphError::not_found)
    }
}

/// `GET …/federatedIdentityCredentials`
pub(crate) fn list(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let app = application(&directory, key)?;
    let items = app.federated.iter().map(|one| show(request, one)).collect::<Result<Vec<_>, _>>()?;
    let count = request.query.wants_count().then_some(items.len());
    Ok(Answer::ok(Object::collection(context(request, app, false), count, None, items), 1))
}

/// `GET …/federatedIdentityCredentials/{id or name}`
pub(crate) fn get(request: &Request<'_>, key: ObjectKey, which: &FederatedKey) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let app = application(&directory, key)?;
    let found = &app.federated[which.place(app)?];
    Ok(Answer::ok(Object::with_context(context(request, app, true), show(request, found)?), 1))
}

/// `POST …/federatedIdentityCredentials`
pub(crate) fn create(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    let (body, id) = change_application(request, key, |app| {
        let mut made = FederatedCredential {
            id: Uuid::new_v4(),
            name: required(&sent, "name")?,
            issuer: required(&sent, "issuer")?,
            subject: None,
            description: None,
            audience: String::new(),
            pattern: None,
        };
        if !is_name(&made.name) {
            return Err(invalid("name"));
        }
        apply(&mut made, &sent, request.version)?;
        admit(app, &made)?;
        let body = Object::with_context(context(request, app, true), show(request, &made)?);
        let id = made.id;
        app.federated.push(made);
        Ok((body, id))
    })?;
    let (base, tenant) = (&request.tenant.names.base, request.tenant.profile.id);
    let location = Some(format!("{base}/v2/{tenant}/federatedIdentityCredentials/{id}"));
    Ok(Answer { status: StatusCode::CREATED, location, ..Answer::ok(body, 1) })
}

/// `PATCH …/federatedIdentityCredentials/{id or name}`: the name cannot be changed.
pub(crate) fn update(request: &Request<'_>, key: ObjectKey, which: &FederatedKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    change_application(request, key, |app| {
        let place = which.place(app)?;
        let mut next = app.federated.remove(place);
        if sent.get("name").is_some_and(|name| name.as_str() != Some(&next.name)) {
            return Err(GraphError::bad_request("Property 'name' is read-only and cannot be set."));
        }
        apply(&mut next, &sent, request.version)?;
        admit(app, &next)?;
        app.federated.insert(place, next);
        Ok(())
    })?;
    Ok(Answer::no_content())
}

/// `DELETE …/federatedIdentityCredentials/{id or name}`
pub(crate) fn delete(request: &Request<'_>, key: ObjectKey, which: &FederatedKey) -> Result<Answer, GraphError> {
    change_application(request, key, |app| {
        app.federated.remove(which.place(app)?);
        Ok(())
    })?;
    Ok(Answer::no_content())
}

fn application(directory: &Directory, key: ObjectKey) -> Result<&Application, GraphError> {
    directory.applications.get(key).ok_or_else(|| GraphError::not_found(key))
}

/// By somebody who may change the application.
fn change_application<T>(
    request: &Request<'_>,
    key: ObjectKey,
    apply: impl FnOnce(&mut Application) -> Result<T, GraphError>,
) -> Result<T, GraphError> {
    change::<Application, _>(request, key, |app| request.may_change(&app.common.owners), |app, _, _| apply(app))
}

fn context(request: &Request<'_>, app: &Application, entity: bool) -> String {
    let end = if entity { "/$entity" } else { "" };
    format!("{}/$metadata#applications('{}')/federatedIdentityCredentials{end}", request.root(), app.id)
}

fn show(request: &Request<'_>, one: &FederatedCredential) -> Result<Object, GraphError> {
    let mut out = Object::default();
    for name in selected(request.query.select.as_deref(), PROPERTIES, "federatedIdentityCredential")? {
        let value = match name {
            "id" => json!(one.id),
            "name" => json!(one.name),
            "issuer" => json!(one.issuer),
            "subject" => json!(one.subject),
            "description" => json!(one.description),
            _ => json!([one.audience]),
        };
        out.set(name, value);
    }
    if request.version == Version::Beta && request.query.select.is_none() {
        out.set(PATTERN, one.pattern.as_ref().map(|value| json!({"value": value, "languageVersion": 1})));
    }
    Ok(out)
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "FederatedIdentityCredential")
}

fn text(sent: &Map<String, Value>, name: &str) -> Result<Option<String>, GraphError> {
    match sent.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= MAX_TEXT => Ok(Some(text.clone())),
        Some(_) => Err(invalid(name)),
    }
}

fn required(sent: &Map<String, Value>, name: &str) -> Result<String, GraphError> {
    text(sent, name)?.filter(|text| !text.is_empty()).ok_or_else(|| invalid(name))
}

/// 3 to 120 characters that a URL can have.
fn is_name(name: &str) -> bool {
    (3..=120).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Puts what was sent into `one`, and checks what comes of it.
fn apply(one: &mut FederatedCredential, sent: &Map<String, Value>, version: Version) -> Result<(), GraphError> {
    for (name, value) in sent.iter().filter(|(name, _)| !name.contains('@')) {
        match name.as_str() {
            "name" | "id" => {}
            "issuer" => one.issuer = required(sent, name)?,
            "subject" => one.subject = text(sent, name)?,
            "description" => one.description = text(sent, name)?,
            "audiences" => match value.as_array().map(Vec::as_slice) {
                Some([Value::String(audience)]) if !audience.is_empty() && audience.len() <= MAX_TEXT => {
                    one.audience.clone_from(audience);
                }
                _ => return Err(invalid(name)),
            },
            PATTERN if version == Version::Beta => {
                one.pattern = match value {
                    Value::Null => None,
                    value => {
                        let pattern = value["value"].as_str().filter(|_| value["languageVersion"] == 1);
                        let pattern = pattern.ok_or_else(|| invalid(name))?;
                        if crate::entra::federation::Pattern::parse(pattern).is_none() {
                            return Err(invalid(name));
                        }
                        Some(pattern.to_owned())
                    }
                };
            }
            _ => return Err(GraphError::bad_request(format!("Invalid property '{name}'."))),
        }
    }
    if one.audience.is_empty() {
        return Err(invalid("audiences"));
    }
    if one.subject.is_some() == one.pattern.is_some() {
        return Err(invalid("subject"));
    }
    Ok(())
}

/// Whether an application can have it beside the others. The words are the directory's for unique names.
fn admit(app: &Application, one: &FederatedCredential) -> Result<(), GraphError> {
    if app.federated.len() >= MOST {
        return Err(GraphError::too_large());
    }
    let taken = |words: String| GraphError::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", words);
    if app.federated.iter().any(|other| other.name == one.name) {
        return Err(taken(format!("FederatedIdentityCredential with name {} already exists.", one.name)));
    }
    let same = |other: &&FederatedCredential| {
        (&other.issuer, &other.subject, &other.pattern) == (&one.issuer, &one.subject, &one.pattern)
    };
    if app.federated.iter().any(|other| same(&other)) {
        return Err(taken(
            "FederatedIdentityCredential with the same issuer and subject already exists on this application.".into(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_urls() {
        for good in ["Testing", "git-hub_1.main", "abc"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["ab", "-abc", "a b c", "a/b", &"x".repeat(121)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
