//! `/groups/{id}/members`, `/transitiveMembers` and `/owners`, and their `$ref`.

use std::borrow::Cow;

use uuid::Uuid;

use super::path::{Part, Relation};
use super::write::change;
use super::{Group, find};
use crate::graph::directory_objects::{ObjectKind, Sight, reference_of, typed};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::page::cut;
use crate::graph::owners::reference;
use crate::graph::{Answer, Request};
use crate::store::Directory;

/// Owners and members of one group here.
const MOST: usize = 100_000;

pub(super) fn list(request: &Request<'_>, id: Uuid, relation: Relation, part: &Part) -> Result<Answer, GraphError> {
    request.caller.may_read_groups()?;
    let directory = request.tenant.read();
    let cast = match part {
        Part::Objects(cast) => *cast,
        _ => None,
    };
    let wanted = |one: &Uuid| match (ObjectKind::of(*one, &directory), cast) {
        (None, _) => false,
        (Some(kind), Some(cast)) => kind == cast,
        (Some(_), None) => true,
    };
    let group = find(&directory, id)?;
    let hidden = relation != Relation::Owners && is_hidden(group) && !request.caller.may_read_hidden_members();
    let found = if hidden { vec![] } else { related(group, relation, &directory) };
    let ids: Vec<Uuid> = found.into_iter().filter(|one| wanted(one)).collect();
    let root = request.root();
    match part {
        Part::Count => {
            request.query.advanced_count()?;
            return Ok(Answer::text(ids.len().to_string()));
        }
        Part::References | Part::Reference(_) => {
            let items = ids.iter().map(|one| reference_of(*one, &directory, &root)).collect();
            let context = format!("{root}/$metadata#Collection($ref)");
            return Ok(Answer::ok(Object::collection(context, None, None, items), 1));
        }
        Part::Objects(_) => {}
    }
    let page = cut((1..).zip(&ids), |_| Cow::Borrowed(""), &request.query);
    let sight = Sight::of(&request.caller);
    let mut items = vec![];
    for one in page.rows {
        items.extend(typed(*one, &directory, &request.query, sight)?);
    }
    let body = Object::collection(
        request.query.context(&root, cast.map_or("directoryObjects", ObjectKind::set), false),
        request.query.wants_count().then_some(page.total),
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    Ok(Answer::ok(body, request.query.cost(3)))
}

/// Of `HiddenMembership`. Nested ones are shown.
fn is_hidden(group: &Group) -> bool {
    group.extra.get("visibility").is_some_and(|visibility| visibility == "HiddenMembership")
}

fn related(group: &Group, relation: Relation, directory: &Directory) -> Vec<Uuid> {
    match relation {
        Relation::Members => group.members.clone(),
        Relation::Owners => group.owners.clone(),
        Relation::TransitiveMembers => {
            let mut found = group.members.clone();
            let mut place = 0;
            while let Some(id) = found.get(place) {
                let inner = directory.group(*id).map(|group| group.members.clone()).unwrap_or_default();
                for one in inner {
                    if one != group.id && !found.contains(&one) {
                        found.push(one);
                    }
                }
                place += 1;
            }
            found
        }
    }
}

/// `POST …/$ref` with `{"@odata.id": "…/directoryObjects/{id}"}`.
pub(super) fn add(request: &Request<'_>, id: Uuid, relation: Relation) -> Result<Answer, GraphError> {
    let one = reference(&request.json()?)?;
    let activity = if relation == Relation::Owners { "Add owner to group" } else { "Add member to group" };
    change(
        request,
        id,
        activity,
        |caller, group| may_relate(caller, group, relation),
        |group, directory| put(group, relation, one, directory),
    )
}

/// `DELETE …/{id}/$ref`
pub(super) fn remove(request: &Request<'_>, id: Uuid, relation: Relation, one: Uuid) -> Result<Answer, GraphError> {
    let activity = if relation == Relation::Owners { "Remove owner from group" } else { "Remove member from group" };
    change(
        request,
        id,
        activity,
        |caller, group| may_relate(caller, group, relation),
        |group, directory| {
            let person = directory.person(one).is_some();
            let only_owner = relation == Relation::Owners && group.owners == [one] && person;
            let list = list_of(group, relation)?;
            let place = list.iter().position(|known| *known == one).ok_or_else(|| GraphError::not_found(one))?;
            if only_owner {
                return Err(GraphError::bad_request(
                    "The group must have at least one owner, hence this owner cannot be removed.",
                ));
            }
            list.remove(place);
            Ok(())
        },
    )
}

fn may_relate(caller: &crate::graph::auth::Caller, group: &Group, relation: Relation) -> Result<(), GraphError> {
    match relation {
        Relation::Owners => caller.may_change_group(&group.owners),
        _ => caller.may_change_members(&group.owners),
    }
}

fn list_of(group: &mut Group, relation: Relation) -> Result<&mut Vec<Uuid>, GraphError> {
    match relation {
        Relation::Members => Ok(&mut group.members),
        Relation::Owners => Ok(&mut group.owners),
        Relation::TransitiveMembers => Err(super::method_not_allowed()),
    }
}

/// Groups own nothing, and in a Microsoft 365 group are people alone (Graph's page of the group resource).
pub(super) fn put(group: &mut Group, relation: Relation, one: Uuid, directory: &Directory) -> Result<(), GraphError> {
    let kind = ObjectKind::of(one, directory).ok_or_else(|| GraphError::not_found(one))?;
    let fits = match relation {
        Relation::Owners => matches!(kind, ObjectKind::User | ObjectKind::ServicePrincipal),
        _ if group.unified => kind == ObjectKind::User,
        _ => matches!(kind, ObjectKind::User | ObjectKind::ServicePrincipal | ObjectKind::Group) && one != group.id,
    };
    let name = if relation == Relation::Owners { "owners" } else { "members" };
    if !fits {
        return Err(GraphError::invalid_value(name, "Group"));
    }
    let list = list_of(group, relation)?;
    if list.contains(&one) {
        return Err(GraphError::bad_request(format!(
            "One or more added object references already exist for the following modified properties: '{name}'."
        )));
    }
    if list.len() >= MOST {
        return Err(GraphError::too_large());
    }
    list.push(one);
    Ok(())
}
