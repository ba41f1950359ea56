//! Who owns an object: people and service principals. Groups cannot own applications
//! (<https://learn.microsoft.com/graph/api/application-post-owners>).

use super::wire;
use crate::department::Department;
use crate::ids::ObjectId;
use crate::spelling::spelled;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Graph expands no more than so many owners of an object
/// (<https://learn.microsoft.com/graph/query-parameters#expand-parameter>).
pub const MOST_EXPANDED: usize = 20;

spelled! {
    /// What an owner is.
    pub enum OwnerKind ("kind of owner") {
        /// `#microsoft.graph.user`
        Person = "person",
        /// `#microsoft.graph.servicePrincipal`
        ServicePrincipal = "service-principal",
        /// What this version has no name for.
        Other = "other",
    }
}

spelled! {
    /// Whether an owner can look after anything.
    pub enum OwnerStanding ("standing of an owner") {
        /// The account is enabled.
        Counts = "counts",
        /// It is disabled: as good as none.
        Disabled = "disabled",
        /// Graph did not say: without `User.ReadBasic.All` it gives id and type alone.
        Unknown = "unknown",
    }
}

/// `department` of an owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerDepartment {
    /// It was not asked for, or may not be read: which is not none.
    #[default]
    Unknown,
    /// Read, and there is none.
    None,
    /// This one.
    Named(Department),
}

impl OwnerDepartment {
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Of the directory object.
    pub id: ObjectId,
    /// What it is.
    pub kind: OwnerKind,
    /// `displayName`, where it may be read.
    pub name: Option<String>,
    /// Whether it counts.
    pub standing: OwnerStanding,
    /// Where they work.
    #[serde(default, skip_serializing_if = "OwnerDepartment::is_unknown")]
    pub department: OwnerDepartment,
}

/// As a list with `$expand=owners` has them. Whoever has left the directory is not in it any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owners {
    /// In Graph's order.
    pub listed: Vec<Owner>,
    /// There may be more than are listed.
    pub maybe_more: bool,
}

impl Owners {
    /// `Some(false)` where there certainly is nobody.
    pub fn anybody(&self) -> Option<bool> {
        if self.listed.iter().any(|owner| owner.standing == OwnerStanding::Counts) {
            return Some(true);
        }
        let unknown = self.maybe_more || self.listed.iter().any(|owner| owner.standing == OwnerStanding::Unknown);
        (!unknown).then_some(false)
    }

    /// Those that are known.
    pub fn departments(&self) -> impl Iterator<Item = &Department> {
        self.listed.iter().filter_map(|owner| match &owner.department {
            OwnerDepartment::Named(department) => Some(department),
            OwnerDepartment::Unknown | OwnerDepartment::None => None,
        })
    }

    /// As they are where departments may not be read.
    pub fn forget_departments(&mut self) {
        for owner in &mut self.listed {
            owner.department = OwnerDepartment::Unknown;
        }
    }

    /// # Errors
    /// Says which part of it is not what Graph documents.
    pub(super) fn from_graph(value: &Value) -> Result<Self, String> {
        let Value::Array(list) = value else { return Err("owners is not a list".into()) };
        let listed = list.iter().map(owner).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { maybe_more: listed.len() >= MOST_EXPANDED, listed })
    }
}

fn owner(value: &Value) -> Result<Owner, String> {
    let object = wire::object(value, "an owner")?;
    let kind = match wire::text(object, "@odata.type")? {
        Some("#microsoft.graph.user") => OwnerKind::Person,
        Some("#microsoft.graph.servicePrincipal") => OwnerKind::ServicePrincipal,
        _ => OwnerKind::Other,
    };
    let standing = match object.get("accountEnabled") {
        Some(Value::Bool(true)) => OwnerStanding::Counts,
        Some(Value::Bool(false)) => OwnerStanding::Disabled,
        _ => OwnerStanding::Unknown,
    };
    let name = wire::text(object, "displayName")?.map(str::to_owned);
    Ok(Owner {
        department: department(object, kind, name.is_some()),
        id: wire::id(object, "id")?.ok_or("an owner has no id")?,
        kind,
        name,
        standing,
    })
}

/// `named`: Graph gave the owner's name. Of one that may not be read it gives null for everything
/// (<https://learn.microsoft.com/graph/permissions-overview>, "limited information"), and everybody has a name.
fn department(object: &Map<String, Value>, kind: OwnerKind, named: bool) -> OwnerDepartment {
    match (kind, object.get("department")) {
        (OwnerKind::ServicePrincipal, _) => OwnerDepartment::None,
        (OwnerKind::Person, Some(Value::Null)) if named => OwnerDepartment::None,
        (OwnerKind::Person, Some(Value::String(text))) if text.trim().is_empty() => OwnerDepartment::None,
        (OwnerKind::Person, Some(Value::String(text))) => {
            text.parse().map_or(OwnerDepartment::Unknown, OwnerDepartment::Named)
        }
        _ => OwnerDepartment::Unknown,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    fn of(kind: &str, more: &Value) -> OwnerDepartment {
        let mut row = json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": Uuid::from_u128(1)});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Owners::from_graph(&json!([row])).unwrap().listed.remove(0).department
    }

    #[test]
    fn a_department_that_was_not_read_is_unknown_and_not_none() {
        let named = |text: &str| OwnerDepartment::Named(text.parse().unwrap());
        assert_eq!(of("user", &json!({"displayName": "Owen", "department": "Finance"})), named("Finance"));
        assert_eq!(of("user", &json!({"displayName": "Owen", "department": null})), OwnerDepartment::None);
        assert_eq!(of("user", &json!({"displayName": "Owen", "department": " "})), OwnerDepartment::None);
        // It was not asked for; limited information; no text; one that no person can have.
        for unknown in [
            json!({"displayName": "Owen"}),
            json!({"displayName": null, "department": null}),
            json!({"displayName": "Owen", "department": 7}),
            json!({"displayName": "Owen", "department": "x".repeat(65)}),
        ] {
            assert_eq!(of("user", &unknown), OwnerDepartment::Unknown, "{unknown}");
        }
        assert_eq!(of("servicePrincipal", &json!({"displayName": "ci"})), OwnerDepartment::None);
        assert_eq!(of("device", &json!({"displayName": "x", "department": null})), OwnerDepartment::Unknown);
    }

    #[test]
    fn what_an_earlier_version_kept_has_no_departments() {
        let kept = json!({"id": Uuid::from_u128(1), "kind": "person", "name": "Owen", "standing": "counts"});
        let owner: Owner = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!(owner.department, OwnerDepartment::Unknown);
        assert_eq!(serde_json::to_value(&owner).unwrap(), kept);
        let known = Owner { department: OwnerDepartment::Named("Finance".parse().unwrap()), ..owner };
        let again: Owner = serde_json::from_value(serde_json::to_value(&known).unwrap()).unwrap();
        assert_eq!(again, known);
    }
}
