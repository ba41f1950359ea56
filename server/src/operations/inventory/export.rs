//! All that the grid finds as a file, and not a page of it.

use super::asked;
use super::lines::Lines;
use crate::operations::{Context, needs};
use crate::person::Person;
use crate::store::{Exceptions, StoreError};
use app::contract::apps::Scope;
use app::contract::inventory::{CredentialFacts, CredentialLine, GridQuery, GridView, Holder, ObjectLine, Seen};
use app::contract::overview::DirectoryReading;
use domain::credentials::KeyUsage;
use domain::csv::Table;
use domain::inventory::AttentionKind;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

/// Rows of one file.
pub(crate) const MOST: u64 = 100_000;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error("the directory is not read in the background")]
    Off,
    /// A part of them would look like all.
    #[error("the filter finds {0} rows, and a file has {MOST} at most")]
    TooMany(u64),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a row could not be written")]
    Json(#[from] serde_json::Error),
}

/// What the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileFormat {
    Csv,
    Json,
}

const CREDENTIALS: [&str; 16] = [
    "holder",
    "name",
    "client_id",
    "object_id",
    "disabled",
    "credential",
    "key_id",
    "entry",
    "usage",
    "thumbprint",
    "hint",
    "issuer",
    "subject",
    "start",
    "end",
    "read",
];
const OBJECTS: [&str; 14] = [
    "holder",
    "name",
    "client_id",
    "object_id",
    "disabled",
    "certificates",
    "secrets",
    "federated",
    "owners",
    "next_end",
    "needs",
    "created",
    "first_seen",
    "read",
];

/// `query`: the grid's own; its page counts for nothing.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    admin_center: Option<&Url>,
    query: &GridQuery,
    format: FileFormat,
) -> Result<String, ExportError> {
    let every = context.inventory_every.ok_or(ExportError::Off)?;
    let (store, now) = (&context.tenant.store, context.now());
    let reading = needs::reading(store.inventory_state().await?, every, now);
    let asked = asked(context, person, query, 0, MOST).await;
    let found = match query.view {
        GridView::Credentials => store.count_inventory_credentials(&asked, now).await?,
        GridView::Objects => store.count_inventory(&asked, now).await?,
    };
    if found > MOST {
        return Err(ExportError::TooMany(found));
    }
    let mut file = File::begin(person, query, format, reading, now)?;
    let exceptions = match query.view {
        GridView::Objects => store.exceptions(None, now).await?,
        GridView::Credentials => Exceptions::default(),
    };
    let lines = Lines { now, exceptions: &exceptions, admin_center };
    let mut failed = None;
    match query.view {
        GridView::Credentials => {
            let take = |credential| keep(&mut failed, file.credential(&lines.credential(credential)));
            store.each_inventory_credential(&asked, now, take).await?;
        }
        GridView::Objects => {
            store.each_in_inventory(&asked, now, |row| keep(&mut failed, file.object(&lines.object(&row)))).await?;
        }
    }
    failed.map_or(Ok(file.into_text()), |error| Err(error.into()))
}

/// The first failure.
fn keep(failed: &mut Option<serde_json::Error>, written: Result<(), serde_json::Error>) {
    if let Err(error) = written {
        failed.get_or_insert(error);
    }
}

enum File {
    Csv(Box<Table>),
    Json(Json),
}

impl File {
    fn begin(
        person: &Person,
        query: &GridQuery,
        format: FileFormat,
        reading: DirectoryReading,
        written: OffsetDateTime,
    ) -> Result<Self, serde_json::Error> {
        Ok(match (format, query.view) {
            (FileFormat::Csv, GridView::Credentials) => Self::Csv(Box::new(Table::new(&CREDENTIALS))),
            (FileFormat::Csv, GridView::Objects) => Self::Csv(Box::new(Table::new(&OBJECTS))),
            (FileFormat::Json, _) => Self::Json(Json::begin(person, query, reading, written)?),
        })
    }

    fn credential(&mut self, line: &CredentialLine) -> Result<(), serde_json::Error> {
        match self {
            Self::Json(json) => json.row(line),
            Self::Csv(table) => {
                credential_cells(table, line);
                Ok(())
            }
        }
    }

    fn object(&mut self, line: &ObjectLine) -> Result<(), serde_json::Error> {
        match self {
            Self::Json(json) => json.row(line),
            Self::Csv(table) => {
                object_cells(table, line);
                Ok(())
            }
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Csv(table) => table.into_text(),
            Self::Json(json) => json.end(),
        }
    }
}

