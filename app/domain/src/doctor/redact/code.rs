//! Secrets as code has them: declared with a type, wrapped in a call, passed as one of several arguments.

use super::named::words;
use super::names::{self, Named};
use super::shapes::strings;
use super::value::is_harmless;
use crate::doctor::scan::{Span, any_of, find_all, guid};

/// As far as a statement is read.
const WINDOW: usize = 400;
/// Of a type, such as `string | undefined` or `Option<&'static str>`.
const LONGEST_TYPE: usize = 80;

pub(super) fn all(text: &str) -> Vec<Span> {
    let mut out = assigned(text);
    out.extend(passed(text));
    out.extend(characters(text));
    out
}

/// `clientSecret: string = '…'`, `client_secret: str = Field(default="…")`, `ClientSecret(value='…')`, `.WithClientSecret(` with
/// its argument in the next line, `{client_secret,<<"…">>}`.
fn assigned(text: &str) -> Vec<Span> {
    let mut out = vec![];
    for word in words(text).filter(|word| names::kind(&word.plain) == Some(Named::Secret)) {
        let rest = window(text, word.end);
        if let Some(inside) = rest.strip_prefix('(') {
            let of_call = arguments(inside).into_iter().rev().find_map(|argument| string_of(inside, argument));
            out.extend(of_call.map(|span| moved(span, word.end + 1)));
            continue;
        }
        let behind = rest.trim_start_matches(any_of("\"'\\]?! \t"));
        let value = typed(behind).map(|value| (value, true)).or_else(|| Some((separated(behind)?, false)));
        let Some((value, typed)) = value else { continue };
        let start = word.end + (rest.len() - value.len());
        out.extend(of_expression(value, typed).into_iter().map(|span| moved(span, start)));
    }
    out
}

fn window(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    &rest[..rest.floor_char_boundary(WINDOW)]
}

fn moved(span: Span, by: usize) -> Span {
    Span { start: span.start + by, end: span.end + by }
}

/// What stands behind `: type =`.
fn typed(behind: &str) -> Option<&str> {
    let declared = behind.strip_prefix(':')?;
    let mut depth = 0_i32;
    for (at, c) in declared.char_indices().take(LONGEST_TYPE) {
        match c {
            '=' if depth <= 0 && at > 0 => {
                let value = declared[at + 1..].trim_start_matches(any_of(" \t"));
                return (!declared[..at].trim().is_empty() && !value.starts_with('=')).then_some(value);
            }
            '<' | '[' => depth += 1,
            '>' | ']' => depth -= 1,
            ',' if depth > 0 => {}
            // 'static
            '\'' if declared[..at].ends_with('&') => {}
            c if c.is_alphanumeric() || matches!(c, '_' | '.' | '|' | '&' | '?' | '*' | ' ' | '\t') => {}
            _ => return None,
        }
    }
    None
}

/// What stands behind `=`, `:`, `=>`, `:=`, or in the pair of Erlang.
fn separated(behind: &str) -> Option<&str> {
    if let Some(pair) = behind.strip_prefix(',') {
        let pair = pair.trim_start();
        return pair.starts_with("<<").then_some(pair);
    }
    let next = behind.strip_prefix(any_of(":=")).or_else(|| behind.strip_prefix("%3D"))?;
    let value = next.strip_prefix(any_of("=>")).unwrap_or(next);
    let same_line = value.trim_start_matches(any_of(" \t"));
    // A dump of PHP goes on in the next line.
    let dumped = value.trim_start();
    Some(if next.starts_with('>') && dumped.starts_with("string(") { dumped } else { same_line })
}

/// The strings in an expression; one without a declared type has to look like an expression, since text has quotes as well.
fn of_expression(value: &str, typed: bool) -> Vec<Span> {
    let part = &value[..end_of(value, &[',', ';', '\n', '\r'])];
    let strings = strings(part);
    let Some(first) = strings.first().copied() else { return vec![] };
    let all: Vec<Span> = strings.iter().copied().filter(|span| may_be_secret(&part[span.start..span.end])).collect();
    if part.starts_with('{') {
        // Of an object, the members are looked at by themselves: unless it has one alone, or a list's numbers.
        let lone = all.len() == 1 && strings.len() == 1;
        let numbered = part[first.start..first.end].bytes().all(|byte| byte.is_ascii_digit());
        return if lone || numbered { all } else { vec![] };
    }
    let front = part[..first.start - 1].trim_end();
    let opened = front.ends_with(any_of("([<=?:$&!")) && !front.contains(' ');
    let called = ["new ", "string("].iter().any(|begin| front.starts_with(begin)) && front.len() < LONGEST_TYPE;
    if typed || front.is_empty() || opened || called { all } else { vec![] }
}

