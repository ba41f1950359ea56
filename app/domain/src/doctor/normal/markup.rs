//! Colours of a terminal, tags of HTML and XML, links.

use super::{Normal, Rewrite};
use crate::doctor::scan::any_of;

/// The escape sign as it is, and as programs print it.
const ESCAPES: [&str; 9] = ["\u{1b}", "\\u001b", "\\u001B", "\\x1b", "\\x1B", "\\033", "\\e", "^[", "␛"];
/// The longest control sequence.
const LONGEST_SEQUENCE: usize = 40;

/// Takes control sequences off (ECMA-48, section 5.4), also where only `[31m` is left of one.
pub(super) fn without_colours(from: &Normal) -> Normal {
    let text = &from.text;
    let mut out = Rewrite::new(from);
    let mut at = 0;
    let mut kept = 0;
    while let Some(found) = text[at..].find(any_of("\u{1b}\\^␛[")).map(|found| at + found) {
        match sequence(&text[found..]) {
            0 => at = found + text[found..].chars().next().map_or(1, char::len_utf8),
            length => {
                out.keep(kept, found);
                at = found + length;
                kept = at;
            }
        }
    }
    out.keep(kept, text.len());
    out.done()
}

/// The length of the control sequence that begins there; 0 for none.
fn sequence(text: &str) -> usize {
    let escape = ESCAPES.iter().find(|escape| text.starts_with(**escape)).map_or(0, |escape| escape.len());
    let rest = &text[escape..];
    let Some(body) = rest.strip_prefix('[') else {
        // An escape sign that begins nothing known is no text either.
        return usize::from(text.starts_with('\u{1b}'));
    };
    let parameters = body
        .bytes()
        .take(LONGEST_SEQUENCE)
        .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b'?'))
        .count();
    let ends = body.as_bytes().get(parameters);
    let is_one = match ends {
        Some(b'm') => escape > 0 || parameters > 0,
        Some(b'@'..=b'~') => escape > 0 && text.starts_with('\u{1b}'),
        _ => false,
    };
    if is_one { escape + 1 + parameters + 1 } else { usize::from(text.starts_with('\u{1b}')) }
}

/// Tags that only change how text looks: nothing stands in their place. Others part words.
const INLINE: [&str; 21] = [
    "a", "b", "i", "u", "s", "em", "strong", "span", "code", "font", "mark", "wbr", "small", "tt", "kbd", "samp",
    "var", "del", "ins", "sub", "sup",
];
const LONGEST_TAG: usize = 2_000;

pub(super) fn without_tags(from: &Normal) -> Normal {
    let text = &from.text;
    let mut out = Rewrite::new(from);
    let (mut at, mut kept) = (0, 0);
    while let Some(found) = text[at..].find('<').map(|found| at + found) {
        at = found + 1;
        let Some(Tag { length, parts_words, label }) = tag(&text[found..]) else { continue };
        out.keep(kept, found);
        if let Some((start, end)) = label {
            out.keep(found + start, found + end);
        } else if parts_words {
            out.put(' ', found);
        }
        at = found + length;
        kept = at;
    }
    out.keep(kept, text.len());
    out.done()
}

struct Tag {
    length: usize,
    parts_words: bool,
    /// Of `<https://…|label>`.
    label: Option<(usize, usize)>,
}

fn tag(text: &str) -> Option<Tag> {
    let window = &text[..text.floor_char_boundary(LONGEST_TAG)];
    let end = window[1..].find(any_of("<>")).map(|end| end + 1).filter(|end| window.as_bytes()[*end] == b'>')?;
    let inside = &window[1..end];
    if inside.starts_with("http") {
        let bar = inside.find('|')?;
        return Some(Tag { length: end + 1, parts_words: false, label: Some((bar + 2, end)) });
    }
    let name = inside.trim_start_matches('/');
    let rest = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_'));
    let name = &name[..name.len() - rest.len()];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic())
        || !(rest.is_empty() || rest.starts_with(any_of("/ \t\r\n")))
    {
        return None;
    }
    let parts_words = !INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(name));
    Some(Tag { length: end + 1, parts_words, label: None })
}

const LONGEST_LABEL: usize = 200;

/// `[label](https://…)` of Markdown and `[label|https://…]` of Jira: the label, which can stand in the middle of a number.
pub(super) fn without_links(from: &Normal) -> Normal {
    let text = &from.text;
    let mut out = Rewrite::new(from);
    let mut kept = 0;
    for (found, _) in text.match_indices('[') {
        if found < kept {
            continue;
        }
        let inside = &text[found + 1..];
        let window = &inside[..inside.floor_char_boundary(LONGEST_LABEL)];
        let Some(end) = window.find(any_of("[]|\n")).filter(|end| *end > 0) else { continue };
        let behind = &inside[end..];
        let address = &behind[..behind.floor_char_boundary(LONGEST_TAG)];
        let closes = |open: &str, close: char| {
            let target = address.strip_prefix(open)?;
            let is_address = ["http", "/", "#", "mailto:"].iter().any(|start| target.starts_with(start));
            let length = target.find(|c: char| c == close || c.is_whitespace() || c == '[')?;
            (is_address && target[length..].starts_with(close)).then_some(open.len() + length + 1)
        };
        if let Some(length) = closes("](", ')').or_else(|| closes("|", ']')) {
            out.keep(kept, found);
            out.keep(found + 1, found + 1 + end);
            kept = found + 1 + end + length;
        }
    }
    out.keep(kept, text.len());
    out.done()
}
