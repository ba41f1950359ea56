//! Digests as people copy them: with the label that a tool puts before them, with `0x`, in groups, in a list of bytes, with
//! an ellipsis in the middle.
//!
//! Only what cannot be anything else is taken: the right number of digits, or base64 behind a label that says so.

use crate::encoding;
use crate::thumbprint::{Sha256Thumbprint, Thumbprint};

/// Of the text that is looked at: a line or two, not a file.
const MOST_BYTES: usize = 8 * 1024;
/// Digests of one text.
const MOST: usize = 20;

/// A certificate's thumbprint that was found in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    /// Of 20 bytes.
    Sha1(Thumbprint),
    /// Of 32 bytes.
    Sha256(Sha256Thumbprint),
}

impl Digest {
    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let sha1 = <[u8; 20]>::try_from(bytes).map(|bytes| Self::Sha1(Thumbprint::from_bytes(bytes)));
        sha1.or_else(|_| <[u8; 32]>::try_from(bytes).map(|bytes| Self::Sha256(Sha256Thumbprint::from_bytes(bytes))))
            .ok()
    }
}

/// How the digest was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Two digits a byte, in whatever groups.
    Hexadecimal,
    /// Base64 or base64url.
    Base64,
}

/// All digests that the text names, in its order, each once.
pub fn in_text(text: &str) -> Vec<(Digest, Spelling)> {
    let text: String = text[..text.floor_char_boundary(MOST_BYTES)].chars().filter(|c| !is_invisible(*c)).collect();
    let mut out: Vec<(Digest, Spelling)> = vec![];
    let hex = in_hexadecimal(&text).into_iter().map(|digest| (digest, Spelling::Hexadecimal));
    let base64 = text.lines().filter_map(in_base64).map(|digest| (digest, Spelling::Base64));
    for found in hex.chain(base64) {
        if !out.iter().any(|(known, _)| *known == found.0) && out.len() < MOST {
            out.push(found);
        }
    }
    out
}

/// The beginning and the end of a SHA-1 thumbprint, in upper-case hexadecimal: `1C2FA93E…9C08F55B`. The end may be empty.
pub fn elided(text: &str) -> Option<(String, String)> {
    let text: String =
        text.trim().chars().filter(|c| !is_invisible(*c) && !matches!(c, ':' | ' ' | '[' | ']' | '(' | ')')).collect();
    let text = text.strip_prefix("0x").unwrap_or(&text);
    let at = text.find(['…', '.', '*'])?;
    let (begin, rest) = text.split_at(at);
    let end = rest.trim_start_matches(['…', '.', '*']);
    let dots = &rest[..rest.len() - end.len()];
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = begin.len() + end.len();
    let elided = (dots.contains('…') || dots.len() >= 2)
        && begin.len() >= 4
        && (8..40).contains(&digits)
        && is_hex(begin)
        && is_hex(end);
    elided.then(|| (begin.to_ascii_uppercase(), end.to_ascii_uppercase()))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// One word of digits: where it ends, and its digits.
struct Group<'t> {
    start: usize,
    end: usize,
    digits: &'t str,
}

fn groups(text: &str) -> Vec<Group<'_>> {
    let bytes = text.as_bytes();
    let mut out = vec![];
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
            at += 1;
        }
        let word = &text[start..at];
        let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")).unwrap_or(word);
        // "\\x1C" in a program's text.
        let digits = digits.strip_prefix('x').filter(|_| start > 0 && bytes[start - 1] == b'\\').unwrap_or(digits);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            out.push(Group { start, end: at, digits });
        }
    }
    out
}

/// Whole digests, and groups of one size that make one.
fn in_hexadecimal(text: &str) -> Vec<Digest> {
    let groups = groups(text);
    let mut out = vec![];
    let mut at = 0;
    while at < groups.len() {
        let size = groups[at].digits.len();
        let mut end = at + 1;
        let parts = |one: &Group<'_>, two: &Group<'_>| {
            let between = &text[one.end..two.start];
            between.len() <= 8
                && between.chars().all(|c| c.is_whitespace() || matches!(c, ':' | '-' | ',' | '.' | '\\' | '"' | '\''))
        };
        // 16, 20 and 32: halves, where a line was wrapped.
        if matches!(size, 2 | 4 | 5 | 8 | 10 | 16 | 20 | 32) {
            while end < groups.len() && groups[end].digits.len() == size && parts(&groups[end - 1], &groups[end]) {
                end += 1;
            }
        }
        let digits: String = groups[at..end].iter().map(|group| group.digits).collect();
        if matches!(digits.len(), 40 | 64) && !is_of_something_else(&text[..groups[at].start]) {
            out.extend(hex::decode(&digits).ok().as_deref().and_then(Digest::of_bytes));
        }
        at = end;
    }
    out
}

/// Labels of numbers that have a thumbprint's length and are none: a serial number (RFC 5280, section 4.1.2.2: up to 20
/// octets), key identifiers (section 4.2.1.2: mostly a SHA-1, of the key alone), hashes of keys and signatures (certutil).
const OTHERS: [&str; 8] =
    ["serial", "seriennummer", "key identifier", "keyidentifier", "keyid:", "key id", "signature", "public key"];

