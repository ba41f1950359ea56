//! What Graph keeps besides the objects themselves: their changes, the deleted ones, policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;
use uuid::Uuid;

use super::groups::Group;
use super::permission_grants::PermissionGrant;
use super::policies::store::Policies;
use crate::state_file::Unsaved;
use crate::store::{Application, Keyed, ServicePrincipal, Table};

#[derive(Debug, Clone, Default)]
pub(crate) struct GraphState {
    pub(crate) changes: Changes,
    pub(crate) deleted: Table<Deleted>,
    pub(crate) policies: Policies,
    pub(crate) groups: Vec<Group>,
    pub(crate) permission_grants: Vec<PermissionGrant>,
}

/// An object that was deleted and can still be restored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deleted {
    #[serde(with = "nanoseconds")]
    pub(crate) at: OffsetDateTime,
    pub(crate) object: DeletedObject,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum DeletedObject {
    Application(Box<Application>),
    ServicePrincipal(Box<ServicePrincipal>),
}

impl Keyed for Deleted {
    fn id(&self) -> Uuid {
        match &self.object {
            DeletedObject::Application(app) => app.id,
            DeletedObject::ServicePrincipal(service) => service.id,
        }
    }
    fn app_id(&self) -> Uuid {
        match &self.object {
            DeletedObject::Application(app) => app.app_id,
            DeletedObject::ServicePrincipal(service) => service.app_id,
        }
    }
}

/// What happened to an application last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Change {
    Written,
    /// Deleted, and can be restored.
    Removed,
    /// Deleted for good.
    Purged,
}

/// The applications that were written since the start, each with its last change, in order of change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    /// Number of the last change.
    last: u64,
    by_number: BTreeMap<u64, (Uuid, Change)>,
    by_id: BTreeMap<Uuid, u64>,
    unsaved: Unsaved<Uuid>,
}

impl Changes {
    pub(crate) fn note(&mut self, id: Uuid, change: Change) {
        self.unsaved.note(id);
        self.put(self.last + 1, id, change);
    }

    /// Puts a change where it was.
    pub(crate) fn put(&mut self, number: u64, id: Uuid, change: Change) {
        self.last = self.last.max(number);
        if let Some(before) = self.by_id.insert(id, number) {
            self.by_number.remove(&before);
        }
        self.by_number.insert(number, (id, change));
    }

    /// Which of them the state file lacks.
    pub(crate) fn unsaved(&mut self) -> &mut Unsaved<Uuid> {
        &mut self.unsaved
    }

    /// An application's last change, with its number.
    pub(crate) fn of(&self, id: Uuid) -> Option<(u64, Change)> {
        let number = *self.by_id.get(&id)?;
        self.by_number.get(&number).map(|(_, change)| (number, *change))
    }

    /// Number of the last change; 0 when there was none.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Changes after that number, oldest first, with their own numbers.
    pub(crate) fn after(&self, number: u64) -> impl Iterator<Item = (u64, Uuid, Change)> {
        self.by_number.range(number.saturating_add(1)..).map(|(number, (id, change))| (*number, *id, *change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_there_once_by_its_last_change() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut changes = Changes::default();
        changes.note(a, Change::Written);
        changes.note(b, Change::Written);
        changes.note(a, Change::Removed);
        let after = |number| changes.after(number).collect::<Vec<_>>();
        assert_eq!(after(0), [(2, b, Change::Written), (3, a, Change::Removed)]);
        assert_eq!(after(2), [(3, a, Change::Removed)]);
        assert_eq!(after(changes.last()), []);
    }
}
