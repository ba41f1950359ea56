//! What stands around lines: colours, soft breaks of mails, frames, prefixes of logs, cuts of a terminal.

use super::{Normal, Rewrite};
use crate::doctor::scan::any_of;

/// Takes it off. Line breaks stay, but those that a mail program or a terminal has made.
pub(in crate::doctor) fn unframed(text: &str) -> Normal {
    let plain = super::markup::without_colours(&Normal::of(text));
    let plain = without_soft_breaks(&plain);
    let plain = without_prefixes(&plain);
    let plain = joined_strings(&plain);
    without_hard_wraps(&plain)
}

/// Each line without its end, and where it begins.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            (start, line.trim_end_matches(any_of("\n\r")))
        })
        .collect()
}

/// Quoted-printable (RFC 2045, section 6.7): `=` at a line's end, and `=3D` for a sign.
fn without_soft_breaks(from: &Normal) -> Normal {
    let text = &from.text;
    let declared = text.to_ascii_lowercase().contains("content-transfer-encoding: quoted-printable");
    let is_soft = |line: &str| {
        let length = line.chars().count();
        line.ends_with('=')
            && length <= 76
            // Base64 ends so too; it has no blank.
            && (declared || (length >= 60 && line.contains(' ')))
    };
    let all = lines(text);
    if !declared && !all.iter().any(|(_, line)| is_soft(line)) {
        return from.clone();
    }
    let signs = declared || text.contains("=3D");
    let mut out = Rewrite::new(from);
    for (number, (start, line)) in all.iter().enumerate() {
        let next = all.get(number + 1).map_or(text.len(), |(next, _)| *next);
        let soft = is_soft(line);
        let end = start + line.len() - usize::from(soft);
        let mut at = *start;
        while at < end {
            let found = if signs { text[at..end].find('=').map(|found| at + found) } else { None };
            let Some(found) = found else { break };
            out.keep(at, found);
            let bytes = quoted_bytes(&text[found..end]);
            if bytes.is_empty() {
                out.keep(found, found + 1);
                at = found + 1;
                continue;
            }
            for c in String::from_utf8_lossy(&bytes).chars() {
                out.put(c, found);
            }
            at = found + 3 * bytes.len();
        }
        out.keep(at.min(end), end);
        if !soft {
            out.keep(end, next);
        }
    }
    out.done()
}

/// `=E2=80=99`: upper-case digits only.
fn quoted_bytes(text: &str) -> Vec<u8> {
    let mut out = vec![];
    for part in text.as_bytes().chunks(3) {
        let [b'=', one, two] = part else { break };
        let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte);
        if !is_digit(one) || !is_digit(two) {
            break;
        }
        out.extend(hex::decode(&part[1..]).unwrap_or_default());
    }
    out
}

/// Frames and log prefixes. A timestamp counts as a prefix only where a neighbouring line has one too: else it may be all
/// that tells the time.
fn without_prefixes(from: &Normal) -> Normal {
    let all = lines(&from.text);
    let frames: Vec<usize> = all.iter().map(|(_, line)| frame(line)).collect();
    let marks: Vec<usize> = all.iter().zip(&frames).map(|((_, line), at)| at + mark(&line[*at..])).collect();
    let logs: Vec<usize> = all.iter().zip(&frames).map(|((_, line), at)| at + log_prefix(&line[*at..])).collect();
    let mut out = Rewrite::new(from);
    for (number, (start, line)) in all.iter().enumerate() {
        let next = all.get(number + 1).map_or(from.text.len(), |(next, _)| *next);
        // The same in the line before or behind.
        let beside = |prefixes: &[usize], same: bool| {
            [number.checked_sub(1), Some(number + 1)].into_iter().flatten().any(|other| {
                let (Some((_, text)), Some(length)) = (all.get(other), prefixes.get(other)) else { return false };
                let (here, there) = (&line[frames[number]..prefixes[number]], &text[frames[other]..*length]);
                !there.is_empty() && (!same || here == there)
            })
        };
        let begin = if logs[number] > frames[number] && beside(&logs, false) {
            logs[number]
        } else if marks[number] > frames[number] && beside(&marks, true) {
            marks[number]
        } else {
            frames[number]
        };
        let has_bar = begin > 0 && line[..begin].contains(is_bar);
        let end =
            if has_bar { line.trim_end_matches(|c: char| is_bar(c) || c == ' ').len().max(begin) } else { line.len() };
        out.keep(start + begin, start + end);
        out.keep(start + line.len(), next);
    }
    out.done()
}

