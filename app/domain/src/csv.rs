//! Tables of apps and certificates as CSV (RFC 4180): read whole or not at all, and written so that no spreadsheet takes
//! a name for a formula.

mod columns;
mod given;
mod table;
mod tidy;

pub use given::{given_table, import_given};
pub use table::Table;

use crate::certificate::Certificate;
use crate::digest_text::{self, Digest};
use crate::office::OfficeFile;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};
use crate::upload::read_public;
use columns::Columns;
use tidy::{Tidy, is_blank};

/// Lines of one table, without its header.
pub const MAX_LINES: usize = 2_000;
/// Bytes of one table: a table of certificates in PEM is large.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Which certificate a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateCell {
    /// Of an uploaded one.
    Sha1(Thumbprint),
    /// Of an uploaded one.
    Sha256(Sha256Thumbprint),
    /// The certificate itself.
    Certificate(Box<Certificate>),
}

/// One app and one certificate that it is to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// In the text, from 1; the header has the first.
    pub number: u64,
    /// An application (client) id, an object id, or a display name.
    pub app: String,
    /// What stands in its column.
    pub certificate: CertificateCell,
    /// Empty: the certificate's subject.
    pub display_name: String,
}

/// A line that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// In the text, from 1; the header has the first.
    pub number: u64,
    /// In words, to stand behind the number.
    pub why: String,
}

/// Why nothing of a table is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// More than [`MAX_BYTES`].
    #[error("The table has {bytes} bytes; at most {MAX_BYTES} are taken")]
    TooLarge {
        /// That it has.
        bytes: usize,
    },
    /// No line, or a header alone.
    #[error("The table has no lines")]
    Empty,
    /// More than [`MAX_LINES`].
    #[error("The table has more than {MAX_LINES} lines")]
    TooManyLines,
    /// It is not in the header under any of its names.
    #[error("The table has no column “{0}”")]
    NoColumn(&'static str),
    /// By two of its names, or twice by one.
    #[error("The table has the column “{0}” twice")]
    TwoColumns(&'static str),
    /// As the header has it.
    #[error("The table has a column “{0}”, which says nothing here")]
    UnknownColumn(String),
    /// Replacement characters or zeros are in it.
    #[error("The table is in a charset that could not be read here: it has signs that were lost")]
    Charset,
    /// An office document, by its name.
    #[error("It is {0}, and no CSV")]
    Office(OfficeFile),
    /// Of something else.
    #[error("It is a ZIP archive, and no CSV")]
    Zip,
    /// All of them, in the table's order.
    #[error("{} of the table cannot be used", lines(.0.len()))]
    BadLines(Vec<BadLine>),
}

fn lines(count: usize) -> String {
    if count == 1 { "1 line".into() } else { format!("{count} lines") }
}

impl TableError {
    /// What to do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooManyLines => "Send it in parts.",
            Self::BadLines(_) => "Nothing was taken of it. Put these lines right and send the table again.",
            Self::Office(_) => "Open it, save the sheet as “CSV UTF-8”, and send that.",
            Self::Zip => "Unpack it, and send the CSV that is in it.",
            Self::Charset => "Save it as “CSV UTF-8”, or choose the file instead of copying it.",
            _ => "Its first line must name the columns: app, certificate and, if wanted, display_name.",
        }
    }
}

/// Reads a table. The list of apps is one too, as it is downloaded here: its lines without a thumbprint, and those of
/// entries that do not verify, name no certificate that could be added, and are passed over.
///
/// # Errors
/// [`TableError::BadLines`] names every line that is wrong.
pub fn import(text: &str) -> Result<Vec<Line>, TableError> {
    let lines = read(text, columns::find, read_line)?;
    if lines.is_empty() { Err(TableError::Empty) } else { Ok(lines) }
}

