//! Reads everything back.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::SqliteConnection;
use time::OffsetDateTime;

use super::batch::hash;
use super::{Documents, ROWS, RowKind, StateFileError};
use crate::entra::grants::Grants;
use crate::graph::audit::{Log, Logs};
use crate::graph::first_party;
use crate::graph::state::Change;
use crate::signing::SigningKey;
use crate::store::{Application, Directory, Keyed, Table};

/// What was in a state file.
pub(crate) struct Loaded {
    pub(crate) directory: Directory,
    pub(crate) grants: Grants,
    pub(crate) logs: Logs,
    pub(crate) signing: SigningKey,
}

type Stored = (String, i64, String);

/// Numbers that rows to come will have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Next {
    applications: u64,
    service_principals: u64,
    deleted_items: u64,
}

pub(super) async fn load(connection: &mut SqliteConnection) -> Result<(Loaded, Documents), StateFileError> {
    let mut documents = Documents::new();
    let mut singles = HashMap::new();
    for (id, _, body) in all(connection, RowKind::Document).await? {
        documents.insert((RowKind::Document, id.clone()), hash(&body));
        singles.insert(id, body);
    }
    let single = |id: &'static str| singles.get(id).ok_or(StateFileError::Missing(id));
    let document = |id: &'static str| Ok::<_, StateFileError>((id, single(id)?));
    let next: Next = of_document(document("next")?)?;

    let mut directory = Directory::new(of_document(document("profile")?)?);
    directory.people = of_document(document("people")?)?;
    directory.graph.policies = of_document(document("policies")?)?;
    // Files of earlier versions have none of these.
    if let Some(groups) = singles.get("groups") {
        directory.graph.groups = of_document(("groups", groups))?;
    }
    if let Some(grants) = singles.get("permissionGrants") {
        directory.graph.permission_grants = of_document(("permissionGrants", grants))?;
    }
    if let Some(assignments) = singles.get("roleAssignments") {
        directory.role_assignments = of_document(("roleAssignments", assignments))?;
    }
    let mut certificates = HashMap::new();
    directory.applications =
        table(connection, RowKind::Application, |app| share(app, &mut certificates), next.applications).await?;
    directory.service_principals =
        table(connection, RowKind::ServicePrincipal, |_| {}, next.service_principals).await?;
    // A file of an earlier version has none of Microsoft's own: they are as old as what it has.
    let oldest = directory.applications.iter().map(|app| app.created).min();
    first_party::plant(&mut directory, oldest.unwrap_or(OffsetDateTime::UNIX_EPOCH));
    directory.graph.deleted = table(connection, RowKind::Deleted, |_| {}, next.deleted_items).await?;
    for (id, number, body) in all(connection, RowKind::Change).await? {
        let change: Change = of_row(RowKind::Change, &id, &body)?;
        let id = uuid::Uuid::parse_str(&id).map_err(|_| StateFileError::Missing("change"))?;
        directory.graph.changes.put(number.cast_unsigned(), id, change);
    }
    directory.graph.changes.unsaved().take();
    for (id, _, body) in all(connection, RowKind::Vault).await? {
        directory.vaults.push(of_row(RowKind::Vault, &id, &body)?);
        documents.insert((RowKind::Vault, id), hash(&body));
    }

    let mut grants = Grants::default();
    for (id, _, body) in all(connection, RowKind::RefreshToken).await? {
        let refresh = of_row(RowKind::RefreshToken, &id, &body)?;
        grants.put_refresh(id, refresh);
    }
    for (id, _, body) in all(connection, RowKind::Session).await? {
        let session = of_row(RowKind::Session, &id, &body)?;
        grants.put_session(id, session);
    }
    grants.unsaved().take();
    let logs =
        Logs { audits: log(connection, RowKind::Audit).await?, sign_ins: log(connection, RowKind::SignIn).await? };
    let signing = SigningKey::restore(&of_document(document("signingKey")?)?)?;
    Ok((Loaded { directory, grants, logs, signing }, documents))
}

fn of_document<T: DeserializeOwned>((id, body): (&'static str, &String)) -> Result<T, StateFileError> {
    of_row(RowKind::Document, id, body)
}

fn of_row<T: DeserializeOwned>(kind: RowKind, id: &str, body: &str) -> Result<T, StateFileError> {
    serde_json::from_str(body).map_err(|why| StateFileError::Row { kind: kind.name(), id: id.to_owned(), why })
}

/// Rows of a kind of which there are not very many, in order.
async fn all(connection: &mut SqliteConnection, kind: RowKind) -> Result<Vec<Stored>, StateFileError> {
    let sql = "SELECT id, number, body FROM object WHERE kind = ? ORDER BY number";
    Ok(sqlx::query_as(sql).bind(kind.name()).fetch_all(connection).await?)
}

/// Reads a table, some rows at a time.
async fn table<T: DeserializeOwned + Keyed>(
    connection: &mut SqliteConnection,
    kind: RowKind,
    mut mend: impl FnMut(&mut T),
    next: u64,
) -> Result<Table<T>, StateFileError> {
    let mut table = Table::default();
    let mut last = 0;
    loop {
        let sql = "SELECT id, number, body FROM object WHERE kind = ? AND number > ? ORDER BY number LIMIT ?";
        let most = i64::try_from(ROWS).unwrap_or(i64::MAX);
        let rows: Vec<Stored> =
            sqlx::query_as(sql).bind(kind.name()).bind(last).bind(most).fetch_all(&mut *connection).await?;
        let Some((_, end, _)) = rows.last() else {
            break;
        };
        last = *end;
        for (id, number, body) in rows {
            let mut row = of_row(kind, &id, &body)?;
            mend(&mut row);
            table.put(number.cast_unsigned(), row);
        }
    }
    table.set_next(next);
    table.unsaved().take();
    Ok(table)
}

/// Applications with the same certificate share its bytes, as they do where a seed made them.
fn share(app: &mut Application, certificates: &mut HashMap<[u8; 32], Arc<[u8]>>) {
    for key in Arc::make_mut(&mut app.common.key_credentials) {
        let known = certificates.entry(key.sha256).or_insert_with(|| key.key.clone());
        if known[..] == key.key[..] {
            key.key = known.clone();
        }
    }
}

async fn log<T: DeserializeOwned>(connection: &mut SqliteConnection, kind: RowKind) -> Result<Log<T>, StateFileError> {
    let rows = all(connection, kind).await?;
    let first = rows.first().map_or(0, |(_, number, _)| number.cast_unsigned());
    let entries = rows.iter().map(|(id, _, body)| of_row(kind, id, body)).collect::<Result<_, _>>()?;
    Ok(Log::saved(first, entries))
}
