//! Takes secrets out of a paste before anything else looks at it.

use super::normal::{decoded, unframed};
use super::scan::{Found, Origin, Run, Span, find_all, is_base64, pairs, run_at, runs};
use crate::encoding;
use crate::peel::peel_text;
use serde::{Deserialize, Serialize};

/// What was masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKind {
    /// A client secret, a password, an access or refresh token: known by its name or its shape.
    Value,
    /// In PEM, or in base64 alone.
    PrivateKey,
    /// The signature of a token.
    Signature,
}

/// The text with each secret's bytes replaced by `*`. Offsets are those of the original.
pub(super) struct Masked {
    pub text: String,
    pub secrets: Vec<Found<SecretKind>>,
}

/// Secrets are looked for in the text as it is, without its frames, and with its escapes undone: one that shows only there
/// is a secret all the same.
pub(super) fn mask(text: &str) -> Masked {
    let mut secrets = secrets(text, |span| span);
    let plain = unframed(text);
    if plain.text != text {
        secrets.extend(self::secrets(&plain.text, |span| plain.place(span)));
    }
    let decoded = decoded(&plain);
    if decoded.text != plain.text {
        secrets.extend(self::secrets(&decoded.text, |span| decoded.place(span)));
    }
    let secrets = merged(secrets);
    let mut bytes = text.as_bytes().to_vec();
    for secret in &secrets {
        for byte in &mut bytes[secret.span.start..secret.span.end] {
            // Line structure stays, so that what follows is still read as it was.
            if !byte.is_ascii_whitespace() {
                *byte = b'*';
            }
        }
    }
    // Whole characters were replaced by ASCII, so the text is still UTF-8.
    Masked { text: String::from_utf8_lossy(&bytes).into_owned(), secrets }
}

fn secrets(text: &str, place: impl Fn(Span) -> Span) -> Vec<Found<SecretKind>> {
    let mut out = vec![];
    let mut note = |value, span: Span| out.push(Found { value, origin: Origin::Text, span: place(span) });
    for span in private_keys(text) {
        note(SecretKind::PrivateKey, span);
    }
    for run in tokens(text) {
        if let Some(span) = signature(text, &run) {
            note(SecretKind::Signature, span);
        }
    }
    for pair in pairs(text, is_secret_name) {
        if !is_harmless(text, pair.value) && (pair.name != "code" || is_grant(&text[pair.value.start..pair.value.end]))
        {
            note(SecretKind::Value, pair.value);
        }
    }
    for span in flags(text).into_iter().chain(secret_shapes(text)) {
        if !is_harmless(text, span) {
            note(SecretKind::Value, span);
        }
    }
    out
}

/// Places that overlap are one, of the kind that was found first in the text.
fn merged(mut secrets: Vec<Found<SecretKind>>) -> Vec<Found<SecretKind>> {
    secrets.sort_by_key(|secret| (secret.span.start, std::cmp::Reverse(secret.span.end)));
    let mut out: Vec<Found<SecretKind>> = vec![];
    for secret in secrets {
        match out.last_mut() {
            Some(last) if secret.span.start < last.span.end => last.span.end = last.span.end.max(secret.span.end),
            _ => out.push(secret),
        }
    }
    out
}

fn is_secret_name(name: &str) -> bool {
    const ENDS: [&str; 27] = [
        "secret",
        "codeverifier",
        "devicecode",
        "authorizationcode",
        "authcode",
        "apikey",
        "accesskey",
        "subscriptionkey",
        "sastoken",
        "sharedaccesssignature",
        "samlresponse",
        "bearertoken",
        "sessiontoken",
        "secrettext",
        "secretvalue",
        "clientcredential",
        "clientcredentials",
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "accesstoken",
        "refreshtoken",
        "idtoken",
        "privatekey",
        "accountkey",
        "sharedaccesskey",
    ];
    // The private members of a JSON Web Key (RFC 7518, section 6.3.2).
    const JWK: [&str; 6] = ["d", "dp", "dq", "qi", "p", "q"];
    // A grant (RFC 6749, section 4.1.3), and the signature of a shared access signature.
    const WHOLE: [&str; 2] = ["code", "sig"];
    ENDS.iter().any(|end| name.ends_with(end)) || JWK.contains(&name) || WHOLE.contains(&name)
}

/// An authorization code, and no code of an error, a country or a program.
fn is_grant(value: &str) -> bool {
    value.len() >= 20
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !value.contains(char::is_whitespace)
}

