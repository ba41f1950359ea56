//! Paths of applications and service principals.

use super::{Action, Route, Segment, SponsorPart, object_id, object_key, related_to, unknown};
use crate::graph::agents::AgentKind;
use crate::graph::csdl;
use crate::graph::error::GraphError;
use crate::graph::federated::FederatedKey;
use crate::graph::holder::HolderKind;
use crate::graph::owners::OwnerKind;
use crate::graph::related::{self, Member};
use crate::store::ObjectKey;

impl Route {
    /// The application or service principal that it is about.
    pub(crate) fn subject(&self) -> Option<(HolderKind, ObjectKey)> {
        match self {
            Self::Object(kind, key)
            | Self::Owners(kind, key, _)
            | Self::OwnersCount(kind, key)
            | Self::PropertyOf(kind, key, _)
            | Self::OwnersRef(kind, key)
            | Self::OwnerRef(kind, key, _)
            | Self::Action(kind, key, _)
            | Self::PoliciesOf(kind, key)
            | Self::PoliciesRef(kind, key)
            | Self::PolicyRef(kind, key, _)
            | Self::Sponsors(kind, key, _) => Some((*kind, *key)),
            Self::Federated(key) | Self::FederatedOne(key, _) => Some((HolderKind::Application, *key)),
            _ => None,
        }
    }
}

pub(super) fn objects(kind: HolderKind, first: &Segment, names: &[String]) -> Result<Route, GraphError> {
    let lower: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let mut rest: Vec<&str> = lower.iter().map(String::as_str).collect();
    let key = if let Some((name, value)) = &first.key {
        object_key(name, value)?
    } else {
        match rest.as_slice() {
            [] => return Ok(Route::Set(kind)),
            ["$count"] => return Ok(Route::Count(kind)),
            ["delta" | "microsoft.graph.delta"] if kind == HolderKind::Application => {
                return Ok(Route::ApplicationsDelta);
            }
            [cast] if AgentKind::of_cast(kind, cast).is_some() => {
                return AgentKind::of_cast(kind, cast).map(Route::Agents).ok_or_else(|| unknown(cast));
            }
            _ => {
                rest.remove(0);
                object_key("id", &names[0])?
            }
        }
    };
    match rest.first().and_then(|cast| AgentKind::of_cast(kind, cast)) {
        Some(agent) => object(kind, key, names, &rest[1..]).map(|route| Route::Cast(agent, Box::new(route))),
        None => object(kind, key, names, &rest),
    }
}

/// What is asked of one application or service principal: `rest` follows it, in lower case.
fn object(kind: HolderKind, key: ObjectKey, names: &[String], rest: &[&str]) -> Result<Route, GraphError> {
    // `addKey` may be written with its namespace, and with brackets.
    let action = |name: &str| match name.trim_start_matches("microsoft.graph.") {
        "addkey" => Some(Action::AddKey),
        "removekey" => Some(Action::RemoveKey),
        "addpassword" => Some(Action::AddPassword),
        "removepassword" => Some(Action::RemovePassword),
        _ => None,
    };
    match rest {
        [] => Ok(Route::Object(kind, key)),
        ["sponsors"] => Ok(Route::Sponsors(kind, key, SponsorPart::Objects)),
        ["sponsors", "$ref"] => Ok(Route::Sponsors(kind, key, SponsorPart::References)),
        ["sponsors", one, "$ref"] => Ok(Route::Sponsors(kind, key, SponsorPart::Reference(object_id(one)?))),
        ["owners"] => Ok(Route::Owners(kind, key, None)),
        ["owners", "microsoft.graph.user" | "graph.user"] => Ok(Route::Owners(kind, key, Some(OwnerKind::Person))),
        ["owners", "microsoft.graph.serviceprincipal" | "graph.serviceprincipal"] => {
            Ok(Route::Owners(kind, key, Some(OwnerKind::ServicePrincipal)))
        }
        ["federatedidentitycredentials"] if kind == HolderKind::Application => Ok(Route::Federated(key)),
        // Names are told apart by case.
        ["federatedidentitycredentials", lower] if kind == HolderKind::Application => {
            let which = names.last().map_or(*lower, String::as_str);
            Ok(Route::FederatedOne(key, FederatedKey::parse(which)))
        }
        ["owners", "$count"] => Ok(Route::OwnersCount(kind, key)),
        ["owners", "$ref"] => Ok(Route::OwnersRef(kind, key)),
        ["owners", owner, "$ref"] => Ok(Route::OwnerRef(kind, key, object_id(owner)?)),
        ["appmanagementpolicies"] => Ok(Route::PoliciesOf(kind, key)),
        ["appmanagementpolicies", "$ref"] => Ok(Route::PoliciesRef(kind, key)),
        ["appmanagementpolicies", policy, "$ref"] => Ok(Route::PolicyRef(kind, key, object_id(policy)?)),
        rest if kind == HolderKind::ServicePrincipal && related::is_one(rest) => {
            related_to(Member::ServicePrincipal(key), names, rest).ok_or_else(|| unknown(rest[0]))
        }
        [one] => {
            let property =
                || csdl::MODEL.property(kind.resource(), one).filter(|property| property.kind != "Edm.Stream");
            action(one)
                .map(|action| Route::Action(kind, key, action))
                .or_else(|| property().map(|property| Route::PropertyOf(kind, key, property.name.as_str())))
                .ok_or_else(|| unknown(one))
        }
        [.., last] => Err(unknown(last)),
    }
}
