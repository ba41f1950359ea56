//! What a person's words can mean: a thumbprint in any of its spellings, an id, or part of a name.

use domain::digest_text::{self, Digest, Spelling};
use domain::doctor::presented::{Dialect, Presented};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use uuid::Uuid;

/// The shortest part of a thumbprint that is looked for: shorter ones are words.
const FEWEST_DIGITS: usize = 8;

/// All readings of the words, the most particular first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub readings: Vec<Interpretation>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    pub meaning: Meaning,
    /// In words, for instance `SHA-1 thumbprint, as base64url`.
    pub taken_for: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    Thumbprint(Thumbprint),
    Sha256(Sha256Thumbprint),
    Key(KeyId),
    App(AppId),
    Object(ObjectId),
    /// The beginning of a SHA-1, in upper-case hexadecimal.
    Digits(String),
    /// The beginning and the end of a SHA-1, in upper-case hexadecimal.
    Ends(String, String),
    /// In lower case; all must be there.
    Words(Vec<String>),
}

impl Query {
    pub fn read(words: &str) -> Self {
        let words: String = words.chars().filter(|c| !is_invisible(*c)).collect();
        let words = words.trim().trim_matches(['"', '\'', '“', '”']).trim();
        let mut readings = vec![];
        // The more particular reading of the same comes first and stays.
        let mut add = |meaning: Meaning, taken_for: &str| {
            if !readings.iter().any(|known: &Interpretation| known.meaning == meaning) {
                readings.push(Interpretation { meaning, taken_for: taken_for.to_owned() });
            }
        };
        if let Ok(id) = Uuid::parse_str(words)
            && words.contains('-')
        {
            add(Meaning::Key(KeyId::new(id)), "keyId");
            add(Meaning::App(AppId::new(id)), "application (client) id");
            add(Meaning::Object(ObjectId::new(id)), "object id");
        }
        let digits: String = words.chars().filter(|c| !(c.is_whitespace() || matches!(c, ':' | '-'))).collect();
        let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match digits.len() {
            40 | 64 if is_hex => add_digest(&mut add, &digits, "hexadecimal"),
            60 | 80 | 96 | 128 if is_hex => {
                let presented = Presented::of_message(&digits, false);
                add_presented(&mut add, &presented);
            }
            length if is_hex && (FEWEST_DIGITS..40).contains(&length) && !is_guid(words) => {
                add(Meaning::Digits(digits.to_ascii_uppercase()), "beginning of a SHA-1 thumbprint");
            }
            _ if is_hex => {}
            _ => {
                let spelling = if words.contains(['+', '/', '=']) { "base64" } else { "base64url" };
                add_digest(&mut add, words, spelling);
                if is_longer_than_a_digest(words) {
                    add_presented(&mut add, &Presented::of_header(words));
                }
            }
        }
        for (digest, spelling) in digest_text::in_text(words) {
            let how = match spelling {
                Spelling::Hexadecimal => "hexadecimal",
                Spelling::Base64 => "base64",
            };
            let (meaning, kind) = match digest {
                Digest::Sha1(thumbprint) => (Meaning::Thumbprint(thumbprint), "SHA-1"),
                Digest::Sha256(thumbprint) => (Meaning::Sha256(thumbprint), "SHA-256"),
            };
            add(meaning, &format!("{kind} thumbprint in a text, as {how}"));
        }
        if let Some((begin, end)) = digest_text::elided(words) {
            add(Meaning::Ends(begin, end), "beginning and end of a SHA-1 thumbprint");
        }
        let lower = words_of(words);
        if !lower.is_empty() {
            add(Meaning::Words(lower), "part of a name");
        }
        Self { readings }
    }
}

/// The words of a search for a name, in lower case.
pub(crate) fn words_of(search: &str) -> Vec<String> {
    search.split_whitespace().map(str::to_lowercase).collect()
}

/// All of these words are somewhere in it, in any order. Both in lower case.
pub(crate) fn has_words(name: &str, words: &[String]) -> bool {
    words.iter().all(|word| name.contains(word.as_str()))
}

/// A GUID's digits are no beginning of a thumbprint.
fn is_guid(words: &str) -> bool {
    Uuid::parse_str(words).is_ok()
}

/// Base64 that is longer than a digest's: it may hold the letters of one.
fn is_longer_than_a_digest(words: &str) -> bool {
    words.len() > 44 && !words.contains(char::is_whitespace)
}