/// A message that follows a colon ("Invalid client secret: AADSTS…") is no secret; nor is a token or PEM, which are masked
/// in their own way.
fn is_harmless(text: &str, span: Span) -> bool {
    let value = &text[span.start..span.end];
    ["AADSTS", "eyJ", "-----BEGIN", "https://", "{", "["].iter().any(|start| value.starts_with(start))
        || matches!(value, "null" | "true" | "false" | "client_credentials")
}

/// PEM blocks that hold a private key, to their end or to the end of the text; bare base64 of such a key; and whatever
/// turns out to hold one once it is peeled.
fn private_keys(text: &str) -> Vec<Span> {
    const BEGIN: &str = "-----BEGIN ";
    let mut out = vec![];
    for at in find_all(text, BEGIN) {
        let Some((label, body)) = text.get(at + BEGIN.len()..).and_then(|rest| rest.split_once("-----")) else {
            continue;
        };
        if label.len() < 40 && label.trim_end().to_ascii_uppercase().ends_with("PRIVATE KEY") {
            let start = text.len() - body.len();
            let next = body.find(BEGIN).unwrap_or(body.len());
            let stop = body[..next].find("-----END").unwrap_or(next);
            out.push(Span { start, end: start + stop });
        }
    }
    out.extend(runs(text, is_base64, 40).into_iter().filter(is_private_key).map(|run| run.span));
    out.extend(peel_text(text).private_key_spans().map(|span| Span { start: span.start, end: span.end }));
    out
}

/// Only the beginning is looked at, since the rest may be cut off.
fn is_private_key(run: &Run) -> bool {
    let value = run.text.rsplit_once('=').map_or(run.text.as_str(), |(name, value)| {
        // `name=MII…` is one run, base64's own padding stands at the end.
        if value.is_empty() { name.trim_end_matches('=') } else { value }
    });
    let value = value.rsplit('=').next().unwrap_or(value);
    is_key_in_base64(value, ENCODINGS)
}

/// Encodings inside encodings that are looked into.
const ENCODINGS: usize = 4;

/// Base64 whose bytes are a key, or text in which one is armoured or encoded again. It can end anywhere.
fn is_key_in_base64(value: &str, depth: usize) -> bool {
    let Some(bytes) = value.get(..32).and_then(encoding::decode_base64) else { return false };
    if depth > 0 && bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')) {
        let whole = value.trim_end_matches('=');
        let text =
            encoding::decode_base64(&whole[..whole.len() / 4 * 4]).and_then(|bytes| String::from_utf8(bytes).ok());
        return text.is_some_and(|text| text.contains("PRIVATE KEY") || is_key_in_base64(&text, depth - 1));
    }
    // The SEQUENCE's length takes one byte to three.
    let ([0x30, 0x00..=0x80, content @ ..] | [0x30, 0x81, _, content @ ..] | [0x30, 0x82, _, _, content @ ..]) =
        bytes.as_slice()
    else {
        return false;
    };
    matches!(
        content,
        // PFX (RFC 7292), PKCS#8 (RFC 5958), PKCS#1 (RFC 8017), SEC 1: a version comes first.
        [0x02, 0x01, 0x03, 0x30, ..] | [0x02, 0x01, 0x00 | 0x01, 0x30 | 0x02 | 0x04, ..]
        // EncryptedPrivateKeyInfo: an algorithm of PKCS#5 or PKCS#12 does.
        | [0x30, _, 0x06, 0x09 | 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05 | 0x0c, ..]
    )
}

/// Where compact JWTs begin: base64 of `{"`, `{ `, `{\n` or `{\r`.
pub(super) fn tokens(text: &str) -> Vec<Run> {
    let bytes = text.as_bytes();
    let mut out: Vec<Run> = vec![];
    for (at, window) in bytes.windows(3).enumerate() {
        let begins = matches!(window, b"eyJ" | b"eyA" | b"ewo" | b"ew0");
        let inside = at > 0 && (is_token(bytes[at - 1]) && !matches!(bytes[at - 1], b'=' | b'%'));
        // A percent-encoded "=" or quote in front of it.
        let escaped = at >= 3 && bytes[at - 3] == b'%' && bytes[at - 2..at].iter().all(u8::is_ascii_hexdigit);
        if begins && (!inside || escaped) && out.last().is_none_or(|last| last.span.end <= at) {
            let run = run_at(text, at, is_token);
            if run.text.len() >= 16 {
                out.push(run);
            }
        }
    }
    out
}

