//! Who owns an object: people and service principals. Groups cannot own applications
//! (<https://learn.microsoft.com/graph/api/application-post-owners>).

use super::wire;
use crate::ids::ObjectId;
use crate::spelling::spelled;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    Ok(Owner {
        id: wire::id(object, "id")?.ok_or("an owner has no id")?,
        kind,
        name: wire::text(object, "displayName")?.map(str::to_owned),
        standing,
    })
}
