//! Columns of secrets: tables whose first line names what is in each column.

use super::names::{self, Named};
use super::value::is_harmless;
use crate::doctor::scan::{Span, any_of};

/// Rows behind one header.
const MOST_ROWS: usize = 1000;

pub(super) fn cells(text: &str) -> Vec<Span> {
    let mut out = vec![];
    let mut table: Option<(char, Vec<usize>, usize, usize)> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(any_of("\n\r"));
        if is_rule(content) {
            offset += line.len();
            continue;
        }
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

/// A line between rows, drawn or typed.
fn is_rule(line: &str) -> bool {
    let drawn = |c: char| matches!(c, '\u{2500}'..='\u{257f}' | '-' | '+' | '=' | '|' | ':' | ' ');
    line.chars().filter(|c| !matches!(c, ' ' | '│' | '┃' | '║' | '|')).count() >= 3 && line.chars().all(drawn)
}

/// Columns whose cells are secrets.
fn secret_columns(names: &[String]) -> Vec<usize> {
    // The portal's list of client secrets: its values are called just so.
    let listed = names.iter().any(|name| name == "secretid");
    let is_secret = |name: &str| {
        names::kind(name) == Some(Named::Secret) || (listed && matches!(name, "value" | "wert" | "valeur"))
    };
    (0..names.len()).filter(|at| is_secret(&names[*at])).collect()
}

/// Tables of the Azure CLI and of PowerShell: a line of names, a line of dashes under each, and cells below them.
pub(super) fn columns(text: &str) -> Vec<Span> {
    let mut out = vec![];
    let (mut above, mut offset) = ("", 0);
    // Where each column of secrets begins and the next one does, in characters; and rows that are left.
    let mut table: (Vec<(usize, usize)>, usize) = (vec![], 0);
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(any_of("\n\r"));
        if let Some(starts) = dashes(content) {
            table = (secrets_under(above, &starts), MOST_ROWS);
        } else if content.trim().is_empty() || table.1 == 0 {
            table.0.clear();
        } else {
            table.1 -= 1;
            let cells = table.0.iter().filter_map(|(start, end)| cell(content, *start, *end));
            out.extend(cells.map(|span| Span { start: offset + span.start, end: offset + span.end }));
        }
        above = content;
        offset += line.len();
    }
    out
}

/// Where the runs of dashes of a line begin, in characters; there are several, and nothing else.
fn dashes(line: &str) -> Option<Vec<usize>> {
    let all = line.contains("--") && line.bytes().all(|byte| matches!(byte, b'-' | b' '));
    let begins = |at: usize| line.as_bytes()[at] == b'-' && (at == 0 || line.as_bytes()[at - 1] == b' ');
    let starts: Vec<usize> = if all { (0..line.len()).filter(|at| begins(*at)).collect() } else { vec![] };
    (starts.len() > 1).then_some(starts)
}

fn secrets_under(header: &str, starts: &[usize]) -> Vec<(usize, usize)> {
    const LONGEST: usize = 2000;
    if header.len() > LONGEST {
        return vec![];
    }
    let ends = || starts.iter().skip(1).copied().chain([usize::MAX]);
    let name = |(start, end): (&usize, usize)| -> String {
        names::plain(&header.chars().skip(*start).take(end - start).filter(|c| !c.is_whitespace()).collect::<String>())
    };
    let names: Vec<String> = starts.iter().zip(ends()).map(name).collect();
    let bounds: Vec<(usize, usize)> = starts.iter().copied().zip(ends()).collect();
    secret_columns(&names).into_iter().map(|at| bounds[at]).collect()
}

/// What stands in a column, with what runs over its end. `None`: the line is none of the table's.
fn cell(line: &str, start: usize, end: usize) -> Option<Span> {
    let byte = |place: usize| line.char_indices().nth(place).map_or(line.len(), |(at, _)| at);
    let (from, mut to) = (byte(start), byte(end));
    let blank = |c: char| c.is_whitespace();
    if from >= line.len() || !(from == 0 || line[..from].ends_with(blank)) {
        return None;
    }
    if to > from && !line[..to].ends_with(blank) {
        to += line[to..].find(blank).unwrap_or(line.len() - to);
    }
    let part = line.get(from..to)?;
    let value = part.trim();
    let begin = from + (part.len() - part.trim_start().len());
    (!value.is_empty() && !is_harmless(value)).then_some(Span { start: begin, end: begin + value.len() })
}

fn of_row(line: &str, separator: char, secret: &[usize], offset: usize) -> Vec<Span> {
    let mut out = vec![];
    let mut at = 0;
    for (number, cell) in line.split(separator).enumerate() {
        let value = cell.trim().trim_matches(any_of("\"'`"));
        let start = at + (cell.len() - cell.trim_start().trim_start_matches(any_of("\"'`")).len());
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
    let separator = ['\t', '|', '│', '┃', '║', ';', ','].into_iter().find(|separator| line.contains(*separator))?;
    let names: Vec<String> = line
        .split(separator)
        .map(|cell| names::plain(&cell.replace([' ', '"', '\'', '`', '*', '\u{a0}'], "")))
        .collect();
    // A row of data has numbers and signs.
    let is_name = |name: &String| name.len() <= 40 && name.chars().all(|c| c.is_alphabetic() || matches!(c, '(' | ')'));
    if !names.iter().all(is_name) {
        return None;
    }
    let secret = secret_columns(&names);
    (!secret.is_empty()).then_some((separator, secret))
}
