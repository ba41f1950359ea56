//! All that the grid finds, or what is selected of it, as a file, and not a page of it.

mod cells;
mod workbook;

use super::lines::Lines;
use super::select::{Picked, SelectError, narrowed};
use crate::operations::{Context, needs};
use crate::person::Person;
use crate::store::{Exceptions, InventoryCredential, StoreError};
use app::contract::apps::Scope;
use app::contract::inventory::{CredentialLine, GridView, ObjectLine, Selection, Which};
use app::contract::overview::DirectoryReading;
use cells::Cell;
use domain::csv::Table;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;
use workbook::Book;

/// Rows of one file.
pub(crate) const MOST: u64 = 100_000;
/// Rows of one workbook: its cells are all in memory until it is packed.
pub(crate) const MOST_IN_WORKBOOK: u64 = 20_000;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error("the directory is not read in the background")]
    Off,
    /// A part of them would look like all.
    #[error("the filter finds {0} rows, and a file has {MOST} at most")]
    TooMany(u64),
    #[error("the filter finds {0} rows, and a workbook has {MOST_IN_WORKBOOK} at most")]
    TooManyForWorkbook(u64),
    #[error(transparent)]
    Select(#[from] SelectError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a row could not be written")]
    Json(#[from] serde_json::Error),
    #[error("the workbook could not be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("the portal stopped before the workbook was written")]
    Interrupted,
}

/// What the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileFormat {
    Csv,
    Json,
    Xlsx,
}

impl FileFormat {
    /// With that many rows it can be made.
    fn takes(self, rows: u64) -> Result<(), ExportError> {
        match self {
            _ if rows > MOST => Err(ExportError::TooMany(rows)),
            Self::Xlsx if rows > MOST_IN_WORKBOOK => Err(ExportError::TooManyForWorkbook(rows)),
            Self::Csv | Self::Json | Self::Xlsx => Ok(()),
        }
    }
}

/// `selection`: its page counts for nothing.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    admin_center: Option<&Url>,
    selection: &Selection,
    format: FileFormat,
) -> Result<Vec<u8>, ExportError> {
    let every = context.inventory_every.ok_or(ExportError::Off)?;
    let (store, now, query) = (&context.tenant.store, context.now(), &selection.query);
    let reading = needs::reading(store.inventory_state().await?, every, now);
    let asked = narrowed(context, person, selection, MOST).await?;
    let found = match query.view {
        GridView::Credentials => store.count_inventory_credentials(&asked, now).await?,
        GridView::Objects => store.count_inventory(&asked, now).await?,
    };
    format.takes(found)?;
    let head = Head::new(person, selection, reading, now);
    let mut file = File::begin(query.view, format, &head)?;
    let exceptions = match query.view {
        GridView::Objects => store.exceptions(None, now).await?,
        GridView::Credentials => Exceptions::default(),
    };
    let lines = Lines { now, exceptions: &exceptions, admin_center };
    let mut failed = None;
    match query.view {
        GridView::Credentials => {
            let picked = Picked::of(selection);
            let take = |found: InventoryCredential| {
                if picked.has(&found) {
                    keep(&mut failed, file.credential(&lines.credential(found)));
                }
            };
            store.each_inventory_credential(&asked, now, take).await?;
        }
        GridView::Objects => {
            store.each_in_inventory(&asked, now, |row| keep(&mut failed, file.object(&lines.object(&row)))).await?;
        }
    }
    match failed {
        Some(error) => Err(error.into()),
        None => file.into_bytes(&head).await,
    }
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
    Xlsx(Book),
}

