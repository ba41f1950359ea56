//! Characters that turn the order of reading around, or that nobody sees. In a name they make one thing look like another, so that
//! they are shown as what they are.

use std::fmt::Write as _;

/// Elements whose content holds no elements: there a character is named without a frame.
const TEXT_ALONE: [&str; 2] = ["title", "option"];
/// Elements whose content is sent back or copied, and stays as it is. In JSON it is escaped before ([`crate::json_tokens`]).
const AS_IT_IS: [&str; 4] = ["textarea", "script", "style", "pre"];

/// The marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9, table 1 and 2), and what has no
/// width. Joiners stay: names in Persian and Hindi need them.
pub(crate) const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A page's or a piece's HTML with these in its texts named, as in `invoice‹U+202E›exe`. Attributes and fields stay as they are:
/// what a form sends back must be what it was given.
pub fn shown(html: String) -> String {
    if !html.contains(is_hidden) {
        return html;
    }
    let mut out = String::with_capacity(html.len() + 1024);
    let mut rest = html.as_str();
    let mut inside: Option<&str> = None;
    while let Some(at) = rest.find('<') {
        text(&rest[..at], inside, &mut out);
        let tag = &rest[at..];
        let end = end_of(tag);
        out.push_str(&tag[..end]);
        inside = within(inside, &tag[..end]);
        rest = &tag[end..];
    }
    text(rest, inside, &mut out);
    out
}

/// Behind the `>` that ends the tag; a `>` in a quoted value does not.
fn end_of(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// In which element of text alone one is after this tag.
fn within<'a>(inside: Option<&'a str>, tag: &str) -> Option<&'a str> {
    let named = |text: &str, name: &str| {
        text.strip_prefix(name).is_some_and(|rest| rest.starts_with(['>', ' ', '\n', '\t', '/']))
    };
    if let Some(name) = inside {
        return Some(name).filter(|name| !tag.strip_prefix("</").is_some_and(|rest| named(rest, name)));
    }
    let opened = tag.strip_prefix('<')?;
    TEXT_ALONE.iter().chain(&AS_IT_IS).copied().find(|name| named(opened, name))
}

fn text(text: &str, inside: Option<&str>, out: &mut String) {
    for c in text.chars() {
        let name = || format!("‹U+{:04X}›", u32::from(c));
        match inside {
            _ if !is_hidden(c) => out.push(c),
            // Writing to a string cannot fail.
            None => drop(write!(out, "<span class=\"control\">{}</span>", name())),
            Some(element) if TEXT_ALONE.contains(&element) => out.push_str(&name()),
            Some(_) => out.push(c),
        }
    }
}

/// The same in JSON, where there is an escape for each: it means what it meant.
pub(crate) fn escaped(json: &str) -> String {
    let escape = |c: char| if is_hidden(c) { format!("\\u{:04x}", u32::from(c)) } else { c.into() };
    json.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(code: &str) -> String {
        format!("<span class=\"control\">‹{code}›</span>")
    }

    #[test]
    fn what_turns_reading_around_is_named_in_texts() {
        let name = "invoice\u{202e}gpj.exe\u{2069}";
        let html = format!("<p title=\"{name}\">{name}</p>");
        let wanted = format!("<p title=\"{name}\">invoice{}gpj.exe{}</p>", framed("U+202E"), framed("U+2069"));
        assert_eq!(shown(html), wanted);
    }

    #[test]
    fn where_no_element_can_stand_it_has_no_frame_and_what_is_sent_back_stays() {
        assert_eq!(
            shown("<title>a\u{200b}b</title><textarea name=\"x\">c\u{202e}d</textarea>e\u{200e}".into()),
            format!("<title>a‹U+200B›b</title><textarea name=\"x\">c{}d</textarea>e{}", "\u{202e}", framed("U+200E"))
        );
    }

    #[test]
    fn a_value_with_the_end_of_a_tag_in_it_is_none() {
        let html = "<input value=\"a>\u{202e}b\"><b>x\u{202e}</b>".to_owned();
        assert_eq!(shown(html), format!("<input value=\"a>\u{202e}b\"><b>x{}</b>", framed("U+202E")));
    }

    #[test]
    fn in_json_it_is_escaped_and_means_the_same() {
        let json = serde_json::to_string("a\u{202e}b\u{feff}").unwrap_or_default();
        assert_eq!(escaped(&json), r#""a\u202eb\ufeff""#);
        assert_eq!(serde_json::from_str::<String>(&escaped(&json)).ok(), Some("a\u{202e}b\u{feff}".into()));
    }

    #[test]
    fn what_languages_need_stays() {
        for name in ["می\u{200c}خواهم", "क\u{200d}ष", "שלום", "plain"] {
            assert_eq!(shown(format!("<p>{name}</p>")), format!("<p>{name}</p>"));
        }
    }
}