fn is_bar(c: char) -> bool {
    matches!(
        c,
        '│' | '┃'
            | '║'
            | '┆'
            | '┊'
            | '╎'
            | '╏'
            | '¦'
            | '▌'
            | '▏'
            | '|'
            | '╷'
            | '╵'
            | '╭'
            | '╰'
            | '┌'
            | '└'
    )
}

/// Bars, quotes of a mail, and the line numbers of PowerShell's error view.
fn frame(line: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = line[at..].trim_start();
        let blanks = line.len() - rest.len();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let bar = rest[digits..].trim_start();
        let Some(c) = bar.chars().next() else { return at };
        let behind = &bar[c.len_utf8()..];
        let alone = behind.is_empty() || behind.starts_with(any_of(" \t"));
        // "| a | b |" is a table's row, and its first bar no less a frame.
        let is_frame = (c == '>' && digits == 0 && (alone || behind.starts_with('>')))
            || (is_bar(c) && (c != '|' || alone) && digits < 6);
        if !is_frame {
            return at;
        }
        let used = blanks + (rest.len() - behind.len());
        at = used + usize::from(behind.starts_with(' '));
    }
}

/// Signs at a line's beginning, with a blank behind them: comments, lists.
fn mark(line: &str) -> usize {
    let text = line.trim_start();
    let rest = text.trim_start_matches(any_of("#/*+%"));
    let signs = text.len() - rest.len();
    if (1..=4).contains(&signs) && rest.starts_with(' ') { line.len() - rest.trim_start().len() } else { 0 }
}

/// A time of day, what stands with it, and the words that loggers put behind it; or a container's name and a bar.
fn log_prefix(line: &str) -> usize {
    let container = || {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let name = line.len() - rest.len();
        let bar = rest.trim_start_matches(' ').strip_prefix("| ")?;
        (1..=60).contains(&name).then_some(line.len() - bar.len())
    };
    let Some(time) = time_of_day(line) else { return container().unwrap_or(0) };
    let mut at = time;
    for _ in 0..8 {
        let rest = line[at..].trim_start();
        let blanks = line.len() - rest.len();
        // "Trace" is also how Entra's "Trace ID" begins.
        if rest.get(..8).is_some_and(|words| words.eq_ignore_ascii_case("trace id")) {
            break;
        }
        match log_word(rest) {
            0 => break,
            length => at = blanks + length,
        }
    }
    at + (line[at..].len() - line[at..].trim_start().len())
}

/// Behind the time at a line's beginning, its fraction and zone.
fn time_of_day(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let colon = |at: usize| bytes.get(at) == Some(&b':');
    let at = (0..36.min(bytes.len())).find(|at| {
        let at = *at;
        digit(at)
            && digit(at + 1)
            && colon(at + 2)
            && digit(at + 3)
            && digit(at + 4)
            && colon(at + 5)
            && digit(at + 6)
            && digit(at + 7)
    })?;
    // Before it a date: digits, signs, and names of months and days.
    let date = &line[..at];
    let is_date =
        date.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '/' | '.' | ',' | '[' | '(' | '<'))
            && date.split(|c: char| !c.is_ascii_alphabetic()).all(|word| word.len() <= 3)
            && !date.starts_with(|c: char| c.is_ascii_lowercase());
    if !is_date {
        return None;
    }
    let rest = line[at + 8..].trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    let rest = rest.strip_prefix('Z').unwrap_or(rest);
    let zone =
        rest.strip_prefix(any_of("+-")).map(|zone| zone.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':'));
    let rest = zone.unwrap_or(rest);
    let rest = rest.strip_prefix(any_of("])>")).unwrap_or(rest);
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    (rest.is_empty() || rest.starts_with(any_of(" \t"))).then_some(line.len() - rest.len())
}

