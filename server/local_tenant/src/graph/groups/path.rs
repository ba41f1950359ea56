//! Paths below `/groups`.

use uuid::Uuid;

use super::super::directory_objects::ObjectKind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupRoute {
    All,
    Count,
    One(Uuid),
    Relation(Uuid, Relation, Part),
}

/// Whom a group leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Members,
    /// Members of its groups as well.
    TransitiveMembers,
    Owners,
}

/// What of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// All, or those that a cast leaves.
    Objects(Option<ObjectKind>),
    Count,
    /// `$ref`
    References,
    Reference(Uuid),
}

/// What follows a group's id, in lower case; `None`: nothing that is told here.
pub(crate) fn parse(id: Uuid, rest: &[&str]) -> Option<GroupRoute> {
    let [name, rest @ ..] = rest else {
        return Some(GroupRoute::One(id));
    };
    let relation = match *name {
        "members" => Relation::Members,
        "transitivemembers" => Relation::TransitiveMembers,
        "owners" => Relation::Owners,
        _ => return None,
    };
    let part = match rest {
        [] => Part::Objects(None),
        ["$count"] => Part::Count,
        ["$ref"] => Part::References,
        [one, "$ref"] => Part::Reference(Uuid::parse_str(one).ok()?),
        [cast] => Part::Objects(Some(ObjectKind::of_cast(cast)?)),
        _ => return None,
    };
    Some(GroupRoute::Relation(id, relation, part))
}
