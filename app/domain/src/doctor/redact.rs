//! Takes secrets out of a paste before anything else looks at it.

use super::scan::{Found, Origin, Run, Span, find_all, is_base64, pairs, run_at, runs};
use crate::encoding;
use serde::{Deserialize, Serialize};

/// What was masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKind {
    /// A client secret, a password, an access or refresh token: known by its name or its shape.
    Value,
    PrivateKey,
    /// The signature of a token.
    Signature,
}

/// The text with each secret's bytes replaced by `*`. Offsets are those of the original.
pub(super) struct Masked {
    pub text: String,
    pub secrets: Vec<Found<SecretKind>>,
}

pub(super) fn mask(text: &str) -> Masked {
    let mut secrets = vec![];
    let mut note = |value, span: Span| secrets.push(Found { value, origin: Origin::Text, span });
    for span in private_keys(text) {
        note(SecretKind::PrivateKey, span);
    }
    for run in tokens(text) {
        if let Some(span) = signature(text, &run) {
            note(SecretKind::Signature, span);
        }
    }
    for pair in pairs(text, is_secret_name) {
        if !is_harmless(text, pair.value) {
            note(SecretKind::Value, pair.value);
        }
    }
    for span in flags(text).into_iter().chain(secret_shapes(text)) {
        if !is_harmless(text, span) {
            note(SecretKind::Value, span);
        }
    }
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

fn is_secret_name(name: &str) -> bool {
    const ENDS: [&str; 15] = [
        "secret",
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
    ENDS.iter().any(|end| name.ends_with(end)) || JWK.contains(&name)
}

/// A message that follows a colon ("Invalid client secret: AADSTS…") is no secret; nor is a token or PEM, which are masked
/// in their own way.
fn is_harmless(text: &str, span: Span) -> bool {
    let value = &text[span.start..span.end];
    ["AADSTS", "eyJ", "-----BEGIN", "https://", "{", "["].iter().any(|start| value.starts_with(start))
        || matches!(value, "null" | "true" | "false" | "client_credentials")
}

/// PEM blocks that hold a private key, to their end or to the end of the text; and bare base64 of such a key.
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
    out
}

/// Only the beginning is looked at, since the rest may be cut off.
fn is_private_key(run: &Run) -> bool {
    let value = run.text.rsplit_once('=').map_or(run.text.as_str(), |(name, value)| {
        // `name=MII…` is one run, base64's own padding stands at the end.
        if value.is_empty() { name.trim_end_matches('=') } else { value }
    });
    let value = value.rsplit('=').next().unwrap_or(value);
    let Some(bytes) = value.get(..32).and_then(encoding::decode_base64) else { return false };
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
    let bytes = text.as_bytes();
    find_all(text, "Q~")
        .filter(|at| *at >= 4 && bytes[at - 1].is_ascii_digit())
        .map(|at| {
            let start = (0..at).rev().take_while(|at| allowed(bytes[*at])).last().unwrap_or(at);
            let end = (at..bytes.len()).find(|at| !allowed(bytes[*at])).unwrap_or(bytes.len());
            Span { start, end }
        })
        .filter(|span| span.end - span.start >= 30)
        .collect()
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
