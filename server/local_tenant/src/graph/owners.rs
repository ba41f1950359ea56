//! `/applications/{id}/owners` and `/servicePrincipals/{id}/owners`: who may change one without a directory role.

use serde_json::Value;
use uuid::Uuid;

use super::directory_objects::{Sight, reference_of, typed};
use super::error::GraphError;
use super::holder::{Holder, HolderKind, change};
use super::object::Object;
use super::odata::{Expanded, Query};
use super::{Answer, Request};
use crate::store::{Directory, ObjectKey};

/// Most of them that `$expand` shows.
const EXPANDED: usize = 20;

/// `GET …/owners`: people and service principals, or those of them that a cast leaves.
pub(crate) fn list<T: Holder>(
    request: &Request<'_>,
    key: ObjectKey,
    cast: Option<OwnerKind>,
) -> Result<Answer, GraphError> {
    let sight = Sight::of_owners(&request.tenant.behaviour(), &request.caller);
    let directory = request.tenant.read();
    let mut owners = vec![];
    for id in ids::<T>(request, &directory, key, cast)? {
        owners.extend(typed(id, &directory, &request.query, sight)?);
    }
    let count = request.query.wants_count().then_some(owners.len());
    let set = match cast {
        None => "directoryObjects",
        Some(OwnerKind::Person) => "users",
        Some(OwnerKind::ServicePrincipal) => "servicePrincipals",
    };
    let context = request.query.context(&request.root(), set, false);
    // One unit for a service principal's, as recorded (facts, K4).
    let units = if T::KIND == HolderKind::ServicePrincipal { 1 } else { 2 };
    Ok(Answer::ok(Object::collection(context, count, None, owners), request.query.cost(units)))
}

/// `GET …/owners/$count`: an advanced query.
pub(crate) fn count<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    request.query.advanced_count()?;
    Ok(Answer::text(ids::<T>(request, &request.tenant.read(), key, None)?.len().to_string()))
}

/// `GET …/owners/$ref`: where they are.
pub(crate) fn references<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let directory = request.tenant.read();
    let root = request.root();
    let items = ids::<T>(request, &directory, key, None)?;
    let items = items.into_iter().map(|owner| reference_of(owner, &directory, &root));
    let context = format!("{root}/$metadata#Collection($ref)");
    Ok(Answer::ok(Object::collection(context, None, None, items.collect()), 1))
}

/// What owners can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnerKind {
    Person,
    ServicePrincipal,
}

/// Those that are there.
fn ids<T: Holder>(
    request: &Request<'_>,
    directory: &Directory,
    key: ObjectKey,
    cast: Option<OwnerKind>,
) -> Result<Vec<Uuid>, GraphError> {
    request.caller.may_read_applications()?;
    let object = T::table(directory).get(key).ok_or_else(|| GraphError::not_found(key))?;
    let wanted = |id: &Uuid| {
        let person = directory.person(*id).is_some();
        let service = directory.service_principals.get(ObjectKey::Id(*id)).is_some();
        match cast {
            None => person || service,
            Some(OwnerKind::Person) => person,
            Some(OwnerKind::ServicePrincipal) => service,
        }
    };
    Ok(object.owners().iter().copied().filter(wanted).collect())
}

/// `POST …/owners/$ref` with `{"@odata.id": "…/directoryObjects/{id}"}`.
pub(crate) fn add<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let id = reference(&request.json()?)?;
    change::<T, _>(
        request,
        key,
        |object| request.may_change_owners(object.owners()),
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
        |object| request.may_change_owners(object.owners()),
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
pub(super) fn expanded(owners: &[Uuid], directory: &Directory, wanted: &Expanded) -> Result<Vec<Object>, GraphError> {
    let query = Query::selecting(wanted.select.clone());
    let shown = owners.iter().filter_map(|id| typed(*id, directory, &query, wanted.sight).transpose());
    shown.take(EXPANDED).collect()
}
