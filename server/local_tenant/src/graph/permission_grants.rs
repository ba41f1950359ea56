//! `/oauth2PermissionGrants`: which scopes of a resource a client may use, for one person or for everybody. They decide the
//! `scp` of tokens.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::audit::entry::{Audit, target};
use super::error::GraphError;
use super::object::Object;
use super::related::{Member, resolve};
use super::{Answer, Request, csdl};
use crate::format::base64url;
use crate::store::{Directory, ObjectKey};

/// Grants in a tenant here.
const MOST: usize = 100_000;
/// Letters of `scope`.
const MAX_SCOPE: usize = 3_850;

/// A grant as the directory keeps it; one for each client, resource and person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PermissionGrant {
    /// Service principal.
    pub(crate) client: Uuid,
    /// For whom; `None`: for everybody, by an administrator.
    pub(crate) person: Option<Uuid>,
    /// Service principal.
    pub(crate) resource: Uuid,
    /// Names with blanks between them.
    pub(crate) scope: String,
}

impl PermissionGrant {
    /// The ids of those concerned one after the other, as Graph's own examples have them.
    fn id(&self) -> String {
        let ids = [Some(self.client), Some(self.resource), self.person];
        base64url(&ids.into_iter().flatten().flat_map(|id| id.to_bytes_le()).collect::<Vec<_>>())
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.client, self.resource, self.person) == (other.client, other.resource, other.person)
    }
}

pub(super) fn operate(request: &Request<'_>, method: &str, which: Option<&str>) -> Result<Answer, GraphError> {
    match (method, which) {
        ("GET", None) => list(request),
        ("POST", None) => create(request),
        ("GET", Some(which)) => get(request, which),
        ("PATCH", Some(which)) => update(request, which),
        ("DELETE", Some(which)) => delete(request, which),
        _ => Err(super::method_not_allowed()),
    }
}

fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_grants()?;
    let directory = request.tenant.read();
    let mut items = vec![];
    for grant in &directory.graph.permission_grants {
        let get = |name: &str| property(grant, name);
        if request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches("OAuth2PermissionGrant", &get))? {
            items.push(show(grant));
        }
    }
    Ok(collection(request, items))
}

/// `GET …/oauth2PermissionGrants` of a client, or of a person.
pub(super) fn of(request: &Request<'_>, member: &Member) -> Result<Answer, GraphError> {
    request.caller.may_read_grants()?;
    let directory = request.tenant.read();
    let id = resolve(request, member, &directory)?;
    let wanted = |grant: &&PermissionGrant| grant.client == id || grant.person == Some(id);
    let items = directory.graph.permission_grants.iter().filter(wanted).map(show).collect();
    Ok(collection(request, items))
}

fn collection(request: &Request<'_>, items: Vec<Object>) -> Answer {
    let context = request.query.context(&request.root(), "oauth2PermissionGrants", false);
    Answer::ok(Object::collection(context, None, None, items), request.query.cost(1))
}

fn get(request: &Request<'_>, which: &str) -> Result<Answer, GraphError> {
    request.caller.may_read_grants()?;
    let directory = request.tenant.read();
    let grant = find(&directory, which)?;
    let context = request.query.context(&request.root(), "oauth2PermissionGrants", true);
    Ok(Answer::ok(Object::with_context(context, show(&directory.graph.permission_grants[grant])), 1))
}

/// `POST /oauth2PermissionGrants`
fn create(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_write_grants()?;
    let grant = read(&request.json()?)?;
    let mut directory = request.tenant.write();
    for service in [grant.client, grant.resource] {
        directory.service_principals.get(ObjectKey::Id(service)).ok_or_else(|| GraphError::not_found(service))?;
    }
    if let Some(person) = grant.person {
        directory.person(person).ok_or_else(|| GraphError::not_found(person))?;
    }
    if directory.graph.permission_grants.iter().any(|other| other.is_like(&grant)) {
        // Graph's own words.
        return Err(GraphError::bad_request("Permission entry already exists."));
    }
    if directory.graph.permission_grants.len() >= MOST {
        return Err(GraphError::too_large());
    }
    let audit = audit(request, &directory, &grant, "Add delegated permission grant", "Assign");
    let context = request.query.context(&request.root(), "oauth2PermissionGrants", true);
    let body = Object::with_context(context, show(&grant));
    directory.graph.permission_grants.push(grant);
    drop(directory);
    request.tenant.logs().note_audits(audit.into_iter().collect());
    Ok(Answer { status: StatusCode::CREATED, ..Answer::ok(body, 1) })
}

