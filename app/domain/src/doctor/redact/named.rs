//! Values of secret names, where more than a `=` or a `:` stands between them: lines of YAML, elements of XML, pairs of a
//! name and a value, flags, tables, sentences.

use super::members::{beside, element};
use super::names::{self, Named};
use super::value::{Values, is_grant, is_harmless, is_random};
use crate::doctor::scan::{Span, any_of};

/// As far as a value is looked for behind its name or in front of it.
pub(super) const WINDOW: usize = 400;
/// Lines of a block that belongs to one name.
const MOST_LINES: usize = 60;

/// All of them, in the text's order.
pub(super) fn values(text: &str) -> Vec<Span> {
    let mut out = vec![];
    let ends = &Values::of(text);
    // What stands before a word and is written as one with it, and where it ends.
    let (mut before, mut ended) = (String::new(), 0);
    // Names inside a value that was found are part of it.
    let mut from = 0;
    for word in words(text) {
        if word.start < from {
            continue;
        }
        let gap = &text[ended..word.start];
        if ended == 0 || !matches!(gap, " " | "\u{a0}" | " (" | "\t" | "[" | " [") {
            before.clear();
        }
        before.push_str(&word.plain);
        ended = word.end;
        before.drain(..before.ceil_char_boundary(before.len().saturating_sub(LONGEST_NAME)));
        // "Mot de passe"; but "password reset token" is no password.
        let kind = names::kind(&word.plain).or_else(|| names::kind(&before));
        if let Some(kind) = kind {
            for span in values_of(ends, text, &word, kind) {
                from = from.max(span.end);
                out.push(span);
            }
        }
    }
    out
}

pub(super) struct Word {
    pub start: usize,
    pub end: usize,
    /// In lower case, without signs.
    pub plain: String,
}

/// Longer ones are data.
const LONGEST_NAME: usize = 80;

pub(super) fn words(text: &str) -> impl Iterator<Item = Word> {
    let is_sign = |c: char| matches!(c, '_' | '-' | '.');
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = chars.next()?;
            if !first.is_alphanumeric() {
                continue;
            }
            let mut end = start + first.len_utf8();
            while let Some((at, c)) = chars.peek().copied() {
                if !(c.is_alphanumeric() || is_sign(c)) {
                    break;
                }
                if !is_sign(c) {
                    end = at + c.len_utf8();
                }
                chars.next();
            }
            let name = &text[start..end];
            let tail = &name[name.ceil_char_boundary(name.len().saturating_sub(LONGEST_NAME))..];
            return Some(Word { start, end, plain: names::plain(tail) });
        }
    })
}

fn values_of(ends: &Values<'_>, text: &str, word: &Word, kind: Named) -> Vec<Span> {
    let fits = |span: &Span| {
        let value = head(&text[span.start..span.end]).trim();
        match kind {
            Named::Secret => !value.is_empty() && !is_harmless(value),
            Named::Likely if word.plain == "code" => is_grant(value) && is_random(value),
            Named::Short => is_random(value),
            Named::Likely => is_random(value) && value.len() >= 16 && !value.starts_with("MII") && !is_number(value),
        }
    };
    let random = |span: &Span| fits(span) && is_random(head(&text[span.start..span.end]).trim());
    let lone = |span: Option<Span>| span.into_iter().collect::<Vec<_>>();
    if let Some(span) = element(text, word).filter(fits) {
        return lone(Some(span));
    }
    let object = lone(beside(ends, text, word).filter(fits));
    if !object.is_empty() {
        return object;
    }
    // "-d" of curl is no private exponent.
    let short = kind == Named::Likely && word.plain.len() <= 4;
    match connector(text, word).filter(|behind| !short || matches!(behind, Behind::Value(_) | Behind::Block(_))) {
        Some(Behind::Value(at)) => {
            let first =
                ends.at(at).filter(fits).map(|span| if kind == Named::Secret { wrapped(text, span) } else { span });
            let changed = first.and_then(|first| changed_to(ends, text, first.end)).filter(fits);
            first.into_iter().chain(changed).collect()
        }
        Some(Behind::Block(at)) => {
            let lines = block(ends, text, word, at);
            if lines.iter().any(fits) { lines } else { vec![] }
        }
        Some(Behind::Line(at)) => lone(ends.at(at).filter(random)),
        Some(Behind::Words(at)) => lone(words_value(ends, text, word, at).filter(|span| {
            let sure = is_flag(text, word.start) || is_setting(text, word);
            if sure { fits(span) && !is_prose(&text[span.start..span.end]) } else { random(span) }
        })),
        None => vec![],
    }
}