/// No id and no address.
fn may_be_secret(value: &str) -> bool {
    // One that goes over lines has begun at the quote behind the expression.
    !value.trim().is_empty()
        && !value.contains(any_of("\n\r"))
        && !is_harmless(value)
        && guid(value).is_none()
        && !value.contains("://")
}

/// Where an expression ends: at one of `stops` outside of brackets and quotes, or at a bracket that closes what was opened
/// before it.
fn end_of(text: &str, stops: &[char]) -> usize {
    let (mut depth, mut quote, mut escaped) = (0_u32, None, false);
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) => {
                if c == open {
                    quote = None;
                }
            }
            None => match c {
                '"' | '\'' | '`' => quote = Some(c),
                c if depth == 0 && stops.contains(&c) => return at,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => return at,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            },
        }
    }
    text.len()
}

/// The arguments of a call, of which `inside` is what follows the bracket.
fn arguments(inside: &str) -> Vec<Span> {
    let mut out = vec![];
    let mut start = 0;
    loop {
        let end = start + end_of(&inside[start..], &[',']);
        out.push(Span { start, end });
        if !inside[end..].starts_with(',') {
            return out;
        }
        start = end + 1;
    }
}

/// The first string of an argument, where it may be a secret.
fn string_of(inside: &str, argument: Span) -> Option<Span> {
    let part = &inside[argument.start..argument.end];
    let first = strings(part).into_iter().next()?;
    may_be_secret(&part[first.start..first.end]).then(|| moved(first, argument.start))
}

/// `name=value`, `name: value`, and an object of options.
fn is_positional(argument: &str) -> bool {
    let argument = argument.trim_start();
    let name = argument.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').trim_start();
    let keyword = name.len() < argument.len() && name.starts_with(any_of("=:")) && !name.starts_with("::");
    !keyword && !argument.starts_with('{')
}

/// Calls that take a secret, and which of their arguments it is. In those of the first kind, it is the last string where it is
/// not there.
const CALLS: [(&str, usize, bool); 9] = [
    ("SecretCredential", 2, true),
    ("NetworkCredential", 1, true),
    ("ClientCredential", 1, true),
    ("PSCredential", 1, true),
    ("FromSecret", 0, true),
    ("X509Certificate2", 1, false),
    ("LoadPkcs12FromFile", 1, false),
    ("LoadPkcs12", 1, false),
    ("LoadPkcs12CollectionFromFile", 1, false),
];

fn passed(text: &str) -> Vec<Span> {
    let mut out = vec![];
    for (call, place, last) in CALLS {
        for at in find_all(text, call) {
            let part = window(text, at + call.len());
            let behind = part
                .trim_start_matches(any_of("]: "))
                .strip_prefix("new")
                .unwrap_or(part)
                .trim_start_matches(any_of("] "));
            let Some(inside) = behind.strip_prefix('(') else { continue };
            let offset = at + call.len() + (part.len() - inside.len());
            let all = arguments(inside).into_iter().filter(|span| is_positional(&inside[span.start..span.end]));
            let all: Vec<Span> = all.collect();
            let own = all.get(place).and_then(|argument| string_of(inside, *argument));
            let other = || all.iter().rev().find_map(|argument| string_of(inside, *argument));
            let found = own.or_else(|| if last { other() } else { None });
            out.extend(found.map(|span| moved(span, offset)));
        }
    }
    out
}

/// Java takes passwords as `"…".toCharArray()`.
fn characters(text: &str) -> Vec<Span> {
    let mut out = vec![];
    for at in find_all(text, ".toCharArray") {
        let from = text.floor_char_boundary(at.saturating_sub(WINDOW));
        let line = text[from..at].rfind(any_of("\n\r")).map_or(from, |end| from + end + 1);
        let Some(quoted) = text[line..at].strip_suffix('"') else { continue };
        let begin = quoted.rfind('"').map_or(0, |open| open + 1);
        if begin < quoted.len() {
            out.push(Span { start: line + begin, end: line + quoted.len() });
        }
    }
    out
}