/// What a file in JSON says before its rows.
#[derive(Serialize)]
struct Head<'q> {
    view: &'static str,
    filter: String,
    scope: Scope,
    reading: DirectoryReading,
    #[serde(with = "time::serde::rfc3339")]
    written: OffsetDateTime,
    /// Of whom the file is.
    written_for: &'q str,
}

/// One object with a list of rows; written row by row, so that none of them is there twice at a time.
struct Json {
    text: String,
    any: bool,
}

impl Json {
    fn begin(
        person: &Person,
        query: &GridQuery,
        reading: DirectoryReading,
        written: OffsetDateTime,
    ) -> Result<Self, serde_json::Error> {
        let head = Head {
            view: query.view.as_str(),
            filter: query.filter.to_string(),
            scope: Scope::of(&person.viewer),
            reading,
            written,
            written_for: &person.viewer.username,
        };
        let mut text = serde_json::to_string(&head)?;
        // Its closing brace.
        text.pop();
        text.push_str(",\"rows\":[");
        Ok(Self { text, any: false })
    }

    fn row(&mut self, row: &impl Serialize) -> Result<(), serde_json::Error> {
        let row = serde_json::to_string(row)?;
        self.text.push_str(if std::mem::replace(&mut self.any, true) { ",\n" } else { "\n" });
        self.text.push_str(&row);
        Ok(())
    }

    fn end(mut self) -> String {
        self.text.push_str("\n]}\n");
        self.text
    }
}

fn credential_cells(table: &mut Table, line: &CredentialLine) {
    let [usage, thumbprint, hint, issuer, subject] = match &line.facts {
        CredentialFacts::Certificate { usage, thumbprint } => {
            let usage = usage.as_ref().map_or("", KeyUsage::as_str).to_owned();
            let thumbprint = thumbprint.map(|thumbprint| thumbprint.hex()).unwrap_or_default();
            [usage, thumbprint, String::new(), String::new(), String::new()]
        }
        CredentialFacts::Secret { hint, .. } => {
            let hint = hint.clone().unwrap_or_default();
            [String::new(), String::new(), hint, String::new(), String::new()]
        }
        CredentialFacts::Federated { issuer, subject, .. } => {
            let subject = subject.clone().unwrap_or_default();
            [String::new(), String::new(), String::new(), issuer.clone(), subject]
        }
    };
    let key_id = line.key_id.map(|id| id.to_string()).unwrap_or_default();
    let entry = line.name.clone().unwrap_or_default();
    let kind = line.facts.kind().to_string();
    let facts = [kind, key_id, entry, usage, thumbprint, hint, issuer, subject];
    let dates = [date(line.start), date(line.end), date(Some(line.read))];
    let cells = holder_cells(&line.holder).into_iter().chain(facts).chain(dates).collect::<Vec<_>>();
    table.row(cells.iter().map(String::as_str));
}

fn object_cells(table: &mut Table, line: &ObjectLine) {
    let counts = [line.certificates, line.secrets, line.federated, line.owners].map(count);
    let needs = line.needs.iter().copied().map(AttentionKind::as_str).collect::<Vec<_>>().join(" ");
    let rest = [date(line.next_end), needs, date(line.created), date(Some(line.first_seen)), date(Some(line.read))];
    let cells = holder_cells(&line.holder).into_iter().chain(counts).chain(rest).collect::<Vec<_>>();
    table.row(cells.iter().map(String::as_str));
}

fn holder_cells(holder: &Holder) -> [String; 5] {
    let disabled = holder.disabled.map(|disabled| if disabled { "yes" } else { "no" }).unwrap_or_default();
    [
        holder.subject.kind.to_string(),
        holder.name.clone(),
        holder.app_id.map(|id| id.to_string()).unwrap_or_default(),
        holder.subject.id.to_string(),
        disabled.to_owned(),
    ]
}

/// `3`, `3 or more`, and nothing where it was not read.
fn count(seen: Seen) -> String {
    match (seen.count, seen.maybe_more) {
        (None, _) => String::new(),
        (Some(count), false) => count.to_string(),
        (Some(count), true) => format!("{count} or more"),
    }
}

fn date(at: Option<OffsetDateTime>) -> String {
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}
