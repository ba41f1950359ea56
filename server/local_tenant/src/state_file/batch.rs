//! What one transaction writes.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Documents, RowKind, StateFileError, Unsaved};
use crate::entra::grants::Handed;
use crate::graph::audit::{Log, Logs};
use crate::state::Shared;
use crate::store::{Directory, Keyed, Table};

/// A row as it will be.
pub(super) struct Row {
    pub(super) kind: RowKind,
    pub(super) id: String,
    /// Place among those of its kind.
    pub(super) number: i64,
    pub(super) body: String,
}

impl Row {
    pub(super) fn new(kind: RowKind, id: String, number: u64, body: &impl Serialize) -> Result<Self, StateFileError> {
        let body = serde_json::to_string(body).map_err(StateFileError::Encode)?;
        Ok(Self { kind, id, number: number.cast_signed(), body })
    }
}

/// See the module.
#[derive(Default)]
pub(super) struct Batch {
    /// Kinds of which every row goes first; of the tables among them all rows are written after that.
    pub(super) whole: Vec<RowKind>,
    /// Rows before these numbers go.
    pub(super) trimmed: Vec<(RowKind, i64)>,
    pub(super) gone: Vec<(RowKind, String)>,
    pub(super) rows: Vec<Row>,
    /// As they will be once this is written.
    pub(super) documents: Documents,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.trimmed.is_empty() && self.gone.is_empty() && self.rows.is_empty()
    }

    fn put(
        &mut self,
        kind: RowKind,
        id: impl ToString,
        number: u64,
        body: &impl Serialize,
    ) -> Result<(), StateFileError> {
        self.rows.push(Row::new(kind, id.to_string(), number, body)?);
        Ok(())
    }

    /// Puts a row unless the file has it as it is.
    fn document(
        &mut self,
        kind: RowKind,
        id: &str,
        number: u64,
        body: &impl Serialize,
        before: &Documents,
    ) -> Result<(), StateFileError> {
        let row = Row::new(kind, id.to_owned(), number, body)?;
        let hash = hash(&row.body);
        let key = (kind, id.to_owned());
        if before.get(&key) != Some(&hash) {
            self.rows.push(row);
        }
        self.documents.insert(key, hash);
        Ok(())
    }

    fn table<T: Keyed + Serialize>(&mut self, kind: RowKind, table: &mut Table<T>) -> Result<(), StateFileError> {
        match table.unsaved().take() {
            Unsaved::All => self.whole.push(kind),
            Unsaved::Some(ids) => {
                for id in ids {
                    match table.numbered_row(id) {
                        Some((number, row)) => self.put(kind, id, number, row)?,
                        None => self.gone.push((kind, id.to_string())),
                    }
                }
            }
        }
        Ok(())
    }

    fn log<T: Serialize>(&mut self, kind: RowKind, log: &mut Log<T>) -> Result<(), StateFileError> {
        let range = log.take_unsaved();
        if range.is_none() {
            self.whole.push(kind);
        }
        let from = range.unwrap_or_default();
        let before = self.rows.len();
        for (number, entry) in log.since(from) {
            self.put(kind, number, number, entry)?;
        }
        if self.rows.len() > before && log.first() > 0 {
            self.trimmed.push((kind, log.first().cast_signed()));
        }
        Ok(())
    }
}

pub(super) fn hash(body: &str) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// What the file lacks. `new`: it lacks everything, the signing key too.
pub(super) fn collect(shared: &Shared, before: &Documents, new: bool) -> Result<Batch, StateFileError> {
    let mut batch = Batch { documents: before.clone(), ..Batch::default() };
    if new {
        batch.document(RowKind::Document, "signingKey", 0, &shared.signing.stored(), before)?;
    }
    shared.unsaved_directory(|directory| of_directory(directory, &mut batch, before)).transpose()?;
    of_grants(shared, &mut batch)?;
    let Logs { audits, sign_ins } = &mut *shared.logs();
    batch.log(RowKind::Audit, audits)?;
    batch.log(RowKind::SignIn, sign_ins)?;
    Ok(batch)
}

