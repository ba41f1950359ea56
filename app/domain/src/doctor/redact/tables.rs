//! Columns of secrets: tables whose first line names what is in each column.

use super::names::{self, Named};
use super::value::is_harmless;
use crate::doctor::scan::Span;

/// Rows behind one header.
const MOST_ROWS: usize = 1000;

pub(super) fn cells(text: &str) -> Vec<Span> {
    let mut out = vec![];
    let mut table: Option<(char, Vec<usize>, usize, usize)> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        if let Some((separator, secret)) = header(content) {
            table = Some((separator, secret, content.matches(separator).count(), 0));
        } else if let Some((separator, secret, count, rows)) = &mut table {
            *rows += 1;
            let cells = content.matches(*separator).count();
            let prose = matches!(separator, ',' | ';') && cells != *count;
            if prose || cells < *count || *rows > MOST_ROWS {
                table = None;
            } else {
                out.extend(of_row(content, *separator, secret, offset));
            }
        }
        offset += line.len();
    }
    out
}

fn of_row(line: &str, separator: char, secret: &[usize], offset: usize) -> Vec<Span> {
    let mut out = vec![];
    let mut at = 0;
    for (number, cell) in line.split(separator).enumerate() {
        let value = cell.trim().trim_matches(['"', '\'', '`']);
        let start = at + (cell.len() - cell.trim_start().trim_start_matches(['"', '\'', '`']).len());
        // A rule of Markdown; an empty cell.
        let rule = value.bytes().all(|byte| matches!(byte, b'-' | b':'));
        let sentence = matches!(separator, ',' | ';') && value.contains(' ');
        if secret.contains(&number) && !value.is_empty() && !sentence && !rule && !is_harmless(value) {
            out.push(Span { start: offset + start, end: offset + start + value.len() });
        }
        at += cell.len() + separator.len_utf8();
    }
    out
}

/// The columns of secrets, where every cell of the line is a name.
fn header(line: &str) -> Option<(char, Vec<usize>)> {
    const LONGEST: usize = 2000;
    if line.len() > LONGEST {
        return None;
    }
    let separator = ['\t', '|', ';', ','].into_iter().find(|separator| line.contains(*separator))?;
    let names: Vec<String> = line
        .split(separator)
        .map(|cell| names::plain(&cell.replace([' ', '"', '\'', '`', '*', '\u{a0}'], "")))
        .collect();
    // A row of data has numbers and signs.
    let is_name = |name: &String| name.len() <= 40 && name.chars().all(|c| c.is_alphabetic() || matches!(c, '(' | ')'));
    if !names.iter().all(is_name) {
        return None;
    }
    // The portal's list of client secrets: its values are called just so.
    let listed = names.iter().any(|name| name == "secretid");
    let secret: Vec<usize> = (0..names.len())
        .filter(|at| {
            names::kind(&names[*at]) == Some(Named::Secret)
                || (listed && matches!(names[*at].as_str(), "value" | "wert" | "valeur"))
        })
        .collect();
    (!secret.is_empty()).then_some((separator, secret))
}