/// With the line behind it, where a terminal has cut a long one.
fn wrapped(text: &str, span: Span) -> Span {
    const LONG: usize = 60;
    let from = text.floor_char_boundary(span.start.saturating_sub(WINDOW));
    let line = text[from..span.start].rfind('\n').map_or(from, |at| from + at + 1);
    let next = text[span.end..].trim_start_matches('\r').strip_prefix('\n');
    let Some(next) = next.filter(|_| span.end - line.min(span.end) >= LONG && span.end - span.start >= 16) else {
        return span;
    };
    let word = next.split(any_of("\n\r")).next().unwrap_or_default();
    let whole = word.bytes().all(|byte| byte.is_ascii_graphic()) && word.len() <= span.end - line;
    if whole && is_random(word) && !word.contains(any_of("=:")) {
        Span { end: text.len() - next.len() + word.len(), ..span }
    } else {
        span
    }
}

/// Numbers of a program, such as a token count.
fn is_number(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// What stands behind a name.
enum Behind {
    /// Its value.
    Value(usize),
    /// The lines of its value (YAML, openssl): where the first of them begins.
    Block(usize),
    /// A line of its own, which may be the value.
    Line(usize),
    /// Only a blank or a mark.
    Words(usize),
}

fn connector(text: &str, word: &Word) -> Option<Behind> {
    const CLOSING: [char; 12] = ['"', '\'', '\\', '*', '`', ']', ')', '”', '’', '»', '>', '\u{200b}'];
    let rest = window(text, word.end);
    let behind = rest.trim_start_matches(CLOSING).trim_start_matches(is_blank);
    let marked = rest.trim_start_matches(CLOSING).len() < rest.len();
    let at = |rest: &str, part: &str| word.end + (rest.len() - part.len());
    if let Some(value) = separated(behind) {
        return Some(value_behind(text, at(rest, value)));
    }
    // ("name", "value"), {name, value}, and PHP's s:13:"name";s:40:"value"
    if let Some(next) = behind.strip_prefix(any_of(",;")) {
        let open = text[..word.start].trim_end_matches(any_of("\"'\\`"));
        // The second of three arguments, where it is quoted.
        let second = open.len() < word.start && open.trim_end().ends_with(',');
        let paired = second || open.ends_with(any_of("([{:")) || next.trim_start().starts_with("s:");
        return paired.then(|| Behind::Line(skip_types(text, at(rest, next.trim_start_matches(is_blank)))));
    }
    if let Some(next) = behind.trim_start_matches('\r').strip_prefix('\n') {
        return Some(Behind::Line(at(rest, next.trim_start_matches(is_blank))));
    }
    let gap = rest.len() - rest.trim_start_matches(is_blank).len();
    let cell = behind.strip_prefix(any_of("|│")).map(|next| next.trim_start_matches(is_blank));
    let words = if gap > 0 || marked { Some(behind) } else { None };
    cell.or(words).filter(|next| !next.is_empty()).map(|next| Behind::Words(at(rest, next)))
}

/// Behind `=`, `:`, `=>`, `:=` and their wide forms.
pub(super) fn separated(behind: &str) -> Option<&str> {
    let next = behind.strip_prefix(any_of("=:：＝"))?;
    Some(next.trim_start_matches(any_of("=>*`")))
}

/// Skips what stands around a value at its beginning.
fn value_behind(text: &str, at: usize) -> Behind {
    let rest = window(text, at);
    let line = rest.trim_start_matches(is_blank);
    let marker = line.trim_start_matches(any_of("|>+-"));
    if line.starts_with(any_of("\n\r"))
        || (marker.len() < line.len() && marker.trim_start_matches(any_of(" \t")).starts_with(any_of("\n\r")))
    {
        let next = marker.trim_start_matches(any_of(" \t\r")).trim_start_matches('\n');
        return Behind::Block(at + (rest.len() - next.len()));
    }
    Behind::Value(skip_types(text, at + (rest.len() - line.len())))
}

/// `string(40) "`, `s:40:"`, `N'`, `@"`, `[`, `{`, `$`, `string = `.
fn skip_types(text: &str, at: usize) -> usize {
    let rest = window(text, at);
    let mut next = rest.trim_start_matches(any_of("$@>=*_`\n\r \t\u{a0}"));
    for start in ["string(", "s:"] {
        if let Some(behind) = next.strip_prefix(start) {
            let digits = behind.trim_start_matches(|c: char| c.is_ascii_digit());
            if digits.len() < behind.len() && digits.starts_with(any_of("):")) {
                next = digits[1..].trim_start_matches(is_blank);
            }
        }
    }
    // An anchor or a tag of YAML.
    if let Some((mark, behind)) = next.split_once(' ')
        && mark.len() > 1
        && mark.len() <= 40
        && mark.starts_with(any_of("&!"))
        && mark[1..].bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'!'))
    {
        next = behind.trim_start_matches(is_blank);
    }
    if next.starts_with("N'") || next.starts_with("b'") || next.starts_with("b\"") {
        next = &next[1..];
    }
    // A list of one, as forms are printed.
    next = next.trim_start_matches(any_of("[ "));
    let inner = next.trim_start_matches(any_of("{("));
    // Of an object, the members are looked at by themselves.
    if inner.len() < next.len() && !is_harmless(next) {
        next = inner;
    }
    at + (rest.len() - next.len())
}