fn add_digest(add: &mut impl FnMut(Meaning, &str), text: &str, spelling: &str) {
    if let Ok(thumbprint) = text.parse() {
        add(Meaning::Thumbprint(thumbprint), &format!("SHA-1 thumbprint, as {spelling}"));
    }
    if let Ok(thumbprint) = text.parse() {
        add(Meaning::Sha256(thumbprint), &format!("SHA-256 thumbprint, as {spelling}"));
    }
}

fn add_presented(add: &mut impl FnMut(Meaning, &str), presented: &Presented) {
    let how = match presented.dialect {
        Dialect::HexAsBase64 => "hexadecimal that was decoded as base64",
        Dialect::HexText | Dialect::DecoratedHexText => "hexadecimal that was encoded twice",
        Dialect::TwiceEncoded => "base64 that was encoded twice",
        _ => "digits with something behind them",
    };
    if let Some(thumbprint) = presented.sha1 {
        add(Meaning::Thumbprint(thumbprint), &format!("SHA-1 thumbprint, as {how}"));
    }
    if let Some(thumbprint) = presented.sha256 {
        add(Meaning::Sha256(thumbprint), &format!("SHA-256 thumbprint, as {how}"));
    }
}

/// What copies from Windows' certificate dialogue and from web pages carry along.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    const HEX: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";

    fn first(words: &str) -> (Meaning, String) {
        let reading = Query::read(words).readings.remove(0);
        (reading.meaning, reading.taken_for)
    }

    #[test]
    fn every_spelling_of_a_thumbprint() {
        let sha1: Thumbprint = HEX.parse().unwrap();
        let colons = "a5:38:d0:0e:87:27:ec:58:14:e2:fb:10:7b:31:36:37:6f:22:69:5b";
        for (words, how) in [
            (HEX.to_owned(), "hexadecimal"),
            (HEX.to_lowercase(), "hexadecimal"),
            (colons.to_owned(), "hexadecimal"),
            (format!("\u{200e}{}\u{200b}", sha1.grouped_hex()), "hexadecimal"),
            (format!(" \"{HEX}\" "), "hexadecimal"),
            ("pTjQDocn7FgU4vsQezE2N28iaVs".to_owned(), "base64url"),
            ("pTjQDocn7FgU4vsQezE2N28iaVs=".to_owned(), "base64"),
            (hex::encode_upper(HEX), "hexadecimal that was encoded twice"),
            (domain_base64(HEX), "hexadecimal that was encoded twice"),
        ] {
            assert_eq!(first(&words), (Meaning::Thumbprint(sha1), format!("SHA-1 thumbprint, as {how}")), "{words}");
        }
        let (meaning, how) = first("JsyQ-M7PCVVQqT4yvrjKOZZ6xrmya3EynlpCKRuBEA8");
        assert!(matches!(meaning, Meaning::Sha256(_)));
        assert_eq!(how, "SHA-256 thumbprint, as base64url");
    }

    fn domain_base64(text: &str) -> String {
        use base64::Engine as _;
        base64::prelude::BASE64_STANDARD.encode(text)
    }

    #[test]
    fn a_digest_is_found_behind_its_label() {
        let sha1: Thumbprint = HEX.parse().unwrap();
        for words in [
            "SHA1 Fingerprint=A5:38:D0:0E:87:27:EC:58:14:E2:FB:10:7B:31:36:37:6F:22:69:5B".to_owned(),
            format!("Thumbprint: {HEX}"),
            format!("0x{HEX}"),
            "x5t: pTjQDocn7FgU4vsQezE2N28iaVs".to_owned(),
        ] {
            let (meaning, how) = first(&words);
            assert_eq!(meaning, Meaning::Thumbprint(sha1), "{words}");
            assert!(how.starts_with("SHA-1 thumbprint in a text"), "{how}");
        }
        assert_eq!(first("A538D00E…6F22695B").0, Meaning::Ends("A538D00E".into(), "6F22695B".into()));
    }

    #[test]
    fn ids_parts_and_names() {
        let id = "765eb0e3-acb3-475d-9a98-ee6892f081c8";
        let taken: Vec<String> = Query::read(id).readings.into_iter().map(|reading| reading.taken_for).collect();
        assert_eq!(taken, ["keyId", "application (client) id", "object id", "part of a name"]);
        assert_eq!(first("a5:38:d0:0e").0, Meaning::Digits("A538D00E".into()));
        assert_eq!(first("Payroll  BATCH").0, Meaning::Words(vec!["payroll".into(), "batch".into()]));
        assert_eq!(first("cafe").0, Meaning::Words(vec!["cafe".into()]));
        assert_eq!(Query::read(" \u{200b} ").readings, []);
    }
}
