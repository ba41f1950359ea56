//! Who holds which app role, and by which groups.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;
use uuid::Uuid;

use crate::graph::groups::Group;
use crate::store::{Directory, ObjectKey};

/// An application permission on Graph that a service principal holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredPermission", into = "StoredPermission")]
pub(crate) struct GraphPermission {
    /// Such as `Application.Read.All`.
    pub(crate) value: String,
    /// `None`: from the beginning.
    pub(crate) granted: Option<OffsetDateTime>,
}

impl From<String> for GraphPermission {
    fn from(value: String) -> Self {
        Self { value, granted: None }
    }
}

/// In a state file: the name alone, or with the date in nanoseconds.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredPermission {
    Name(String),
    Dated(String, #[serde(with = "nanoseconds")] OffsetDateTime),
}

impl From<StoredPermission> for GraphPermission {
    fn from(stored: StoredPermission) -> Self {
        match stored {
            StoredPermission::Name(value) => Self { value, granted: None },
            StoredPermission::Dated(value, granted) => Self { value, granted: Some(granted) },
        }
    }
}

impl From<GraphPermission> for StoredPermission {
    fn from(permission: GraphPermission) -> Self {
        match permission.granted {
            None => Self::Name(permission.value),
            Some(granted) => Self::Dated(permission.value, granted),
        }
    }
}

/// That a person, a group or a service principal holds an app role of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredAssignment", into = "StoredAssignment")]
pub(crate) struct Assignment {
    pub(crate) principal: Uuid,
    /// The role's value when it was assigned.
    value: String,
    /// `None`: the role is found by its value.
    role: Option<Uuid>,
    /// `None`: from the beginning.
    pub(crate) granted: Option<OffsetDateTime>,
}

/// In a state file: principal and value, and what else is known.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredAssignment {
    Value(Uuid, String),
    Role(Uuid, String, Uuid, #[serde(with = "nanoseconds")] OffsetDateTime),
}

impl From<StoredAssignment> for Assignment {
    fn from(stored: StoredAssignment) -> Self {
        match stored {
            StoredAssignment::Value(principal, value) => Self::of_value(principal, value),
            StoredAssignment::Role(principal, value, role, granted) => Self::new(principal, value, role, granted),
        }
    }
}

impl From<Assignment> for StoredAssignment {
    fn from(one: Assignment) -> Self {
        match (one.role, one.granted) {
            (Some(role), Some(granted)) => Self::Role(one.principal, one.value, role, granted),
            _ => Self::Value(one.principal, one.value),
        }
    }
}

impl Assignment {
    pub(crate) fn new(principal: Uuid, value: String, role: Uuid, granted: OffsetDateTime) -> Self {
        Self { principal, value, role: Some(role), granted: Some(granted) }
    }

    /// From the beginning.
    pub(crate) fn of_value(principal: Uuid, value: String) -> Self {
        Self { principal, value, role: None, granted: None }
    }

    /// Whether it gives this role to this principal.
    pub(crate) fn is_of(&self, principal: Uuid, role: Uuid, value: &str) -> bool {
        self.principal == principal && self.role.map_or(self.value == value, |held| held == role)
    }

    /// The role's id, out of the application's roles; the nil GUID is the default access.
    pub(crate) fn role_id(&self, roles: &[(Uuid, String)]) -> Option<Uuid> {
        match self.role {
            Some(role) if role.is_nil() || roles.iter().any(|(id, _)| *id == role) => Some(role),
            Some(_) => None,
            None => roles.iter().find(|(_, value)| *value == self.value).map(|(id, _)| *id),
        }
    }
}

impl Directory {
    pub(crate) fn group(&self, id: Uuid) -> Option<&Group> {
        self.graph.groups.iter().find(|group| group.id == id)
    }

    /// Groups that something is a member of by itself.
    pub(crate) fn direct_groups_of(&self, id: Uuid) -> Vec<Uuid> {
        self.graph.groups.iter().filter(|group| group.members.contains(&id)).map(|group| group.id).collect()
    }

    /// The same with the groups that those are in.
    pub(crate) fn groups_of(&self, id: Uuid) -> Vec<Uuid> {
        let mut found = self.direct_groups_of(id);
        let mut place = 0;
        while let Some(group) = found.get(place) {
            for outer in self.direct_groups_of(*group) {
                if !found.contains(&outer) {
                    found.push(outer);
                }
            }
            place += 1;
        }
        found
    }

    /// The app roles that an application defines: id and value.
    pub(crate) fn roles_by_id(&self, app_id: Uuid) -> Vec<(Uuid, String)> {
        let app = self.application(app_id);
        app.into_iter().flat_map(|app| &app.app_roles).map(|role| (role.id, role.value.clone())).collect()
    }

    /// Values of the app roles of `app_id` which `principal` holds, by itself or by a group that it is directly in (a group
    /// within a group gives none, says Entra's page on assigning people and groups to an application).
    pub(crate) fn roles_of(&self, principal: Uuid, app_id: Uuid) -> Vec<String> {
        let Some(service) = self.service_principals.get(ObjectKey::AppId(app_id)) else {
            return vec![];
        };
        if service.assignments.is_empty() {
            return vec![];
        }
        let groups = self.direct_groups_of(principal);
        let roles = self.roles_by_id(app_id);
        let mut values = vec![];
        for one in
            service.assignments.iter().filter(|one| one.principal == principal || groups.contains(&one.principal))
        {
            let value = one.role_id(&roles).and_then(|id| roles.iter().find(|(known, _)| *known == id));
            let value = value.map(|(_, value)| value.clone()).filter(|value| !value.is_empty());
            values.extend(value.filter(|value| !values.contains(value)));
        }
        values
    }
}
