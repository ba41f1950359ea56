//! Splits pretty-printed JSON into coloured pieces. It only names what it sees: put together, the pieces are the
//! input, byte for byte, whether that is valid JSON or not.

/// What a piece of JSON text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonToken {
    Space,
    Punctuation,
    Name,
    Text,
    /// A string too long to read, for instance a certificate.
    LongText,
    Number,
    /// `true`, `false`, `null`.
    Word,
    Other,
}

/// Strings longer than this are folded away until asked for.
const LONG: usize = 96;

/// The pieces of one line or document, in order.
pub fn pieces(json: &str) -> Vec<(JsonToken, &str)> {
    let mut out = Vec::new();
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            ' ' | '\n' | '\r' | '\t' => (JsonToken::Space, run(rest, char::is_whitespace)),
            '{' | '}' | '[' | ']' | ',' | ':' => (JsonToken::Punctuation, first.len_utf8()),
            '"' => {
                let length = string_length(rest);
                let named = rest[length..].trim_start().starts_with(':');
                let kind = if named {
                    JsonToken::Name
                } else if length > LONG {
                    JsonToken::LongText
                } else {
                    JsonToken::Text
                };
                (kind, length)
            }
            '-' | '0'..='9' => (JsonToken::Number, run(rest, |c| c.is_ascii_digit() || "+-.eE".contains(c))),
            'a'..='z' => (JsonToken::Word, run(rest, |c| c.is_ascii_lowercase())),
            other => (JsonToken::Other, other.len_utf8()),
        };
        let (piece, after) = rest.split_at(length);
        out.push((kind, piece));
        rest = after;
    }
    out
}

fn run(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

/// Length of a string literal with its quotes; an unfinished one runs to the end.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Lines of a pretty-printed `{"keyCredentials": [ … ]}` (or a bare array), each with whether it belongs to an entry
/// that mentions one of `needles`.
pub fn lines<'a>(json: &'a str, needles: &[String]) -> Vec<(bool, &'a str)> {
    let all: Vec<&str> = json.lines().collect();
    let mut marked = vec![false; all.len()];
    if !needles.is_empty() {
        let mut start = 0;
        let mut indent = 0;
        for (at, line) in all.iter().enumerate() {
            let depth = line.len() - line.trim_start().len();
            if line.trim() == "{" {
                (start, indent) = (at, depth);
            }
            if depth == indent
                && line.trim_start().starts_with('}')
                && all[start..=at].iter().any(|line| needles.iter().any(|needle| line.contains(needle)))
            {
                marked[start..=at].fill(true);
            }
        }
    }
    marked.into_iter().zip(all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_the_input() {
        for json in [
            "{\n  \"a\": [1, -2.5e3, true, null, \"x \\\" y\\\\\"]\n}",
            "\"unfinished \\",
            "ü{\"käse\": \"münster\"}",
            "",
            "{]]]nonsense 12 \"",
        ] {
            assert_eq!(pieces(json).into_iter().map(|(_, piece)| piece).collect::<String>(), json);
        }
    }

    #[test]
    fn names_and_values_differ() {
        let found: Vec<_> = pieces("{\"key\" : \"key\", \"n\": 4, \"b\": false}")
            .into_iter()
            .filter(|(kind, _)| !matches!(kind, JsonToken::Space | JsonToken::Punctuation))
            .collect();
        assert_eq!(
            found,
            [
                (JsonToken::Name, "\"key\""),
                (JsonToken::Text, "\"key\""),
                (JsonToken::Name, "\"n\""),
                (JsonToken::Number, "4"),
                (JsonToken::Name, "\"b\""),
                (JsonToken::Word, "false")
            ]
        );
    }

    #[test]
    fn only_the_entry_with_the_needle_is_marked() {
        let json =
            serde_json::to_string_pretty(&serde_json::json!({"keyCredentials": [{"keyId": "one"}, {"keyId": "two"}]}))
                .expect("json");
        let marked: Vec<_> = lines(&json, &["two".into()])
            .into_iter()
            .filter(|(marked, _)| *marked)
            .map(|(_, line)| line.trim())
            .collect();
        assert_eq!(marked, ["{", "\"keyId\": \"two\"", "}"]);
        assert!(lines(&json, &[]).iter().all(|(marked, _)| !marked));
    }
}