/// The label in front of the digits says so: it stands in their line, or in the one before where openssl prints it.
fn is_of_something_else(before: &str) -> bool {
    let mut lines = before.rsplit('\n');
    let mut label = lines.next().unwrap_or_default();
    if label.trim().is_empty() {
        label = lines.next().filter(|line| line.trim_end().ends_with(':')).unwrap_or_default();
    }
    // "Serial: 01, Thumbprint: 5D…"
    let label = label.rsplit([',', ';', '\t', '|']).next().unwrap_or_default().to_ascii_lowercase();
    OTHERS.iter().any(|other| label.contains(other)) && !label.contains("customkeyidentifier")
}

/// What tools and documents call it.
const LABELS: [&str; 12] = [
    "x5t",
    "x5t#s256",
    "thumbprint",
    "fingerprint",
    "customkeyidentifier",
    "kid",
    "sha1",
    "sha-1",
    "sha256",
    "sha-256",
    "hash",
    "digest",
];

/// `x5t: HC-pPs47AqDwTZV2cbXqTJwI9Vs`, also in JSON.
fn in_base64(line: &str) -> Option<Digest> {
    let at = line.find([':', '='])?;
    let name = line[..at].trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
    if !LABELS.iter().any(|label| name.ends_with(label)) {
        return None;
    }
    let value = line[at + 1..].trim().trim_matches(['"', '\'', ',', ';', ' ']);
    let is_one = matches!(value.len(), 27 | 28 | 43 | 44) && !value.contains(char::is_whitespace);
    is_one.then(|| encoding::decode_base64(value)).flatten().as_deref().and_then(Digest::of_bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    const HEX: &str = "1C2FA93ECE3B02A0F04D957671B5EA4C9C08F55B";

    #[test]
    fn a_digest_is_taken_out_of_what_stands_around_it() {
        let sha1: Thumbprint = HEX.parse().unwrap();
        let colons = "1C:2F:A9:3E:CE:3B:02:A0:F0:4D:95:76:71:B5:EA:4C:9C:08:F5:5B";
        for text in [
            format!("SHA1 Fingerprint={colons}"),
            format!("sha1 Fingerprint={}", colons.to_lowercase()),
            format!("\t SHA1: {colons}"),
            format!("Cert Hash(sha1): {}", colons.to_lowercase().replace(':', " ")),
            format!(
                "Thumbprint                                Subject\n----------                                -------\n{HEX}  CN=payroll-batch"
            ),
            format!("Thumbprint: {HEX}"),
            format!("Thumbprint : {HEX}\nSubject    : CN=added-face"),
            format!("0x{HEX}"),
            format!("Fingerabdruck {}", sha1.grouped_hex()),
            format!("new byte[] {{ 0x{} }}", colons.replace(':', ", 0x")),
            format!("\\x{}", colons.replace(':', "\\x")),
            format!("SHA1(stdin)= {}", HEX.to_lowercase()),
            format!("Cert:\\LocalMachine\\My\\{HEX}"),
            format!("https://portal.example.net/search?q={HEX}&x=1"),
            format!("x5t: {}", sha1.base64url()),
            format!("  \"x5t\": \"{}\",", sha1.base64url()),
            format!("customKeyIdentifier = {}", sha1.base64()),
            format!("customKeyIdentifier: {HEX}"),
            format!("Serial Number: 7F6242C0066708D6B630985D1C2A6AEF34FC3AE0\nThumbprint: {HEX}"),
            format!("serial 7F6242C0066708D6B630985D1C2A6AEF34FC3AE0, SHA1 {HEX}"),
            format!("Key Id Hash(sha1): 7f6242c0066708d6b630985d1c2a6aef34fc3ae0\nCert Hash(sha1): {HEX}"),
        ] {
            let found: Vec<Digest> = in_text(&text).into_iter().map(|(digest, _)| digest).collect();
            assert_eq!(found, [Digest::Sha1(sha1)], "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_digest() {
        for text in [
            "",
            "payroll batch",
            "0cf6bee1-60c1-4874-8877-b68ee6d30b94",
            "master-data-sync-production",
            "name: master-data-sync-production",
            "134234234234234234234234234234",
            &HEX[..38],
            &format!("{HEX}00"),
            "[28, 47, -87, 62, -50, 59, 2, -96, -16, 77, -107, 118, 113, -75, -22, 76, -100, 8, -11, 91]",
            "1C 2F A9 3E CE 3B 02 A0 F0 4D 95 76 71 B5 EA 4C 9C 08 F5",
            &format!("Serial Number: {HEX}"),
            &format!("Serial Number:\n    {}", HEX.to_lowercase()),
            &format!("X509v3 Subject Key Identifier: \n        {HEX}"),
            &format!("keyid:{HEX}"),
            &format!("Key Id Hash(rfc-sha1): {}", HEX.to_lowercase()),
            &format!("Key Id Hash(sha1): {HEX}"),
            &format!("subjectKeyIdentifier={HEX}"),
        ] {
            assert_eq!(in_text(text), [], "{text}");
        }
    }

    #[test]
    fn an_ellipsis_leaves_two_ends() {
        for text in [
            "1C2FA93E…9C08F55B",
            "1c2fa93e...9c08f55b",
            "1C:2F:A9:3E:…:9C:08:F5:5B",
            "1C2F A93E [...] 9C08 F55B",
            "1C2FA93E****9C08F55B",
        ] {
            assert_eq!(elided(text), Some(("1C2FA93E".into(), "9C08F55B".into())), "{text}");
        }
        assert_eq!(elided("1C2FA93E01…"), Some(("1C2FA93E01".into(), String::new())));
        for text in ["1C2F", "payroll…batch", "1.2.3.4", "1.23457E+39", "…9C08F55B", HEX] {
            assert_eq!(elided(text), None, "{text}");
        }
    }
}