/// Reads every line of a table by the columns that its header has. `line`: `None` where it is passed over.
fn read<C, T>(
    text: &str,
    columns: impl Fn(&csv::StringRecord) -> Result<C, TableError>,
    mut line: impl FnMut(&csv::StringRecord, &C, u64) -> Result<Option<T>, String>,
) -> Result<Vec<T>, TableError> {
    if text.len() > MAX_BYTES {
        return Err(TableError::TooLarge { bytes: text.len() });
    }
    if let Some(file) = OfficeFile::of(text.as_bytes()) {
        return Err(TableError::Office(file));
    }
    if text.starts_with("PK\u{3}\u{4}") {
        return Err(TableError::Zip);
    }
    // A replacement character is all that a wrong charset leaves of a sign; zeros are UTF-16.
    if text.contains(['\u{fffd}', '\0']) {
        return Err(TableError::Charset);
    }
    // Spreadsheets put a mark in front, and Excel a line that names its separator.
    let text = text.trim_start_matches('\u{feff}');
    let (named, text, first) = without_separator_line(text);
    let delimiter = named.unwrap_or_else(|| delimiter(text));
    let tidy = tidy::tidy(text, delimiter, first)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(tidy.text.as_bytes());
    let header = reader.headers().map_err(|_| TableError::Empty)?.clone();
    let columns = columns(&header)?;
    let (mut good, mut bad) = (vec![], vec![]);
    for record in reader.records() {
        if good.len() + bad.len() == MAX_LINES {
            return Err(TableError::TooManyLines);
        }
        // Text in memory that is UTF-8 already: nothing of it can fail.
        let Ok(record) = record else { continue };
        // A line of nothing but separators is a spreadsheet's empty row.
        if record.iter().all(str::is_empty) {
            continue;
        }
        let number = line_of(&tidy, &record);
        let understood = if record.len() > header.len() {
            Err(format!("it has {} cells, and the header {}.", record.len(), header.len()))
        } else {
            line(&record, &columns, number)
        };
        match understood {
            Ok(Some(line)) => good.push(line),
            Ok(None) => {}
            Err(why) => bad.push(BadLine { number, why }),
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(TableError::BadLines(bad)) }
}

/// `None`: the line is passed over.
fn read_line(record: &csv::StringRecord, columns: &Columns, number: u64) -> Result<Option<Line>, String> {
    let cell = |at: usize| record.get(at).map(value).unwrap_or_default();
    if columns.usage.is_some_and(|usage| cell(usage) != "Verify" || cell(columns.certificate).is_empty()) {
        return Ok(None);
    }
    if cell(columns.app).is_empty() {
        return Err("it names no app.".into());
    }
    let certificate = read_certificate(&cell(columns.certificate))?;
    let display_name = columns.display_name.map(cell).unwrap_or_default();
    Ok(Some(Line { number, app: cell(columns.app), certificate, display_name }))
}

fn line_of(tidy: &Tidy, record: &csv::StringRecord) -> u64 {
    let at = record.position().and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(0);
    // The reader gives where it went on; blank lines before the record are no part of it.
    let blank = tidy.text[at.min(tidy.text.len())..].bytes().take_while(|byte| *byte == b'\n').count();
    tidy.line(at + blank)
}

/// A cell without invisible signs around it, without the apostrophes that [`Table`] puts in, and without the `="…"` that
/// keeps a spreadsheet from computing.
fn value(cell: &str) -> String {
    let cell = cell.trim_matches(is_blank);
    let text = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let Some(text) = text else { return table::unguarded(cell) };
    text.replace("\"\"", "\"").trim_matches(is_blank).to_owned()
}

/// `sep=;` of Excel, also in quotes: the separator, what follows, and the number of the line that follows.
fn without_separator_line(text: &str) -> (Option<char>, &str, u64) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let bare = line.trim_matches(|c| c == '"' || c == ' ');
    let (name, signs) = bare.split_once('=').unwrap_or_default();
    let named = name.trim_end().eq_ignore_ascii_case("sep").then(|| signs.trim_start_matches(' '));
    // Written by a program that meant a tab, and by hand.
    let separator = match named.unwrap_or_default().trim_end_matches('\'').trim_start_matches('\'') {
        "\\t" | "\\\\t" | "\\x09" | "{tab}" | "TAB" | "tab" => Some('\t'),
        signs => signs.chars().next().filter(char::is_ascii),
    };
    let Some(separator) = separator else { return (None, text, 1) };
    let rest = &text[line.len()..];
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
    (Some(separator), rest, 2)
}

/// Where the list separator is not the comma, spreadsheets write a semicolon or a tab. What stands in quotes separates
/// nothing.
fn delimiter(text: &str) -> char {
    let header = text.split(['\r', '\n']).next().unwrap_or_default();
    let outside: String = header.split('"').step_by(2).collect();
    let count = |delimiter: &char| outside.chars().filter(|c| c == delimiter).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(count).unwrap_or(',')
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
    if cell.len() < 200
        && let [(digest, _)] = digest_text::in_text(cell)[..]
    {
        return Ok(match digest {
            Digest::Sha1(sha1) => CertificateCell::Sha1(sha1),
            Digest::Sha256(sha256) => CertificateCell::Sha256(sha256),
        });
    }
    if is_computed_number(cell) {
        return Err(format!(
            "“{cell}” is a number that a spreadsheet has made of a thumbprint. Set the column to text there, and paste the thumbprint again."
        ));
    }
    match read_public(cell.as_bytes()) {
        Ok(upload) => Ok(CertificateCell::Certificate(Box::new(upload.leaf))),
        Err(_) if cell.len() < 100 => Err(format!("“{cell}” is neither a thumbprint nor a certificate.")),
        Err(error) => Err(format!("its certificate cannot be read: {error}.")),
    }
}

/// `1.23457E+39`
fn is_computed_number(cell: &str) -> bool {
    let Some((digits, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let all =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    all(digits) && exponent.strip_prefix(['+', '-']).is_some_and(all)
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
        assert!(text.lines().skip(1).all(|line| !table::is_formula(line.trim_start_matches('"'))), "{text}");
        let read: Vec<String> = import(&text).unwrap().into_iter().map(|line| line.app).collect();
        assert_eq!(read, names);
    }
}
