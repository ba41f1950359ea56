//! Tables that are written, so that no spreadsheet takes a name for a formula.

use std::fmt;

/// What begins so is a formula to a spreadsheet
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
pub(super) fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Where a spreadsheet with another list separator cuts a cell in two.
const SEPARATORS: [char; 2] = [';', '\t'];

/// A part that would be computed, or that only its apostrophes keep from it.
fn is_guarded(part: &str) -> bool {
    is_formula(part.trim_start_matches([' ', '\'']))
}

/// Each part of a cell as `change` makes it.
fn by_parts(cell: &str, change: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(cell.len() + 1);
    for part in cell.split_inclusive(SEPARATORS) {
        out.push_str(&change(part).unwrap_or_else(|| part.to_owned()));
    }
    out
}

/// With an apostrophe before all that a spreadsheet would compute.
pub(super) fn guarded(cell: &str) -> String {
    by_parts(cell, |part| is_guarded(part).then(|| format!("'{part}")))
}

/// Without the apostrophes that [`guarded`] puts in.
pub(super) fn unguarded(cell: &str) -> String {
    by_parts(cell, |part| part.strip_prefix('\'').filter(|rest| is_guarded(rest)).map(str::to_owned))
}

/// A table to be written.
pub struct Table(csv::Writer<Vec<u8>>);

impl Table {
    /// With these as its header.
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]));
        table.row(columns.iter().copied());
        table
    }

    /// Cells that a spreadsheet would compute get an apostrophe in front, which [`super::import`] takes away again; so
    /// do parts of cells behind a semicolon or a tab, where another spreadsheet begins a new cell.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        let cells = cells.into_iter().map(guarded);
        // Into memory: it cannot fail, and all rows have as many cells as the header.
        let _ = self.0.write_record(cells);
    }

    /// Lines end in CRLF (RFC 4180).
    pub fn into_text(self) -> String {
        self.0.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_comes_back_as_it_was() {
        for cell in [
            "=1+1", "'=1", "''=1", "a;=1", "a;'=1", "a; =1", "a\t+2", ";@x;-1", "it's", "'quoted'", "", "a;b", "-", "'",
        ] {
            assert_eq!(unguarded(&guarded(cell)), cell, "{cell}");
            let parts: Vec<String> = guarded(cell).split(SEPARATORS).map(str::to_owned).collect();
            assert!(parts.iter().all(|part| !is_formula(part.trim_start())), "{cell}: {parts:?}");
        }
    }
}