fn is_token(byte: u8) -> bool {
    is_base64(byte) || matches!(byte, b'.' | b'%')
}

/// All behind the second dot.
fn signature(text: &str, run: &Run) -> Option<Span> {
    let mut dots = text[run.span.start..run.span.end].match_indices('.').skip(1);
    let start = run.span.start + dots.next()?.0 + 1;
    (start < run.span.end).then_some(Span { start, end: run.span.end })
}

/// `--client-secret VALUE`, `-u ID:SECRET`, `Bearer VALUE`.
fn flags(text: &str) -> Vec<Span> {
    const FLAGS: [&str; 8] = [
        "--client-secret ",
        "--password ",
        "--secret ",
        "--user ",
        "-u ",
        "Bearer ",
        "Basic ",
        "ConvertTo-SecureString ",
    ];
    let mut out = vec![];
    for flag in FLAGS {
        for at in find_all(text, flag) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_ascii_alphanumeric() || (c == '-' && flag == "-u ")) {
                continue;
            }
            let Some(rest) = text.get(at + flag.len()..) else { continue };
            let value = rest.trim_start_matches([' ', '"', '\'', '\\']);
            let start = text.len() - value.len();
            let length = value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).unwrap_or(value.len());
            // "Bearer token" in prose is no token.
            if length >= 8 || flag.starts_with("--") {
                out.push(Span { start, end: start + length });
            }
        }
    }
    out
}

/// What Entra makes for a client secret: three characters, a digit, `Q~`, then some 34.
fn secret_shapes(text: &str) -> Vec<Span> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'.' | b'_' | b'-');
    let mut out = vec![];
    let mut at = 0;
    for word in text.as_bytes().split(|byte| !allowed(*byte)) {
        let span = Span { start: at, end: at + word.len() };
        at = span.end + 1;
        let marked = || {
            word.windows(3).skip(1).any(|window| window[0].is_ascii_digit() && matches!(&window[1..], b"Q~" | b"q~"))
        };
        if word.len() >= 30 && marked() {
            out.push(span);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        const SECRET: &str = "a1b2c3d4e5f6-~.XYZ";
        for carrier in [
            "client_secret=@@&scope=x",
            "\"client_secret\":\"@@\"",
            r#"{\"clientSecret\": \"@@\"}"#,
            "AZURE_CLIENT_SECRET='@@'",
            "\"secretText\": \"@@\"",
            ".WithClientSecret(\"@@\")",
            "curl -u 11111111:@@ https://x",
            "az login --service-principal -u app --password @@",
            "Authorization: Bearer @@",
            "Client secret : @@",
            "$s = ConvertTo-SecureString \"@@\" -AsPlainText",
            "refresh_token=@@",
            "client_secret%3D@@%26x",
            "-----BEGIN RSA PRIVATE KEY-----\n@@\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nMIIE\n@@",
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.@@",
        ] {
            let text = format!("before {} after AADSTS700027", carrier.replace("@@", SECRET));
            let masked = mask(&text);
            assert!(!masked.text.contains(SECRET), "{}", masked.text);
            assert!(!masked.secrets.is_empty());
            assert_eq!(masked.text.len(), text.len());
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is right.",
            "Invalid client secret: AADSTS7000215: no",
            "'client_assertion' or 'client_secret'. Trace ID: 2486d2c5-63a7-44f5-bb09-05e4c5494000",
            "Failed to acquire a Bearer token",
            "client_secret: null, kid: abc, grant_type=client_credentials",
        ] {
            assert_eq!(mask(text).text, text);
        }
    }

    #[test]
    fn bare_keys_are_known_by_their_first_bytes() {
        let pkcs8 = encoding::base64(
            &[&hex::decode("308204bd020100300d06092a864886f70d0101").expect("hex")[..], &[7; 40]].concat(),
        );
        for text in [pkcs8.clone(), format!("\"key\":\"{pkcs8}\""), format!("key={pkcs8}")] {
            assert!(!mask(&text).text.contains(&pkcs8[..30]), "{text}");
        }
        // A certificate: its first member is a SEQUENCE with a version in [0].
        let certificate =
            encoding::base64(&[&hex::decode("308202bd308201a5a003020102").expect("hex")[..], &[7; 40]].concat());
        assert_eq!(mask(&certificate).text, certificate);
    }
}
