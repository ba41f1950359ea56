//! Rows in order of creation, found by object id or by client id.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::state_file::Unsaved;

/// See the module. It remembers which rows the state file lacks.
#[derive(Debug, Clone)]
pub(crate) struct Table<T> {
    rows: BTreeMap<u64, T>,
    by_id: HashMap<Uuid, u64>,
    by_app_id: HashMap<Uuid, u64>,
    next: u64,
    unsaved: Unsaved<Uuid>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), by_id: HashMap::new(), by_app_id: HashMap::new(), next: 1, unsaved: Unsaved::All }
    }
}

/// What a [`Table`] finds a row by.
pub(crate) trait Keyed {
    fn id(&self) -> Uuid;
    fn app_id(&self) -> Uuid;
}

/// How a request names an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKey {
    Id(Uuid),
    AppId(Uuid),
}

impl std::fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) | Self::AppId(id) => id.fmt(f),
        }
    }
}

impl<T: Keyed> Table<T> {
    pub(crate) fn insert(&mut self, row: T) {
        self.unsaved.note(row.id());
        self.put(self.next, row);
    }

    /// Puts a row back where it was.
    pub(crate) fn put(&mut self, number: u64, row: T) {
        self.next = self.next.max(number + 1);
        self.by_id.insert(row.id(), number);
        self.by_app_id.insert(row.app_id(), number);
        self.rows.insert(number, row);
    }

    /// The number that the next row will have.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Numbers of rows that are gone are not given again.
    pub(crate) fn set_next(&mut self, next: u64) {
        self.next = self.next.max(next);
    }

    /// Which rows the state file lacks, or has and should not have.
    pub(crate) fn unsaved(&mut self) -> &mut Unsaved<Uuid> {
        &mut self.unsaved
    }

    /// A row with its number.
    pub(crate) fn numbered_row(&self, id: Uuid) -> Option<(u64, &T)> {
        let number = *self.by_id.get(&id)?;
        Some((number, self.rows.get(&number)?))
    }

    /// Rows behind that number.
    pub(crate) fn after(&self, number: u64) -> impl Iterator<Item = (u64, &T)> {
        self.rows.range(number.saturating_add(1)..).map(|(number, row)| (*number, row))
    }

    fn number(&self, key: ObjectKey) -> Option<u64> {
        match key {
            ObjectKey::Id(id) => self.by_id.get(&id),
            ObjectKey::AppId(id) => self.by_app_id.get(&id),
        }
        .copied()
    }

    pub(crate) fn get(&self, key: ObjectKey) -> Option<&T> {
        self.rows.get(&self.number(key)?)
    }

    pub(crate) fn get_mut(&mut self, key: ObjectKey) -> Option<&mut T> {
        let number = self.number(key)?;
        let row = self.rows.get_mut(&number)?;
        self.unsaved.note(row.id());
        Some(row)
    }

    pub(crate) fn remove(&mut self, key: ObjectKey) -> Option<T> {
        let row = self.rows.remove(&self.number(key)?)?;
        self.unsaved.note(row.id());
        self.by_id.remove(&row.id());
        self.by_app_id.remove(&row.app_id());
        Some(row)
    }

    /// Rows with their numbers, which never change: a page can go on after one.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &T)> {
        self.rows.iter().map(|(number, row)| (*number, row))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}
