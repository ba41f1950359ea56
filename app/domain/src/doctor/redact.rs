//! Takes secrets out of a paste before anything else looks at it.
//!
//! They are known by their names ([`names`]; [`named`] and [`members`] for where the value then stands), by their shape
//! ([`shapes`]), by where code has them ([`code`]), by a table's header ([`tables`]), and as keys and
//! signatures ([`keys`], [`tokens`]); also in text that was
//! encoded as a whole ([`encoded`]).

mod code;
mod encoded;
mod keys;
mod members;
mod named;
mod names;
mod shapes;
mod tables;
mod tokens;
mod value;

pub(super) use tokens::tokens;

use super::normal::{Normal, decoded, unframed, without_any_percent};
use super::scan::{Found, Origin, Span, pairs};
use serde::{Deserialize, Serialize};
use value::is_harmless;

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

/// Escapes of URLs within each other that are undone.
const PERCENT_DEPTH: usize = 3;

/// How often what is left is looked at again.
const AGAIN: usize = 3;

/// What is looked for.
#[derive(Clone, Copy)]
enum Look {
    All,
    /// Secrets in runs that were encoded as a whole.
    Encoded,
}

/// The text without its secrets. What was masked can be what broke a run of base64 or stood before it: with its beginning gone, the
/// rest can be read, and have a secret in it. Until there is none more, so that masking it again changes nothing.
pub(super) fn mask(text: &str) -> Masked {
    let mut masked = mask_once(text, Look::All);
    for _ in 0..AGAIN {
        let next = mask_once(&masked.text, Look::Encoded);
        if next.secrets.is_empty() {
            break;
        }
        masked = Masked { text: next.text, secrets: merged([masked.secrets, next.secrets].concat()) };
    }
    masked
}

/// Secrets are looked for in the text as it is, without its frames, and with its escapes undone: one that shows only there
/// is a secret all the same.
fn mask_once(text: &str, wanted: Look) -> Masked {
    let mut secrets = secrets(text, &|span| span, wanted, ENCODINGS);
    let plain = unframed(text);
    let mut look = |before: &Normal, normal: &Normal| {
        if normal.text != before.text {
            secrets.extend(self::secrets(&normal.text, &|span| normal.place(span), wanted, ENCODINGS));
        }
    };
    look(&Normal::of(text), &plain);
    let decoded = decoded(&plain);
    look(&plain, &decoded);
    let mut whole = decoded;
    for _ in 0..PERCENT_DEPTH {
        let next = without_any_percent(&whole);
        if next.text == whole.text {
            break;
        }
        look(&whole, &next);
        whole = next;
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

/// Encodings inside encodings that are looked into.
const ENCODINGS: usize = 4;

fn secrets(text: &str, place: &dyn Fn(Span) -> Span, wanted: Look, depth: usize) -> Vec<Found<SecretKind>> {
    let mut out = match wanted {
        Look::All => shown(text, place),
        Look::Encoded => vec![],
    };
    if depth > 0 {
        let has_secret = |inner: &str| !secrets(inner, &|span| span, Look::All, depth - 1).is_empty();
        for span in encoded::runs_with(text, has_secret) {
            out.push(Found { value: SecretKind::Value, origin: Origin::Text, span: place(span) });
        }
    }
    out
}

/// Those that stand there as they are.
fn shown(text: &str, place: &dyn Fn(Span) -> Span) -> Vec<Found<SecretKind>> {
    let mut out = vec![];
    let mut note = |value, span: Span| out.push(Found { value, origin: Origin::Text, span: place(span) });
    for span in keys::private_keys(text) {
        note(SecretKind::PrivateKey, span);
    }
    for span in tokens::signatures(text) {
        note(SecretKind::Signature, span);
    }
    for pair in pairs(text, names::is_secret) {
        let value = &text[pair.value.start..pair.value.end];
        if !is_harmless(value) && (pair.name != "code" || value::is_grant(value)) {
            note(SecretKind::Value, pair.value);
        }
    }
    for span in
        named::values(text).into_iter().chain(tables::cells(text)).chain(tables::columns(text)).chain(code::all(text))
    {
        note(SecretKind::Value, span);
    }
    for span in shapes::all(text) {
        if !is_harmless(&text[span.start..span.end]) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding;

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
    fn an_escape_within_a_run_of_base64_leaves_nothing_to_be_masked_again() {
        let log = format!(
            r#"{{"certificate":"{}","password":"Sommer-2026!x"}} Error: AADSTS700027: no such key"#,
            "MIIENwIBAzCCA".repeat(9)
        );
        let whole = encoding::base64(log.as_bytes());
        for place in 0..whole.len() {
            let broken = format!("{}\u{1b}[{}", &whole[..place], &whole[place..]);
            let once = mask(&broken);
            assert_eq!(mask(&once.text).text, once.text, "at {place}");
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