/// Lines of a YAML block, a YAML value in the next line, and the octets of a number of openssl.
fn block(ends: &Values<'_>, text: &str, word: &Word, at: usize) -> Vec<Span> {
    let own = indent_of(text, word.start);
    let mut out: Vec<Span> = vec![];
    let mut start = at;
    for line in text[at..].split_inclusive('\n').take(MOST_LINES) {
        let content = line.trim_end_matches(any_of("\n\r"));
        let trimmed = content.trim_start();
        let indent = content.len() - trimmed.len();
        if trimmed.is_empty() || indent <= own {
            break;
        }
        let from = start + indent;
        start += line.len();
        let end = from + trimmed.trim_end().len();
        // A member of its own.
        let member = trimmed.split_once(':').is_some_and(|(name, value)| {
            name.len() > 2
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' '))
                && (value.is_empty() || value.starts_with(' '))
        });
        if member || trimmed.starts_with("- ") || trimmed.starts_with(any_of("{<[")) {
            break;
        }
        let quotes = text[from..end].len() - text[from..end].trim_start_matches(any_of("\"'")).len();
        out.push(Span { start: from + quotes, end });
    }
    if out.is_empty() {
        let line = window(text, at).trim_start_matches(is_blank);
        let begin = at + (window(text, at).len() - line.len());
        return ends.at(begin).filter(|span| is_random(head(&text[span.start..span.end]))).into_iter().collect();
    }
    // Numbers of openssl's print are no randomness, and the last line may be short.
    out
}

fn indent_of(text: &str, at: usize) -> usize {
    let from = text.floor_char_boundary(at.saturating_sub(WINDOW));
    let line = text[from..at].rsplit(any_of("\n\r")).next().unwrap_or_default();
    line.len() - line.trim_start_matches(any_of(" \t")).len()
}

/// `"old" -> "new"` of a plan.
fn changed_to(ends: &Values<'_>, text: &str, end: usize) -> Option<Span> {
    let rest = window(text, end);
    let arrow = rest.trim_start_matches(any_of("\"' "));
    let next = arrow.strip_prefix("->").or_else(|| arrow.strip_prefix('→'))?.trim_start_matches(is_blank);
    ends.at(end + (rest.len() - next.len()))
}

/// The value in a sentence, a row or behind a flag.
fn words_value(ends: &Values<'_>, text: &str, word: &Word, at: usize) -> Option<Span> {
    const FILLERS: [&str; 14] = [
        "is ",
        "was ",
        "ist ",
        "lautet ",
        "est ",
        "es ",
        "- ",
        "– ",
        "— ",
        "→ ",
        "-> ",
        "--body ",
        "-String ",
        "with value ",
    ];
    let rest = window(text, at);
    let next = FILLERS.iter().find_map(|filler| rest.strip_prefix(filler)).unwrap_or(rest);
    let next = next.trim_start_matches(any_of("*_|")).trim_start_matches(is_blank);
    // The type of a parameter in Bicep.
    let next = next.strip_prefix("string = ").unwrap_or(next);
    let next = if is_flag(text, word.start) { next } else { next.trim_start_matches(any_of("([<")) };
    (!next.starts_with(any_of("-/\n\r"))).then(|| ends.at(at + (rest.len() - next.len()))).flatten()
}

/// `-ClientSecret`, `--client-secret`.
fn is_flag(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches('-');
    before.len() < start
        && (before.is_empty() || before.ends_with(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(')))
}

/// `AZURE_CLIENT_SECRET`, and names with columns of blanks behind them.
fn is_setting(text: &str, word: &Word) -> bool {
    let name = &text[word.start..word.end];
    let constant = name.contains('_') && !name.contains(char::is_lowercase);
    constant || text[word.end..].starts_with("    ") || text[word.end..].starts_with('\t')
}

/// Words that follow a flag's name in a sentence about it.
fn is_prose(value: &str) -> bool {
    const WORDS: [&str; 24] = [
        "parameter",
        "option",
        "flag",
        "argument",
        "is",
        "are",
        "was",
        "must",
        "and",
        "or",
        "with",
        "for",
        "has",
        "cannot",
        "should",
        "to",
        "not",
        "in",
        "of",
        "requires",
        "instead",
        "does",
        "can",
        "when",
    ];
    WORDS.contains(&value.trim_end_matches(any_of(".,:;")))
}

/// As much of a value as is looked at. Of a token all, which is known by its dots.
fn head(value: &str) -> &str {
    const LONGEST: usize = 512;
    if value.starts_with("eyJ") { value } else { &value[..value.floor_char_boundary(LONGEST)] }
}

pub(super) fn is_blank(c: char) -> bool {
    (c.is_whitespace() && !matches!(c, '\n' | '\r')) || matches!(c, '\u{200b}' | '\u{feff}')
}

pub(super) fn window(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    &rest[..rest.floor_char_boundary(WINDOW)]
}
