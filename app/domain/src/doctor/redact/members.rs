//! Values that stand in an element or a member of their own: of XML, and beside the member that has their name.

use super::named::{WINDOW, Word, is_blank, separated, window, words};
use super::value::Values;
use crate::doctor::scan::{Span, any_of};

/// `<ClientSecret attribute="x">value</ClientSecret>`; and `<key>name</key><string>value</string>`, cells of a table of
/// HTML.
pub(super) fn element(text: &str, word: &Word) -> Option<Span> {
    let rest = window(text, word.end);
    let before = &text[text.floor_char_boundary(word.start.saturating_sub(60))..word.start];
    let prefix = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == ':');
    if (prefix.ends_with('<') || before.ends_with("&lt;"))
        && let Some(begin) = rest.strip_prefix("&gt;")
    {
        let length = begin.find(any_of("\n&")).unwrap_or(begin.len());
        let start = word.end + "&gt;".len();
        return (length > 0).then_some(Span { start, end: start + length });
    }
    let begin = if prefix.ends_with('<') && before.len() - prefix.len() < 40 {
        let close = rest.find('>').filter(|close| !rest[..*close].contains('<') && !rest[..*close].ends_with('/'))?;
        rest.get(close + 1..)?
    } else {
        let mut behind = rest.trim_start().strip_prefix("</").map(|_| rest.trim_start())?;
        for _ in 0..6 {
            let Some(tag) = behind.strip_prefix('<') else { break };
            behind = tag.split_once('>')?.1.trim_start();
        }
        behind
    };
    let begin = begin.trim_start();
    let begin = begin.strip_prefix("<![CDATA[").unwrap_or(begin);
    if begin.starts_with('<') {
        return None;
    }
    let start = word.end + (rest.len() - begin.len());
    let part = window(text, start);
    let length = part.find(any_of("<\n")).unwrap_or(part.len());
    let end = start + text[start..start + length].trim_end().trim_end_matches("]]>").len();
    (end > start).then_some(Span { start, end })
}

/// Members that hold a value whose name another member holds.
fn is_value_name(name: &str) -> bool {
    matches!(name, "value" | "defaultvalue" | "default" | "val" | "v" | "stringvalue" | "currentvalue")
}

fn is_name_name(name: &str) -> bool {
    matches!(name, "name" | "key" | "variable" | "id" | "field" | "param" | "parameter" | "property" | "setting")
}

/// `"name": "client_secret", "value": "…"` in whatever order and language; `"clientSecret": {"value": "…"}`; a part of a
/// form.
pub(super) fn beside(ends: &Values<'_>, text: &str, word: &Word) -> Option<Span> {
    let front = &text[text.floor_char_boundary(word.start.saturating_sub(WINDOW))..word.start];
    let opened = front.trim_end_matches(any_of("\"'\\ `:=\t"));
    // "ida:ClientSecret" is one name with a prefix.
    let opened = opened.strip_suffix("ida").map_or(opened, |rest| rest.trim_end_matches(any_of("\"'\\ =:")));
    let key: String = opened.chars().rev().take_while(char::is_ascii_alphanumeric).take(20).collect();
    let key: String = key.chars().rev().flat_map(char::to_lowercase).collect();
    let named = opened.len() < front.len() && is_name_name(&key);
    let rest = window(text, word.end);
    let behind = rest.trim_start_matches(any_of("\"'\\ `"));
    // multipart/form-data (RFC 7578): a blank line, then the value.
    if named && let Some(body) = behind.strip_prefix("\r\n\r\n").or_else(|| behind.strip_prefix("\n\n")) {
        return ends.at(word.end + (rest.len() - body.len()));
    }
    let object = behind.trim_start_matches(any_of(":= \"'\n\r\t")).starts_with('{');
    let block = front.trim_end_matches(any_of("\" "));
    let resource = ["resource", "variable"].iter().any(|kind| block.ends_with(kind)) && object_behind(rest);
    if !(named || (object && behind.starts_with(any_of(":=\" "))) || resource) {
        return None;
    }
    let inside = if object || resource { rest.find('{').map_or(rest, |at| &rest[at + 1..]) } else { rest };
    let offset = word.end + (rest.len() - inside.len());
    let stop = inside.find(any_of("}{")).unwrap_or(inside.len());
    if let Some(span) = value_member(ends, offset, &inside[..stop], false) {
        return Some(span);
    }
    // In front of the name, in the same object.
    let from = front.rfind(any_of("{}<")).map_or(0, |at| at + 1);
    named.then(|| value_member(ends, word.start - front.len() + from, &front[from..], true)).flatten()
}

/// `"azuread_application_password" "x" {`
fn object_behind(rest: &str) -> bool {
    rest.find('{').is_some_and(|at| !rest[..at].contains(any_of("\n=")))
}

/// The first member of the part that is a value, or the last.
fn value_member(ends: &Values<'_>, offset: usize, part: &str, last: bool) -> Option<Span> {
    let mut found = words(part).filter(|word| is_value_name(&word.plain));
    let word = if last { found.last()? } else { found.next()? };
    let behind = part[word.end..].trim_start_matches(any_of("\"'\\ \t])"));
    let next = separated(behind)?;
    let next = next.trim_start_matches(is_blank);
    if next.starts_with(any_of("\n\r")) {
        return None;
    }
    ends.at(offset + (part.len() - next.len()))
}
