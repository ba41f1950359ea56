//! One spelling for text that was escaped, wrapped or typeset on its way here.

use super::scan::percent_decode;

/// Text with escapes undone and white space folded, and for each of its bytes the place in the original.
pub(super) struct Normal {
    pub text: String,
    at: Vec<usize>,
}

impl Normal {
    /// The original's offset of a byte here.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.at.get(at).or(self.at.last()).copied().unwrap_or(0)
    }

    pub(super) fn span(&self, start: usize, end: usize) -> super::scan::Span {
        super::scan::Span { start: self.origin(start), end: self.origin(end) }
    }

    fn push(&mut self, c: char, origin: usize) {
        if c.is_whitespace() {
            if self.text.ends_with(' ') {
                return;
            }
            self.text.push(' ');
            self.at.push(origin);
            return;
        }
        let c = match c {
            '’' | '‘' | 'ʼ' | '′' => '\'',
            '“' | '”' => '"',
            other => other,
        };
        self.text.push(c);
        self.at.resize(self.text.len(), origin);
    }
}

/// Undoes JSON's and HTML's escapes (also doubled ones), percent-encoding around an error, typographic quotes and line
/// breaks.
pub(super) fn normalise(text: &str) -> Normal {
    let mut out = Normal { text: String::with_capacity(text.len()), at: Vec::with_capacity(text.len() + 1) };
    let mut rest = text;
    let mut in_word = false;
    while let Some(c) = rest.chars().next() {
        let origin = text.len() - rest.len();
        if !in_word && !c.is_whitespace() {
            let word = rest.split(char::is_whitespace).next().unwrap_or(rest);
            if is_percent_encoded(word) {
                for c in percent_decode(word, true).chars() {
                    out.push(c, origin);
                }
                rest = &rest[word.len()..];
                continue;
            }
        }
        in_word = !c.is_whitespace();
        let (c, length) = match c {
            '\\' => backslash(rest),
            '&' => entity(rest),
            other => (Some(other), other.len_utf8()),
        };
        if let Some(c) = c.filter(|c| !is_invisible(*c)) {
            out.push(c, origin);
        }
        rest = &rest[length..];
    }
    out.at.push(text.len());
    out
}

fn is_percent_encoded(word: &str) -> bool {
    let upper = || word.to_ascii_uppercase();
    word.contains('%')
        && word.contains("AADSTS")
        && ["%3A", "%20", "%5B", "%27"].iter().any(|code| upper().contains(code))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// Any number of backslashes before a character: text can have been put into JSON more than once.
fn backslash(text: &str) -> (Option<char>, usize) {
    let after = text.trim_start_matches('\\');
    let slashes = text.len() - after.len();
    match after.chars().next() {
        Some('n' | 'r' | 't') => (Some(' '), slashes + 1),
        Some(c @ ('"' | '\'' | '/')) => (Some(c), slashes + 1),
        Some('u') => {
            let code = after.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
            code.map_or((Some('\\'), slashes), |c| (Some(c), slashes + 5))
        }
        _ => (Some('\\'), slashes),
    }
}

fn entity(text: &str) -> (Option<char>, usize) {
    const ENTITIES: [(&str, char); 8] = [
        ("&quot;", '"'),
        ("&#34;", '"'),
        ("&#39;", '\''),
        ("&#x27;", '\''),
        ("&apos;", '\''),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
    ];
    ENTITIES
        .iter()
        .find(|(entity, _)| text.starts_with(entity))
        .map_or((Some('&'), 1), |(entity, c)| (Some(*c), entity.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_places_kept() {
        let text = "a\\r\\nTrace \\u0027x\\\\\\\"  \n y &#39;z&quot; ‘q’";
        let normal = normalise(text);
        assert_eq!(normal.text, "a Trace 'x\" y 'z\" 'q'");
        assert_eq!(normal.origin(0), 0);
        let trace = normal.text.find("Trace").expect("there");
        assert_eq!(&text[normal.origin(trace)..normal.origin(trace) + 5], "Trace");
        assert_eq!(normal.origin(9999), text.len());
    }

    #[test]
    fn a_redirect_s_query_is_decoded() {
        let normal = normalise("https://x/?error_description=AADSTS700027%3a+The+key%27s%0d%0aTrace+ID%3a+1 %41");
        assert_eq!(normal.text, "https://x/?error_description=AADSTS700027: The key's Trace ID: 1 %41");
    }
}