fn of_directory(directory: &mut Directory, batch: &mut Batch, before: &Documents) -> Result<(), StateFileError> {
    batch.table(RowKind::Application, &mut directory.applications)?;
    batch.table(RowKind::ServicePrincipal, &mut directory.service_principals)?;
    batch.table(RowKind::Deleted, &mut directory.graph.deleted)?;
    let changes = &mut directory.graph.changes;
    match changes.unsaved().take() {
        Unsaved::All => {
            batch.whole.push(RowKind::Change);
            for (number, id, change) in changes.after(0) {
                batch.put(RowKind::Change, id, number, &change)?;
            }
        }
        Unsaved::Some(ids) => {
            for id in ids {
                if let Some((number, change)) = changes.of(id) {
                    batch.put(RowKind::Change, id, number, &change)?;
                }
            }
        }
    }
    let next = json!({
        "applications": directory.applications.next(), "servicePrincipals": directory.service_principals.next(),
        "deletedItems": directory.graph.deleted.next(),
    });
    batch.document(RowKind::Document, "profile", 0, &directory.profile, before)?;
    batch.document(RowKind::Document, "people", 0, &directory.people, before)?;
    batch.document(RowKind::Document, "policies", 0, &directory.graph.policies, before)?;
    batch.document(RowKind::Document, "groups", 0, &directory.graph.groups, before)?;
    batch.document(RowKind::Document, "permissionGrants", 0, &directory.graph.permission_grants, before)?;
    batch.document(RowKind::Document, "roleAssignments", 0, &directory.role_assignments, before)?;
    batch.document(RowKind::Document, "next", 0, &next, before)?;
    let present: HashMap<&str, u64> = directory.vaults.iter().map(|vault| vault.name.as_str()).zip(0..).collect();
    for vault in &directory.vaults {
        batch.document(RowKind::Vault, &vault.name, present[vault.name.as_str()], vault, before)?;
    }
    let gone = |kind: &RowKind, id: &String| *kind == RowKind::Vault && !present.contains_key(id.as_str());
    batch.gone.extend(before.keys().filter(|(kind, id)| gone(kind, id)).cloned());
    batch.documents.retain(|(kind, id), _| !gone(kind, id));
    Ok(())
}

fn of_grants(shared: &Shared, batch: &mut Batch) -> Result<(), StateFileError> {
    let mut grants = shared.grants();
    let handed = match grants.unsaved().take() {
        Unsaved::All => {
            batch.whole.extend([RowKind::RefreshToken, RowKind::Session]);
            grants.handed()
        }
        Unsaved::Some(handed) => handed,
    };
    for one in handed {
        let (kind, key) = match &one {
            Handed::Refresh(token) => (RowKind::RefreshToken, token),
            Handed::Session(cookie) => (RowKind::Session, cookie),
        };
        match &one {
            Handed::Refresh(token) if grants.refresh_of(token).is_some() => {
                batch.put(kind, key, 0, &grants.refresh_of(token))?;
            }
            Handed::Session(cookie) if grants.session(cookie).is_some() => {
                batch.put(kind, key, 0, &grants.session(cookie))?;
            }
            _ => batch.gone.push((kind, key.clone())),
        }
    }
    Ok(())
}

/// After a failure: nothing is known to be in the file.
pub(super) fn forget(shared: &Shared) {
    let mut directory = shared.write();
    *directory.applications.unsaved() = Unsaved::All;
    *directory.service_principals.unsaved() = Unsaved::All;
    *directory.graph.deleted.unsaved() = Unsaved::All;
    *directory.graph.changes.unsaved() = Unsaved::All;
    drop(directory);
    *shared.grants().unsaved() = Unsaved::All;
    let mut logs = shared.logs();
    logs.audits.forget_saved();
    logs.sign_ins.forget_saved();
}
