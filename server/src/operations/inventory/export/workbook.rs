//! The rows as a workbook: one sheet with them, and one that says what they are.

use super::cells::Cell;
use super::{ExportError, MOST_IN_WORKBOOK};
use rust_xlsxwriter::{ColNum, DocProperties, ExcelDateTime, Format, RowNum, Workbook, XlsxError};
use time::OffsetDateTime;

/// What is kept until the file is written. No cell is ever a formula: text is written as text, whatever it begins with.
pub(super) struct Book {
    columns: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
}

impl Book {
    pub(super) fn new(columns: &'static [&'static str]) -> Self {
        Self { columns, rows: vec![] }
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// `about`: of the file, in words. Packing takes a while, and is done beside what answers requests.
    pub(super) async fn into_bytes(
        self,
        about: Vec<(&'static str, String)>,
        written: OffsetDateTime,
    ) -> Result<Vec<u8>, ExportError> {
        if self.rows.len() as u64 > MOST_IN_WORKBOOK {
            return Err(ExportError::TooManyForWorkbook(self.rows.len() as u64));
        }
        let packed = tokio::task::spawn_blocking(move || self.packed(&about, written));
        Ok(packed.await.map_err(|_| ExportError::Interrupted)??)
    }

    fn packed(self, about: &[(&'static str, String)], written: OffsetDateTime) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let made = ExcelDateTime::from_timestamp(written.unix_timestamp())?;
        book.set_properties(&DocProperties::new().set_title("Inventory").set_creation_datetime(&made));
        let head = Format::new().set_bold();
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let sheet = book.add_worksheet().set_name("Inventory")?;
        for (at, column) in self.columns.iter().enumerate() {
            sheet.write_string_with_format(0, column_at(at), *column, &head)?;
        }
        let last = row_at(self.rows.len());
        for (n, cells) in self.rows.into_iter().enumerate() {
            for (at, cell) in cells.into_iter().enumerate() {
                let (row, column) = (row_at(n + 1), column_at(at));
                match cell {
                    Cell::Text(text) if text.is_empty() => continue,
                    Cell::Text(text) => sheet.write_string(row, column, text)?,
                    Cell::Count(count) => sheet.write_number(row, column, count)?,
                    Cell::At(at) => match ExcelDateTime::from_timestamp(at.unix_timestamp()) {
                        Ok(at) => sheet.write_datetime_with_format(row, column, &at, &time)?,
                        // Before 1900 a sheet knows no time.
                        Err(_) => sheet.write_string(row, column, Cell::At(at).into_text())?,
                    },
                };
            }
        }
        for at in 0..self.columns.len() {
            sheet.set_column_width(column_at(at), 22)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofilter(0, 0, last, column_at(self.columns.len() - 1))?;
        let sheet = book.add_worksheet().set_name("About")?;
        for (n, (what, says)) in about.iter().enumerate() {
            sheet.write_string_with_format(row_at(n), 0, *what, &head)?;
            sheet.write_string(row_at(n), 1, says)?;
        }
        sheet.set_column_width(0, 22)?;
        sheet.set_column_width(1, 60)?;
        book.save_to_buffer()
    }
}

/// There are never more.
fn row_at(n: usize) -> RowNum {
    RowNum::try_from(n).unwrap_or(RowNum::MAX)
}

fn column_at(n: usize) -> ColNum {
    ColNum::try_from(n).unwrap_or(ColNum::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::io::{Cursor, Read as _};
    use time::macros::datetime;
    use zip::ZipArchive;

    const WRITTEN: OffsetDateTime = datetime!(2026-11-29 18:00 UTC);

    fn part(book: &[u8], name: &str) -> String {
        let mut text = String::new();
        ZipArchive::new(Cursor::new(book)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[tokio::test]
    async fn no_cell_is_computed_and_times_are_times() {
        let mut book = Book::new(&["name", "count", "end"]);
        let named = |name: &str, end| vec![Cell::Text(name.into()), Cell::Count(3), Cell::At(end)];
        book.row(named("=HYPERLINK(\"http://x\")", datetime!(2027-01-01 0:00 UTC)));
        book.row(named("a <b> & \u{1}", datetime!(9999-12-31 23:59:59 UTC)));
        book.row(named("@x", datetime!(0001-01-01 0:00 UTC)));
        let book = book.into_bytes(vec![("Filter", "=1+1".into())], WRITTEN).await.unwrap();
        let sheet = part(&book, "xl/worksheets/sheet1.xml");
        assert!(!sheet.contains("<f>") && !part(&book, "xl/worksheets/sheet2.xml").contains("<f>"), "{sheet}");
        // Days since 1900, as a number with a format.
        assert!(sheet.contains("<v>46388</v>"), "{sheet}");
        let texts = part(&book, "xl/sharedStrings.xml");
        for text in ["=HYPERLINK(\"http://x\")", "a &lt;b&gt; &amp;", "@x", "0001-01-01T00:00:00Z", "=1+1"] {
            assert!(texts.contains(text), "{text}: {texts}");
        }
        assert!(part(&book, "docProps/core.xml").contains("2026-11-29T18:00:00Z"), "by the clock that is given");
    }

    #[tokio::test]
    async fn a_workbook_has_its_bound() {
        let mut book = Book::new(&["count"]);
        for _ in 0..=MOST_IN_WORKBOOK {
            book.row(vec![Cell::Count(1)]);
        }
        assert!(matches!(book.into_bytes(vec![], WRITTEN).await, Err(ExportError::TooManyForWorkbook(20_001))));
    }
}
