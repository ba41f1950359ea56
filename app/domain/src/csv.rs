//! Tables of apps and certificates as CSV (RFC 4180): read whole or not at all, and written so that no spreadsheet takes
//! a name for a formula.

use crate::certificate::Certificate;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};
use crate::upload::read_public;
use std::fmt;

/// Lines of one table, without its header.
pub const MAX_LINES: usize = 2_000;
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Which certificate a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateCell {
    /// Of an uploaded one.
    Sha1(Thumbprint),
    Sha256(Sha256Thumbprint),
    /// The certificate itself.
    Certificate(Box<Certificate>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// In the text, from 1; the header has the first.
    pub number: u64,
    /// An application (client) id, an object id, or a display name.
    pub app: String,
    pub certificate: CertificateCell,
    /// Empty: the certificate's subject.
    pub display_name: String,
}

/// A line that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    pub number: u64,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("The table has {bytes} bytes; at most {MAX_BYTES} are taken")]
    TooLarge { bytes: usize },
    #[error("The table has no lines")]
    Empty,
    #[error("The table has more than {MAX_LINES} lines")]
    TooManyLines,
    #[error("The table has no column “{0}”")]
    NoColumn(&'static str),
    #[error("The table has the column “{0}” twice")]
    TwoColumns(&'static str),
    #[error("The table has a column “{0}”, which says nothing here")]
    UnknownColumn(String),
    #[error("{} of the table cannot be used", lines(.0.len()))]
    BadLines(Vec<BadLine>),
}

fn lines(count: usize) -> String {
    if count == 1 { "1 line".into() } else { format!("{count} lines") }
}

impl TableError {
    pub fn advice(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooManyLines => "Send it in parts.",
            Self::BadLines(_) => "Nothing was taken of it. Put these lines right and send the table again.",
            _ => "Its first line must name the columns: app, certificate and, if wanted, display_name.",
        }
    }
}

/// The columns that a table may have, whatever their order and case.
const COLUMNS: [&str; 3] = ["app", "certificate", "display_name"];

/// Reads a table.
///
/// # Errors
/// [`TableError::BadLines`] names every line that is wrong.
pub fn import(text: &str) -> Result<Vec<Line>, TableError> {
    if text.len() > MAX_BYTES {
        return Err(TableError::TooLarge { bytes: text.len() });
    }
    // Spreadsheets put one in front.
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| TableError::Empty)?.clone();
    let [app, certificate, display_name] = columns(&header)?;
    let app = app.ok_or(TableError::NoColumn("app"))?;
    let certificate = certificate.ok_or(TableError::NoColumn("certificate"))?;
    let (mut good, mut bad) = (vec![], vec![]);
    let mut count = LineCount { text, at: 0, lines: 1 };
    for record in reader.records() {
        if good.len() + bad.len() == MAX_LINES {
            return Err(TableError::TooManyLines);
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let number = count.at(error.position());
                bad.push(BadLine { number, why: "it is not text in UTF-8.".into() });
                continue;
            }
        };
        let number = count.at(record.position());
        // A line of nothing but separators is a spreadsheet's empty row.
        if record.iter().all(str::is_empty) {
            continue;
        }
        let cell = |at: usize| record.get(at).map(armed).unwrap_or_default();
        let line = if record.len() > header.len() {
            Err(format!("it has {} cells, and the header {}.", record.len(), header.len()))
        } else if cell(app).is_empty() {
            Err("it names no app.".into())
        } else {
            read_certificate(cell(certificate)).map(|certificate| Line {
                number,
                app: cell(app).to_owned(),
                certificate,
                display_name: display_name.map(cell).unwrap_or_default().to_owned(),
            })
        };
        match line {
            Ok(line) => good.push(line),
            Err(why) => bad.push(BadLine { number, why }),
        }
    }
    match (good.is_empty(), bad.is_empty()) {
        (true, true) => Err(TableError::Empty),
        (_, true) => Ok(good),
        (_, false) => Err(TableError::BadLines(bad)),
    }
}

/// The reader's own count is one behind where lines end in CR LF.
struct LineCount<'t> {
    text: &'t str,
    at: usize,
    lines: u64,
}

impl LineCount<'_> {
    /// Of the first character of a record that begins there. Records are asked for in order.
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let bytes = self.text.as_bytes();
        let begin = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let ends = bytes.get(begin..).unwrap_or_default().iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let passed = bytes.get(self.at..begin + ends).unwrap_or_default();
        self.lines += passed.iter().filter(|byte| **byte == b'\n').fold(0, |sum, _| sum + 1);
        self.at = begin + ends;
        self.lines
    }
}

/// Where the list separator is not the comma, spreadsheets write a semicolon or a tab.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    *b",;\t".iter().max_by_key(|delimiter| header.bytes().filter(|byte| byte == *delimiter).count()).unwrap_or(&b',')
}