/// The length of one word of a logger: a level, a name in brackets, a sign, a stream and a bar, a host and a process.
fn log_word(text: &str) -> usize {
    const LEVELS: [&str; 20] = [
        "INFO",
        "INFORMATION",
        "WARN",
        "WARNING",
        "ERROR",
        "ERR",
        "DEBUG",
        "DBG",
        "TRACE",
        "FATAL",
        "CRITICAL",
        "VERBOSE",
        "NOTICE",
        "STDOUT",
        "STDERR",
        "SEVERE",
        "E",
        "W",
        "F",
        "P",
    ];
    let word = text.split(any_of(" \t")).next().unwrap_or_default();
    let bare = word.trim_end_matches(any_of(":]")).trim_start_matches('[');
    if matches!(word, "|" | "-" | "--" | ":" | "::") || LEVELS.iter().any(|level| bare.eq_ignore_ascii_case(level)) {
        return word.len();
    }
    // Azure Pipelines and GitHub Actions: "##[error]".
    if let Some(inside) = text.strip_prefix("##[").and_then(|rest| rest.split(']').next())
        && inside.len() <= 20
        && inside.len() + 3 < text.len()
    {
        return inside.len() + 4;
    }
    if text.starts_with('[') && !text.starts_with("[Reason") {
        let inside = text.split(']').next().unwrap_or_default();
        if inside.len() <= 60 && inside.len() < text.len() && !inside.contains(any_of("=\"\n")) {
            return inside.len() + 1;
        }
    }
    // "host app[123]:"
    let two = text[word.len()..].trim_start().split(' ').next().unwrap_or_default();
    let is_process = |word: &str| word.ends_with("]:") && word.contains('[') && word.len() <= 60;
    if is_process(word) {
        return word.len();
    }
    if is_process(two) && word.len() <= 60 {
        return text.len() - text[word.len()..].trim_start().len() + two.len();
    }
    0
}

/// `"one " +` and `"two"` in the next line: a text that a program or a console has put together.
fn joined_strings(from: &Normal) -> Normal {
    let text = &from.text;
    let mut out = Rewrite::new(from);
    let mut at = 0;
    for (end, _) in text.match_indices('\n') {
        if end < at {
            continue;
        }
        let line = &text[text[..end].rfind('\n').map_or(0, |before| before + 1).max(at)..end];
        let next = text[end + 1..].split('\n').next().unwrap_or_default();
        let behind = |text: &str| text.trim_end_matches(any_of(" \t\r+&.\\_")).len();
        let (kept, operators) = (behind(line), line[behind(line)..].trim());
        let rest = next.trim_start_matches(any_of(" \t+&."));
        let quote = line[..kept].chars().next_back().filter(|c| matches!(c, '"' | '\''));
        let operator = !operators.is_empty() || next.trim_start().starts_with(any_of("+&."));
        if let Some(quote) = quote
            && rest.starts_with(quote)
            && (operator || next.starts_with("  ") || next.starts_with('\t'))
            && !line[..kept - 1].ends_with(any_of("\\:,[{"))
        {
            let start = end - line.len() + kept - 1;
            out.keep(at, start);
            at = end + 1 + (next.len() - rest.len()) + 1;
        }
    }
    out.keep(at.min(text.len()), text.len());
    out.done()
}

/// Lines shorter than this are not taken for lines that a terminal has cut.
const NARROWEST: usize = 60;
/// So many of one length do not come about by chance.
const LEAST: usize = 3;

/// A console cuts at a width, in the middle of words and values; a mail program or a tool breaks between words.
fn without_hard_wraps(from: &Normal) -> Normal {
    let all = lines(&from.text);
    let widths: Vec<usize> = all.iter().map(|(_, line)| line.chars().count()).collect();
    let mut joined = vec![false; all.len()];
    let mut at = 0;
    while at < all.len() {
        let width = widths[at];
        // Where the cut was at a blank, an editor may have taken that off.
        let end =
            (at..all.len()).find(|line| widths[*line] != width && widths[*line] + 1 != width).unwrap_or(all.len());
        let full = widths[at..end].iter().filter(|other| **other == width).count();
        if width >= NARROWEST && full >= LEAST {
            for line in at..end {
                joined[line] = widths[line] == width && is_prose(all[line].1);
            }
        }
        at = end.max(at + 1);
    }
    if !joined.contains(&true) {
        return from.clone();
    }
    let mut out = Rewrite::new(from);
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    // Of a line that goes on with a word of the one before, the same indent is no part of the text.
    let mut skipped = 0;
    for (number, (start, line)) in all.iter().enumerate() {
        let next = all.get(number + 1);
        let end = next.map_or(from.text.len(), |(next, _)| *next);
        let goes_on = joined[number]
            && next.is_some_and(|(_, text)| {
                !text.is_empty() && !text.starts_with("-----") && time_of_day(text).zip(time_of_day(line)).is_none()
            });
        out.keep(start + skipped, if goes_on { start + line.len() } else { end });
        let same = next.filter(|(_, text)| goes_on && indent(text) == indent(line)).map(|(_, text)| indent(text));
        skipped = same.unwrap_or(0);
    }
    out.done()
}

/// Words, and no lines of base64 or of a table.
fn is_prose(line: &str) -> bool {
    line.contains(' ') && !line.contains("   ") && !line.contains('\t')
}
