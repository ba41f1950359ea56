//! Characters that turn the order of reading around, or that nobody sees. In a name they make one thing look like another, so that
//! they are shown as what they are.

use std::fmt::Write as _;

/// Elements whose content holds no elements: there a character is named without a frame.
const TEXT_ALONE: [&str; 2] = ["title", "option"];
/// Elements whose content is sent back or copied, and stays as it is. In JSON it is escaped before ([`crate::json_tokens`]).
const AS_IT_IS: [&str; 4] = ["textarea", "script", "style", "pre"];

/// What has no width or no picture of its own: the property `Default_Ignorable_Code_Point` of Unicode (`DerivedCoreProperties.txt`), in
/// which are the marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9, table 1 and 2); controls
/// but those that are blanks in HTML; separators of lines; anchors of annotations; and the empty pattern of Braille.
const fn may_hide(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Some of these are needed where they stand: joiners between letters of scripts that join them, as names in Persian and Hindi
/// have, and in sequences of emoji; what chooses the form of a Mongolian letter, and the coloured form of a picture. Between
/// letters as in “pay” they do nothing but hide.
fn is_needed(before: Option<char>, c: char, after: Option<char>) -> bool {
    // From Hebrew on. No script of before joins its letters.
    let joins = |c: Option<char>| c.is_some_and(|c| c >= '\u{590}' && (c == '\u{fe0f}' || !may_hide(c)));
    match c {
        '\u{200c}' | '\u{200d}' => is_virama(before) || joins(before) && joins(after),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => matches!(before, Some('\u{1820}'..='\u{18aa}')),
        '\u{fe0f}' => {
            after == Some('\u{20e3}')
                || matches!(before, Some('\u{2190}'..='\u{27bf}' | '\u{2900}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}'))
        }
        _ => false,
    }
}

/// The sign that takes a letter's vowel away in the scripts of India: a joiner behind it chooses the letter's form, also at the end.
fn is_virama(c: Option<char>) -> bool {
    matches!(
        c,
        Some(
            '\u{94d}'
                | '\u{9cd}'
                | '\u{a4d}'
                | '\u{acd}'
                | '\u{b4d}'
                | '\u{bcd}'
                | '\u{c4d}'
                | '\u{ccd}'
                | '\u{d4d}'
                | '\u{dca}'
        )
    )
}

/// Each character, and whether it hides.
fn characters(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = None;
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let hides = may_hide(c) && !is_needed(before, c, rest.peek().copied());
        before = Some(c);
        Some((c, hides))
    })
}

/// A page's or a piece's HTML with these in its texts named, as in `invoice‹U+202E›exe`. Attributes and fields stay as they are:
/// what a form sends back must be what it was given.
pub fn shown(html: String) -> String {
    if !html.contains(may_hide) {
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
    for (c, hides) in characters(text) {
        let name = || format!("‹U+{:04X}›", u32::from(c));
        match inside {
            _ if !hides => out.push(c),
            // Writing to a string cannot fail.
            None => drop(write!(out, "<span class=\"control\">{}</span>", name())),
            Some(element) if TEXT_ALONE.contains(&element) => out.push_str(&name()),
            Some(_) => out.push(c),
        }
    }
}

/// The same in JSON, where there is an escape for each: it means what it meant.
pub(crate) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for (c, hides) in characters(json) {
        if hides {
            // Beyond U+FFFF two of them (RFC 8259, section 7).
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
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
    fn what_nobody_sees_is_named() {
        for hidden in [
            '\0',
            '\u{7}',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{17b5}',
            '\u{180b}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{2028}',
            '\u{2029}',
            '\u{2060}',
            '\u{2061}',
            '\u{2062}',
            '\u{2063}',
            '\u{2064}',
            '\u{206a}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe00}',
            '\u{fe0e}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fffb}',
            '\u{e0000}',
            '\u{e0041}',
            '\u{e007f}',
            '\u{e0100}',
            '\u{e01ef}',
        ] {
            let code = format!("U+{:04X}", u32::from(hidden));
            for (name, wanted) in [
                (format!("pay{hidden}roll"), format!("pay{}roll", framed(&code))),
                (format!("payroll{hidden}"), format!("payroll{}", framed(&code))),
                (format!("{hidden}payroll"), format!("{}payroll", framed(&code))),
            ] {
                assert_eq!(shown(format!("<p>{name}</p>")), format!("<p>{wanted}</p>"), "{code}");
                let json = serde_json::to_string(&name).unwrap_or_default();
                let seen = escaped(&json);
                assert!(!seen.contains(hidden), "{code}");
                assert_eq!(serde_json::from_str::<String>(&seen).ok(), Some(name), "{code}");
            }
        }
    }

    #[test]
    fn what_is_needed_once_is_named_the_second_time() {
        for (name, wanted) in [
            ("❤\u{fe0f}\u{fe0f}", format!("❤\u{fe0f}{}", framed("U+FE0F"))),
            ("می\u{200c}\u{200c}خ", format!("می{}{}خ", framed("U+200C"), framed("U+200C"))),
            ("می\u{200c}", format!("می{}", framed("U+200C"))),
        ] {
            assert_eq!(shown(format!("<p>{name}</p>")), format!("<p>{wanted}</p>"));
        }
    }

    #[test]
    fn blanks_of_html_stay() {
        let html = "<p>\n\ta\r\n b</p>\u{c}";
        assert_eq!(shown(format!("{html}\u{7}")), format!("{html}{}", framed("U+0007")));
    }

    #[test]
    fn in_json_it_is_escaped_and_means_the_same() {
        let json = serde_json::to_string("a\u{202e}b\u{feff}").unwrap_or_default();
        assert_eq!(escaped(&json), r#""a\u202eb\ufeff""#);
        assert_eq!(serde_json::from_str::<String>(&escaped(&json)).ok(), Some("a\u{202e}b\u{feff}".into()));
    }

    #[test]
    fn what_languages_need_stays() {
        for name in [
            "می\u{200c}خواهم",
            "क\u{200d}ष",
            "שלום",
            "plain",
            "❤\u{fe0f} pay",
            "👩\u{200d}💻",
            "🏳\u{fe0f}\u{200d}🌈",
            "ᠠ\u{180b}",
            "1\u{fe0f}\u{20e3}",
            "അവന\u{d4d}\u{200d}",
        ] {
            assert_eq!(shown(format!("<p>{name}</p>")), format!("<p>{name}</p>"));
        }
    }
}