fn columns(header: &csv::StringRecord) -> Result<[Option<usize>; 3], TableError> {
    let mut places = [None; 3];
    for (at, name) in header.iter().enumerate() {
        let plain = name.to_ascii_lowercase().replace([' ', '-'], "_");
        match COLUMNS.iter().position(|column| *column == plain) {
            Some(column) if places[column].is_some() => return Err(TableError::TwoColumns(COLUMNS[column])),
            Some(column) => places[column] = Some(at),
            None if name.is_empty() => {}
            None => return Err(TableError::UnknownColumn(name.chars().take(40).collect())),
        }
    }
    Ok(places)
}

fn read_certificate(cell: &str) -> Result<CertificateCell, String> {
    if cell.is_empty() {
        return Err("it names no certificate.".into());
    }
    if let Ok(sha256) = cell.parse() {
        return Ok(CertificateCell::Sha256(sha256));
    }
    if let Ok(sha1) = cell.parse() {
        return Ok(CertificateCell::Sha1(sha1));
    }
    match read_public(cell.as_bytes()) {
        Ok(upload) => Ok(CertificateCell::Certificate(Box::new(upload.leaf))),
        Err(_) if cell.len() < 100 => Err(format!("“{cell}” is neither a thumbprint nor a certificate.")),
        Err(error) => Err(format!("its certificate cannot be read: {error}.")),
    }
}

/// What begins so is a formula to a spreadsheet
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// A cell without the apostrophe that [`Table`] puts before a formula.
fn armed(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// A table to be written.
pub struct Table(csv::Writer<Vec<u8>>);

impl Table {
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]));
        table.row(columns.iter().copied());
        table
    }

    /// Cells that a spreadsheet would compute get an apostrophe in front, which [`import`] takes away again.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        let cells = cells.into_iter().map(|cell| if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() });
        // Into memory: it cannot fail, and all rows have as many cells as the header.
        let _ = self.0.write_record(cells);
    }

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
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    const SHA1: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";

    fn bad(text: &str) -> Vec<(u64, String)> {
        match import(text) {
            Err(TableError::BadLines(lines)) => lines.into_iter().map(|line| (line.number, line.why)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn columns_may_come_in_any_order_and_case() {
        for text in [
            format!("app,certificate,display_name\npayroll,{SHA1},next\n"),
            format!("\u{feff}Display Name;CERTIFICATE;App\r\nnext;{SHA1};payroll\r\n;;\r\n"),
            format!("certificate\tdisplay-name\tapp\n{}\tnext\tpayroll", SHA1.to_lowercase()),
        ] {
            let line = import(&text).unwrap().remove(0);
            assert_eq!((line.number, line.app.as_str(), line.display_name.as_str()), (2, "payroll", "next"), "{text}");
            assert_eq!(line.certificate, CertificateCell::Sha1(SHA1.parse().unwrap()));
        }
    }

    #[test]
    fn every_bad_line_is_named() {
        let text = format!("app,certificate\n,{SHA1}\npayroll,\npayroll,xyz\npayroll,{SHA1},x,y\npayroll,{SHA1}\n");
        let lines = bad(&text);
        assert_eq!(lines.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 3, 4, 5]);
        assert!(lines[0].1.contains("no app") && lines[1].1.contains("no certificate"), "{lines:?}");
        assert!(lines[2].1.contains("“xyz”") && lines[3].1.contains("4 cells"), "{lines:?}");
    }

    #[test]
    fn a_table_that_is_none_is_refused() {
        assert_eq!(import(""), Err(TableError::NoColumn("app")));
        assert_eq!(import("app\nx\n"), Err(TableError::NoColumn("certificate")));
        assert_eq!(import("app,certificate\n"), Err(TableError::Empty));
        assert_eq!(import("app,certificate,app\n"), Err(TableError::TwoColumns("app")));
        assert_eq!(import("app,certificate,key\n"), Err(TableError::UnknownColumn("key".into())));
        let many = format!("app,certificate\n{}", format!("x,{SHA1}\n").repeat(MAX_LINES + 1));
        assert_eq!(import(&many), Err(TableError::TooManyLines));
        assert_eq!(import(&"x".repeat(MAX_BYTES + 1)), Err(TableError::TooLarge { bytes: MAX_BYTES + 1 }));
    }

    #[test]
    fn a_private_key_in_a_cell_is_not_read() {
        let key = "-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEAq7BFUpkGp3+LQmlQ\n-----END PRIVATE KEY-----";
        let lines = bad(&format!("app,certificate\npayroll,\"{key}\"\n"));
        assert!(lines[0].1.contains("private key") && !lines[0].1.contains("MIIB"), "{lines:?}");
    }

    #[test]
    fn formulas_are_defused_and_come_back() {
        let mut table = Table::new(&["app", "certificate"]);
        let names = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "a \"quoted\", name", "plain"];
        for name in names {
            table.row([name, SHA1]);
        }
        let text = table.into_text();
        assert!(text.lines().skip(1).all(|line| !is_formula(line.trim_start_matches('"'))), "{text}");
        let read: Vec<String> = import(&text).unwrap().into_iter().map(|line| line.app).collect();
        assert_eq!(read, names);
    }
}
