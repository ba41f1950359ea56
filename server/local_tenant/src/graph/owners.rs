//! `/applications/{id}/owners` and `/servicePrincipals/{id}/owners`: who may change one without a directory role.

use serde_json::Value;
use uuid::Uuid;

use super::error::GraphError;
use super::holder::{Holder, change};
use super::object::Object;
use super::odata::Query;
use super::{Answer, Request, service_principals, users};
use crate::store::{Directory, ObjectKey};

/// Most of them that `$expand` shows.
const EXPANDED: usize = 20;

/// `GET …/owners`: people and service principals.
pub(crate) fn list<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let object = T::table(&directory).get(key).ok_or_else(|| GraphError::not_found(key))?;
    let mut owners = vec![];
    for &id in object.owners() {
        owners.extend(shown(id, &directory, &request.query)?);
    }
    let count = request.query.wants_count().then_some(owners.len());
    let context = request.query.context(&request.root(), "directoryObjects", false);
    Ok(Answer::ok(Object::collection(context, count, None, owners), request.query.cost(2)))
}

/// `POST …/owners/$ref` with `{"@odata.id": "…/directoryObjects/{id}"}`.
pub(crate) fn add<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let id = reference(&request.json()?)?;
    change::<T, _>(
        request,
        key,
        |object| request.caller.may_change_owners(object.owners()),
        |next, directory, _| {
            if directory.person(id).is_none() && directory.service_principals.get(ObjectKey::Id(id)).is_none() {
                return Err(GraphError::not_found(id));
            }
            if next.owners().contains(&id) {
                return Err(GraphError::bad_request(
                    "One or more added object references already exist for the following modified properties: 'owners'.",
                ));
            }
            next.owners_mut().push(id);
            Ok(())
        },
    )?;
    Ok(Answer::no_content())
}

/// `DELETE …/owners/{owner}/$ref`. The last one may go too.
pub(crate) fn remove<T: Holder>(request: &Request<'_>, key: ObjectKey, owner: Uuid) -> Result<Answer, GraphError> {
    change::<T, _>(
        request,
        key,
        |object| request.caller.may_change_owners(object.owners()),
        |next, _, _| {
            if !next.owners().contains(&owner) {
                return Err(GraphError::not_found(owner));
            }
            next.owners_mut().retain(|one| *one != owner);
            Ok(())
        },
    )?;
    Ok(Answer::no_content())
}

/// The id at the end of `@odata.id`.
pub(super) fn reference(sent: &serde_json::Map<String, Value>) -> Result<Uuid, GraphError> {
    let reference = sent.get("@odata.id").and_then(Value::as_str).unwrap_or_default();
    reference.rsplit('/').next().and_then(|last| Uuid::parse_str(last).ok()).ok_or_else(|| {
        GraphError::bad_request(format!("Invalid URL format specified in @odata.id for reference: '{reference}'."))
    })
}

/// Owners inside of their object.
pub(super) fn expanded(owners: &[Uuid], directory: &Directory) -> Vec<Object> {
    let query = Query::default();
    owners.iter().filter_map(|id| shown(*id, directory, &query).ok().flatten()).take(EXPANDED).collect()
}

fn shown(id: Uuid, directory: &Directory, query: &Query) -> Result<Option<Object>, GraphError> {
    if let Some(person) = directory.person(id) {
        return users::typed(person, query).map(Some);
    }
    let service = directory.service_principals.get(ObjectKey::Id(id));
    service.map(|service| service_principals::typed(service, directory, query)).transpose()
}
