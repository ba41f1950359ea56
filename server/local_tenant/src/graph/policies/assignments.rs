//! Which policy is assigned to what: one at most to each application and service principal.

use uuid::Uuid;

use super::custom::show;
use crate::graph::error::GraphError;
use crate::graph::holder::{Holder, change};
use crate::graph::object::Object;
use crate::graph::{Answer, Request, owners};
use crate::store::{Application, Directory, Keyed, ObjectKey, ServicePrincipal};

/// `GET /applications/{id}/appManagementPolicies`
pub(crate) fn list<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    request.caller.may_read_policies()?;
    let directory = request.tenant.read();
    let object = T::table(&directory).get(key).ok_or_else(|| GraphError::not_found(key))?;
    let assigned = directory.graph.policies.custom.iter().filter(|policy| object.policy() == Some(policy.id));
    let items = assigned.map(|policy| show(policy, request.version)).collect();
    let context = request.query.context(&request.root(), "policies/appManagementPolicies", false);
    Ok(Answer::ok(Object::collection(context, None, None, items), 1))
}

/// `POST /applications/{id}/appManagementPolicies/$ref` with `{"@odata.id": "…/appManagementPolicies/{id}"}`
pub(crate) fn assign<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let policy = owners::reference(&request.json()?)?;
    change::<T, _>(
        request,
        key,
        |_| request.caller.may_write_policies(),
        |next, directory, _| {
            if !directory.graph.policies.custom.iter().any(|one| one.id == policy) {
                return Err(GraphError::not_found(policy));
            }
            // The words for it are not known.
            if next.policy().is_some() {
                return Err(GraphError::bad_request(
                    "An app management policy is already assigned. Only one policy can be assigned to an object.",
                ));
            }
            next.set_policy(Some(policy));
            Ok(())
        },
    )?;
    Ok(Answer::no_content())
}

/// `DELETE /applications/{id}/appManagementPolicies/{policy}/$ref`
pub(crate) fn unassign<T: Holder>(request: &Request<'_>, key: ObjectKey, policy: Uuid) -> Result<Answer, GraphError> {
    change::<T, _>(
        request,
        key,
        |_| request.caller.may_write_policies(),
        |next, _, _| {
            if next.policy() != Some(policy) {
                return Err(GraphError::not_found(policy));
            }
            next.set_policy(None);
            Ok(())
        },
    )?;
    Ok(Answer::no_content())
}

/// `GET /policies/appManagementPolicies/{id}/appliesTo`
pub(crate) fn applies_to(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_read_policies()?;
    let directory = request.tenant.read();
    if !directory.graph.policies.custom.iter().any(|policy| policy.id == id) {
        return Err(GraphError::not_found(id));
    }
    let mut items = of::<Application>(&directory, id, "#microsoft.graph.application");
    items.extend(of::<ServicePrincipal>(&directory, id, "#microsoft.graph.servicePrincipal"));
    let context = request.query.context(&request.root(), "directoryObjects", false);
    Ok(Answer::ok(Object::collection(context, None, None, items), 1))
}

fn of<T: Holder>(directory: &Directory, policy: Uuid, kind: &str) -> Vec<Object> {
    let assigned = T::table(directory).iter().filter(|object| object.policy() == Some(policy));
    assigned
        .map(|object| {
            let mut out = Object::default();
            out.set("@odata.type", kind);
            out.set("id", object.id().to_string());
            out.set("appId", object.app_id().to_string());
            out.set("displayName", object.name());
            out
        })
        .collect()
}

/// Takes a policy off everything it is assigned to.
pub(super) fn forget(directory: &mut Directory, policy: Uuid) {
    fn clear<T: Holder>(directory: &mut Directory, policy: Uuid) {
        let assigned: Vec<Uuid> =
            T::table(directory).iter().filter(|object| object.policy() == Some(policy)).map(Keyed::id).collect();
        for id in assigned {
            if let Some(object) = T::table_mut(directory).get_mut(ObjectKey::Id(id)) {
                object.set_policy(None);
            }
        }
    }
    clear::<Application>(directory, policy);
    clear::<ServicePrincipal>(directory, policy);
}
