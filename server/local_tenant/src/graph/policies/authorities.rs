//! `/directory/certificateAuthorities/certificateBasedApplicationConfigurations` (beta): lists of trusted CAs.

use axum::http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::enforce;
use super::store::{Authority, AuthorityConfiguration};
use crate::format::{base64, binary};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::{Answer, Request};

/// CAs in a list, at most.
const MOST: usize = 10;
const SET: &str = "directory/certificateAuthorities/certificateBasedApplicationConfigurations";

pub(crate) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_authorities()?;
    let directory = request.tenant.read();
    let items = directory.graph.policies.authorities.iter().map(show).collect();
    Ok(Answer::ok(Object::collection(request.query.context(&request.root(), SET, false), None, None, items), 1))
}

pub(crate) fn get(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_read_authorities()?;
    let directory = request.tenant.read();
    let found = directory.graph.policies.authorities.iter().find(|one| one.id == id);
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    Ok(Answer::ok(Object::with_context(request.query.context(&request.root(), SET, true), show(found)), 1))
}

/// A list with its CAs, of which exactly one is a root.
pub(crate) fn create(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_change_authorities()?;
    let sent = request.json()?;
    let text = |name: &str| sent.get(name).and_then(Value::as_str).map(str::to_owned);
    let authorities = sent
        .get("trustedCertificateAuthorities")
        .and_then(Value::as_array)
        .ok_or_else(|| invalid("trustedCertificateAuthorities"))?
        .iter()
        .map(|one| one.as_object().ok_or_else(|| invalid("trustedCertificateAuthorities")).and_then(parse))
        .collect::<Result<Vec<_>, _>>()?;
    let configuration = AuthorityConfiguration {
        id: Uuid::new_v4(),
        display_name: text("displayName").ok_or_else(|| invalid("displayName"))?,
        description: text("description"),
        authorities,
    };
    sound(&configuration)?;
    let body = Object::with_context(request.query.context(&request.root(), SET, true), show(&configuration));
    request.tenant.write().graph.policies.authorities.push(configuration);
    Ok(Answer { status: StatusCode::CREATED, ..Answer::ok(body, 1) })
}

pub(crate) fn delete(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_change_authorities()?;
    let mut directory = request.tenant.write();
    let lists = &mut directory.graph.policies.authorities;
    let place = lists.iter().position(|one| one.id == id).ok_or_else(|| GraphError::not_found(id))?;
    lists.remove(place);
    Ok(Answer::no_content())
}

/// `GET …/{id}/trustedCertificateAuthorities`
pub(crate) fn members(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_read_authorities()?;
    let directory = request.tenant.read();
    let found = directory.graph.policies.authorities.iter().find(|one| one.id == id);
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    let items = found.authorities.iter().map(member).collect();
    let set = format!("{SET}('{id}')/trustedCertificateAuthorities");
    Ok(Answer::ok(Object::collection(request.query.context(&request.root(), &set, false), None, None, items), 1))
}

/// `POST …/{id}/trustedCertificateAuthorities`
pub(crate) fn add(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_change_authorities()?;
    let authority = parse(&request.json()?)?;
    let mut directory = request.tenant.write();
    let found = directory.graph.policies.authorities.iter_mut().find(|one| one.id == id);
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    let mut next = found.clone();
    let body = member(&authority);
    next.authorities.push(authority);
    sound(&next)?;
    *found = next;
    let set = format!("{SET}('{id}')/trustedCertificateAuthorities");
    let context = request.query.context(&request.root(), &set, true);
    Ok(Answer { status: StatusCode::CREATED, ..Answer::ok(Object::with_context(context, body), 1) })
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "certificateBasedApplicationConfiguration")
}

fn sound(configuration: &AuthorityConfiguration) -> Result<(), GraphError> {
    let roots = configuration.authorities.iter().filter(|one| one.root).count();
    if roots == 1 && configuration.authorities.len() <= MOST {
        return Ok(());
    }
    Err(invalid("trustedCertificateAuthorities"))
}

fn parse(sent: &Map<String, Value>) -> Result<Authority, GraphError> {
    let certificate = sent.get("certificate").and_then(Value::as_str).and_then(binary);
    let certificate = certificate.ok_or_else(|| invalid("certificate"))?;
    let (subject, subject_key_identifier) = enforce::authority(&certificate).ok_or_else(|| invalid("certificate"))?;
    Ok(Authority {
        id: Uuid::new_v4(),
        root: sent.get("isRootAuthority").and_then(Value::as_bool).ok_or_else(|| invalid("isRootAuthority"))?,
        certificate,
        subject,
        subject_key_identifier,
    })
}

fn show(configuration: &AuthorityConfiguration) -> Object {
    let mut out = Object::default();
    out.set("id", configuration.id.to_string());
    out.set("displayName", configuration.display_name.clone());
    out.set("description", configuration.description.clone());
    out.list("trustedCertificateAuthorities", configuration.authorities.iter().map(member).collect());
    out
}

fn member(authority: &Authority) -> Object {
    let identifier = authority
        .subject_key_identifier
        .as_ref()
        .map(|bytes| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"));
    let mut out = Object::default();
    out.set("id", authority.id.to_string());
    out.set("isRootAuthority", authority.root);
    out.set("certificate", base64(&authority.certificate));
    out.set("issuer", authority.subject.clone());
    out.set("issuerSubjectKeyIdentifier", identifier);
    out
}
