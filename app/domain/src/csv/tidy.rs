//! A table as the reader takes it: one kind of line end, no blanks around quotes, and the line of each record.

use super::{BadLine, TableError};

/// The text, and where each of its lines stands in the original.
pub(super) struct Tidy {
    pub text: String,
    /// Beginnings of records here, and their lines there.
    lines: Vec<(usize, u64)>,
}

impl Tidy {
    /// The line in which the record begins that stands here at `at`.
    pub(super) fn line(&self, at: usize) -> u64 {
        let next = self.lines.partition_point(|(start, _)| *start <= at);
        next.checked_sub(1).and_then(|last| self.lines.get(last)).map_or(1, |(_, line)| *line)
    }
}

/// `first`: the number of the first line.
///
/// # Errors
/// [`TableError::BadLines`] for a quote that is never closed, and for text behind a closing one: what either means cannot
/// be told.
pub(super) fn tidy(text: &str, delimiter: char, first: u64) -> Result<Tidy, TableError> {
    let mut out = Tidy { text: String::with_capacity(text.len()), lines: vec![(0, first)] };
    let mut bad = vec![];
    let mut line = first;
    let mut rest = text.chars().peekable();
    // In a quoted cell, its line; behind one; at a cell's beginning, with blanks that were not written yet.
    let (mut quoted, mut closed, mut begins, mut blanks) = (None, false, true, String::new());
    while let Some(c) = rest.next() {
        if c == '\r' || c == '\n' {
            if c == '\r' && rest.peek() == Some(&'\n') {
                rest.next();
            }
            line += 1;
            out.text.push('\n');
            if quoted.is_none() {
                (closed, begins) = (false, true);
                blanks.clear();
                out.lines.push((out.text.len(), line));
            }
            continue;
        }
        if quoted.is_some() {
            out.text.push(c);
            if c == '"' && rest.peek() == Some(&'"') {
                out.text.push('"');
                rest.next();
            } else if c == '"' {
                (quoted, closed) = (None, true);
            }
        } else if c == delimiter {
            (closed, begins) = (false, true);
            blanks.clear();
            out.text.push(c);
        } else if is_blank(c) && (begins || closed) {
            blanks.push(c);
        } else if c == '"' && begins {
            (quoted, begins) = (Some(line), false);
            blanks.clear();
            out.text.push(c);
        } else if closed {
            bad.push(BadLine {
                number: line,
                why: "text stands behind a closing quote; write a quote in a cell twice.".into(),
            });
            closed = false;
        } else {
            begins = false;
            out.text.push_str(&std::mem::take(&mut blanks));
            out.text.push(c);
        }
    }
    if let Some(line) = quoted {
        bad.push(BadLine { number: line, why: "a quote is opened that is never closed.".into() });
    }
    if bad.is_empty() { Ok(out) } else { Err(TableError::BadLines(bad)) }
}

/// Blanks and signs that nobody sees.
pub(super) fn is_blank(c: char) -> bool {
    (c.is_whitespace() && !matches!(c, '\t' | '\r' | '\n'))
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