impl File {
    fn begin(view: GridView, format: FileFormat, head: &Head<'_>) -> Result<Self, serde_json::Error> {
        let columns: &'static [&'static str] = match view {
            GridView::Credentials => &cells::CREDENTIALS,
            GridView::Objects => &cells::OBJECTS,
        };
        Ok(match format {
            FileFormat::Csv => Self::Csv(Box::new(Table::new(columns))),
            FileFormat::Json => Self::Json(Json::begin(head)?),
            FileFormat::Xlsx => Self::Xlsx(Book::new(columns)),
        })
    }

    fn credential(&mut self, line: &CredentialLine) -> Result<(), serde_json::Error> {
        self.row(line, cells::of_credential)
    }

    fn object(&mut self, line: &ObjectLine) -> Result<(), serde_json::Error> {
        self.row(line, cells::of_object)
    }

    fn row<L: Serialize>(&mut self, line: &L, cells: impl Fn(&L) -> Vec<Cell>) -> Result<(), serde_json::Error> {
        match self {
            Self::Json(json) => return json.row(line),
            Self::Xlsx(book) => book.row(cells(line)),
            Self::Csv(table) => {
                let cells: Vec<String> = cells(line).into_iter().map(Cell::into_text).collect();
                table.row(cells.iter().map(String::as_str));
            }
        }
        Ok(())
    }

    async fn into_bytes(self, head: &Head<'_>) -> Result<Vec<u8>, ExportError> {
        match self {
            Self::Csv(table) => Ok(table.into_text().into_bytes()),
            Self::Json(json) => Ok(json.end().into_bytes()),
            Self::Xlsx(book) => book.into_bytes(head.about(), head.written).await,
        }
    }
}

/// What a file in JSON says before its rows, and a workbook beside them.
#[derive(Serialize)]
struct Head<'q> {
    view: &'static str,
    filter: String,
    /// Rows that were picked one by one, whatever the filter finds. Absent: all that it finds.
    #[serde(skip_serializing_if = "Option::is_none")]
    picked: Option<usize>,
    scope: Scope,
    reading: DirectoryReading,
    #[serde(with = "time::serde::rfc3339")]
    written: OffsetDateTime,
    /// Of whom the file is.
    written_for: &'q str,
}

impl<'q> Head<'q> {
    fn new(person: &'q Person, selection: &Selection, reading: DirectoryReading, written: OffsetDateTime) -> Self {
        Self {
            view: selection.query.view.as_str(),
            filter: selection.query.filter.to_string(),
            picked: match &selection.which {
                Which::All => None,
                Which::These(picks) => Some(picks.len()),
            },
            scope: Scope::of(&person.viewer),
            reading,
            written,
            written_for: &person.viewer.username,
        }
    }

    fn about(&self) -> Vec<(&'static str, String)> {
        let at = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
        let reading = match self.reading {
            DirectoryReading::NotYet => "not yet".to_owned(),
            DirectoryReading::First { begun } => format!("begun {}, and not to its end: rows are missing", at(begun)),
            DirectoryReading::Complete { from, late: false, .. } => at(from),
            DirectoryReading::Complete { from, late: true, .. } => format!("{}, which is old", at(from)),
        };
        let rows = match self.picked {
            None => "all that the filter finds".to_owned(),
            Some(picked) => format!("{picked} that were picked one by one"),
        };
        let scope = match self.scope {
            Scope::All => "all of the directory",
            Scope::Mine => "what the person looks after",
        };
        vec![
            ("Rows are", self.view.to_owned()),
            ("Filter", self.filter.clone()),
            ("Which rows", rows),
            ("Of", scope.to_owned()),
            ("Directory read", reading),
            ("Times are", "UTC".to_owned()),
            ("Written", at(self.written)),
            ("Written for", self.written_for.to_owned()),
        ]
    }
}

/// One object with a list of rows; written row by row, so that none of them is there twice at a time.
struct Json {
    text: String,
    any: bool,
}

impl Json {
    fn begin(head: &Head<'_>) -> Result<Self, serde_json::Error> {
        let mut text = serde_json::to_string(head)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_file_has_its_bound() {
        for (format, most) in [(FileFormat::Csv, MOST), (FileFormat::Json, MOST), (FileFormat::Xlsx, MOST_IN_WORKBOOK)]
        {
            assert!(format.takes(most).is_ok(), "{format:?}");
            assert!(format.takes(most + 1).is_err(), "{format:?}");
        }
        assert!(matches!(FileFormat::Xlsx.takes(MOST + 1), Err(ExportError::TooMany(_))));
    }
}
