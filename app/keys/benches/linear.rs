//! Time against size: each parser over hostile input of 1 KB, 10 KB, 100 KB and 1 MB. Ten times the size may take ten times as
//! long and somewhat more, never a hundred times. `cargo bench -p keys --bench linear`; it fails where
//! a parser is not linear, or takes more than a second for 1 MB.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// What is measured: a parser's name, the input's, a piece that is repeated, and the parser.
type Row = (&'static str, &'static str, &'static str, fn(&[u8]));

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Growth that is allowed for ten times the size.
const GROWTH: u32 = 30;
/// Too short to be compared.
const NOISE: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_secs(1);

const ROWS: &[Row] = &[
    ("upload", "BEGIN lines", "-----BEGIN CERTIFICATE-----\n", upload),
    ("upload", "BEGIN lines of keys", "-----BEGIN PRIVATE KEY-----\n", upload),
    ("upload", "END lines", "-----END CERTIFICATE-----\n", upload),
    ("upload", "BEGIN without line ends", "-----BEGIN ", upload),
    ("upload", "dashes", "-", upload),
    ("upload", "typographic dashes", "—", upload),
    ("upload", "words BEGIN", "BEGIN", upload),
    ("upload", "empty blocks", "-----BEGIN X-----\n-----END X-----\n", upload),
    ("upload", "tiny structures", "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n", upload),
    ("upload", "base64 of zeros", "AAAA", upload),
    ("upload", "base64 of a SEQUENCE", "MIIDETCC", upload),
    ("upload", "base64 in lines", "MIIDETCCAfmgAwIBAgIUFkog/PuKa94wivaCJNN9ppo9B1swDQYJKoZIhvcNAQEL\n", upload),
    ("upload", "values of JSON", "\"cer\":\"MIIDETCCAfmgAwIBAgIUFkogMIIDETCC\",", upload),
    ("upload", "colons and quotes", "\": \"", upload),
    ("upload", "tags", "<a><", upload),
    ("upload", "backslashes", "\\", upload),
    ("upload", "backslashes and n", "\\\\n", upload),
    ("upload", "percent", "%25", upload),
    ("upload", "ampersands", "&", upload),
    ("upload", "entities", "&amp;", upload),
    ("upload", "soft breaks", "=3D=\n", upload),
    ("upload", "ESC", "\x1b[", upload),
    ("upload", "hexadecimal", "30", upload),
    ("upload", "hexadecimal pairs", "30 82 ", upload),
    ("upload", "0x", "0x30,", upload),
    ("upload", "decimal", "48,", upload),
    ("upload", "private members of a key", "\"kty\" \"d\" : \"", upload),
    ("upload", "XML of .NET", "<RSAKeyValue><D>", upload),
    ("upload", "UTF-16 of dashes", "-\0", upload),
    ("upload", "indefinite lengths", "0\u{80}", latin1),
    ("doctor", "names of secrets", "d=", doctor),
    ("doctor", "opened quotes", "d=“", doctor),
    ("doctor", "marks of secrets", "1Q~", doctor),
    ("doctor", "BEGIN without line ends", "-----BEGIN ", doctor),
    ("doctor", "BEGIN lines of keys", "-----BEGIN PRIVATE KEY-----\n", doctor),
    ("doctor", "beginnings of tokens", "eyJ", doctor),
    ("doctor", "codes", "AADSTS700027 ", doctor),
    ("doctor", "brackets", "[", doctor),
    ("doctor", "links", "](", doctor),
    ("doctor", "tags", "<", doctor),
    ("doctor", "soft breaks", "=\n", doctor),
    ("doctor", "percent", "%25", doctor),
    ("doctor", "log prefixes", "12:00:00 [", doctor),
    ("doctor", "strings of a program", "\"\n\"", doctor),
    ("table", "quotes", "\"", table),
    ("table", "quoted cells", "\",\"", table),
    ("table", "line ends", "\r", table),
    ("table", "separators", ";", table),
    ("table", "blanks before quotes", " \" ", table),
    ("digests", "groups", "1C:", digests),
    ("answer", "entries", "{\"keyId\":\"765eb0e3-acb3-475d-9a98-ee6892f081c8\",\"usage\":\"Verify\"},", answer),
    ("answer", "brackets", "[", answer),
    ("pfx", "indefinite lengths", "0\u{80}", pfx),
    ("pfx", "empty bags", "0\0", pfx),
];

fn upload(bytes: &[u8]) {
    let _ = black_box(domain::upload::read(bytes));
    let _ = black_box(domain::upload::read_public(bytes));
}

/// It reads no more than its own limit.
fn doctor(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = black_box(domain::doctor::paste::recognise(&text));
}

fn table(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = black_box(domain::csv::import(&format!("app,certificate\n{text}")));
}

fn digests(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = black_box(domain::digest_text::in_text(&text));
}

/// Graph's `keyCredentials`, out of whole pieces of the input.
fn answer(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let whole = text.rfind(',').map_or(&text[..], |end| &text[..end]);
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(&format!("[{whole}]")) {
        let _ = black_box(domain::key_credential::KeyCredentials::from_json(&value));
    }
}

/// The text's characters are the octets.
fn octets(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).chars().filter_map(|c| u8::try_from(c).ok()).collect()
}

fn latin1(bytes: &[u8]) {
    upload(&octets(bytes));
}

/// Behind the beginning of a PFX without MAC.
fn pfx(bytes: &[u8]) {
    let octets = octets(bytes);
    let tlv = |tag: u8, content: &[u8]| {
        let length = u32::try_from(content.len()).expect("small").to_be_bytes();
        [&[tag, 0x84], length.as_slice(), content].concat()
    };
    let data = [
        &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01][..],
        &tlv(0xa0, &tlv(0x04, &tlv(0x30, &octets))),
    ]
    .concat();
    let file = tlv(0x30, &[&[2, 1, 3][..], &tlv(0x30, &data)].concat());
    let _ = black_box(keys::read_pkcs12(&file, ""));
}

fn of_size(piece: &str, size: usize) -> Vec<u8> {
    let mut bytes = piece.repeat(size / piece.len() + 1).into_bytes();
    bytes.truncate(size);
    bytes
}

/// The shortest of a few runs.
fn measure(parser: fn(&[u8]), input: &[u8]) -> Duration {
    let runs = if input.len() > 100_000 { 3 } else { 5 };
    let time = || {
        let start = Instant::now();
        parser(black_box(input));
        start.elapsed()
    };
    (0..runs).map(|_| time()).min().unwrap_or_default()
}

#[allow(clippy::print_stdout, reason = "a bench prints its figures")]
fn main() {
    let mut slow = vec![];
    println!("{:<8} {:<28} {:>10} {:>10} {:>10} {:>10}", "parser", "input", "1 KB", "10 KB", "100 KB", "1 MB");
    for (parser, name, piece, run) in ROWS {
        let times = SIZES.map(|size| measure(*run, &of_size(piece, size)));
        let shown = times.map(|time| format!("{:.2} ms", time.as_secs_f64() * 1000.0));
        println!("{parser:<8} {name:<28} {:>10} {:>10} {:>10} {:>10}", shown[0], shown[1], shown[2], shown[3]);
        let grows = times.windows(2).any(|pair| pair[1] > NOISE && pair[1] > pair[0].max(NOISE / 10) * GROWTH);
        if grows || times[3] > LONGEST {
            slow.push(format!("{parser}, {name}"));
        }
    }
    assert!(slow.is_empty(), "not linear, or too slow: {}", slow.join("; "));
}