/// `PATCH /oauth2PermissionGrants/{id}`: `scope` alone can be changed.
fn update(request: &Request<'_>, which: &str) -> Result<Answer, GraphError> {
    request.caller.may_write_grants()?;
    let sent = request.json()?;
    csdl::check::object("oAuth2PermissionGrant", &sent, |_| false)?;
    if let Some(other) = sent.keys().find(|name| *name != "scope" && !name.contains('@')) {
        return Err(GraphError::bad_request(format!("Property '{other}' is read-only and cannot be set.")));
    }
    let scope = scope(&sent)?;
    let mut directory = request.tenant.write();
    let place = find(&directory, which)?;
    let grant = directory.graph.permission_grants[place].clone();
    let audit = audit(request, &directory, &grant, "Update delegated permission grant", "Update");
    directory.graph.permission_grants[place].scope = scope;
    drop(directory);
    request.tenant.logs().note_audits(audit.into_iter().collect());
    Ok(Answer::no_content())
}

fn delete(request: &Request<'_>, which: &str) -> Result<Answer, GraphError> {
    request.caller.may_write_grants()?;
    let mut directory = request.tenant.write();
    let place = find(&directory, which)?;
    let grant = directory.graph.permission_grants.remove(place);
    let audit = audit(request, &directory, &grant, "Remove delegated permission grant", "Unassign");
    drop(directory);
    request.tenant.logs().note_audits(audit.into_iter().collect());
    Ok(Answer::no_content())
}

fn audit(
    request: &Request<'_>,
    directory: &Directory,
    grant: &PermissionGrant,
    activity: &'static str,
    operation: &'static str,
) -> Option<Audit> {
    let resource = directory.service_principals.get(ObjectKey::Id(grant.resource))?;
    Some(Audit::new(request, directory, activity, operation, target(resource), vec![]))
}

/// Its place.
fn find(directory: &Directory, which: &str) -> Result<usize, GraphError> {
    let place = directory.graph.permission_grants.iter().position(|grant| grant.id() == which);
    place.ok_or_else(|| GraphError::not_found(which))
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "OAuth2PermissionGrant")
}

fn scope(sent: &Map<String, Value>) -> Result<String, GraphError> {
    let scope = match sent.get("scope") {
        None | Some(Value::Null) => "",
        Some(value) => value.as_str().ok_or_else(|| invalid("scope"))?,
    };
    if scope.chars().count() > MAX_SCOPE {
        return Err(invalid("scope"));
    }
    Ok(scope.trim().to_owned())
}

fn read(sent: &Map<String, Value>) -> Result<PermissionGrant, GraphError> {
    csdl::check::object("oAuth2PermissionGrant", sent, |_| false)?;
    let id = |name: &str| {
        sent.get(name).and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok()).ok_or_else(|| invalid(name))
    };
    let person = match sent.get("consentType").and_then(Value::as_str) {
        Some("AllPrincipals") if sent.get("principalId").is_none_or(Value::is_null) => None,
        Some("AllPrincipals") => return Err(invalid("principalId")),
        Some("Principal") => Some(id("principalId")?),
        _ => return Err(invalid("consentType")),
    };
    Ok(PermissionGrant { client: id("clientId")?, person, resource: id("resourceId")?, scope: scope(sent)? })
}

fn property(grant: &PermissionGrant, name: &str) -> Option<Value> {
    Some(match name.to_ascii_lowercase().as_str() {
        "clientid" => json!(grant.client),
        "consenttype" => json!(if grant.person.is_some() { "Principal" } else { "AllPrincipals" }),
        "id" => json!(grant.id()),
        "principalid" => json!(grant.person),
        "resourceid" => json!(grant.resource),
        "scope" => json!(grant.scope),
        _ => return None,
    })
}

/// In the order of Graph's examples.
fn show(grant: &PermissionGrant) -> Object {
    let mut out = Object::default();
    for name in ["clientId", "consentType", "id", "principalId", "resourceId", "scope"] {
        out.set(name, property(grant, name).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn ids_are_those_of_graphs_examples() {
        let guid = |text: &str| Uuid::parse_str(text).unwrap();
        let of_everybody = PermissionGrant {
            client: guid("ef969797-201d-4f6b-960c-e9ed5f31dab5"),
            person: None,
            resource: guid("943603e4-e787-4fe9-93d1-e30f749aae39"),
            scope: String::new(),
        };
        assert_eq!(of_everybody.id(), "l5eW7x0ga0-WDOntXzHateQDNpSH5-lPk9HjD3Sarjk");
        let of_one = PermissionGrant {
            client: guid("22a3c970-8ad4-4120-8127-300837f87f2c"),
            person: Some(guid("c2e8df37-c6a7-4d88-89b1-feb4f1fda7c5")),
            resource: guid("98dc9d95-49b6-405a-b3c0-834e969a708b"),
            scope: String::new(),
        };
        assert_eq!(of_one.id(), "cMmjItSKIEGBJzAIN_h_LJWd3Ji2SVpAs8CDTpaacIs33-jCp8aITYmx_rTx_afF");
    }
}
