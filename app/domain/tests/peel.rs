//! What people's tools wrap around a certificate or a key comes off, in every combination.

mod support;

use domain::encoding::base64;
use domain::peel::{PieceKind, peel, peel_text, peel_text_roughly};
use support::make;

fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

fn wrapped(text: &str, width: usize) -> String {
    let lines: Vec<&str> =
        text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    lines.join("\n")
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Quoted-printable (RFC 2045, section 6.7) with lines of 76.
fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let line = line.replace('=', "=3D");
        let mut at = 0;
        while line.len() - at > 76 {
            out.push_str(&line[at..at + 75]);
            out.push_str("=\r\n");
            at += 75;
        }
        out.push_str(&line[at..]);
        out.push_str("\r\n");
    }
    out
}

fn each_line(text: &str, each: impl Fn(usize, &str) -> String) -> String {
    text.lines().enumerate().map(|(at, line)| each(at, line)).collect::<Vec<_>>().join("\n")
}

/// (how it is wrapped, the file)
fn wrappings(der: &[u8], pem: &str) -> Vec<(&'static str, Vec<u8>)> {
    let plain = base64(der);
    let line = pem.replace('\n', "\\n");
    vec![
        ("pem", pem.into()),
        ("der", der.to_vec()),
        ("base64", plain.clone().into()),
        ("base64 of 76", wrapped(&plain, 76).into()),
        ("base64 of 20", wrapped(&plain, 20).into()),
        ("base64url", plain.replace('+', "-").replace('/', "_").replace('=', "").into()),
        ("base64 of base64", base64(plain.as_bytes()).into()),
        ("base64 of pem", base64(pem.as_bytes()).into()),
        ("base64 of base64 of pem", base64(base64(pem.as_bytes()).as_bytes()).into()),
        ("base64 of pem in utf-16", base64(&utf16(pem, false)).into()),
        (
            "certutil -encode of pem",
            format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
                wrapped(&base64(pem.as_bytes()), 64)
            )
            .into(),
        ),
        ("hex", hex(der).into()),
        ("hex in lines", wrapped(&hex(der), 60).into()),
        ("hex of pem", hex(pem.as_bytes()).into()),
        ("0x", format!("0x{}", hex(der).to_uppercase()).into()),
        ("colons", der.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":").into()),
        ("signed bytes", format!("{:?}", der.iter().map(|byte| byte.cast_signed()).collect::<Vec<_>>()).into()),
        ("Buffer of Node", format!("{{\"type\":\"Buffer\",\"data\":{der:?}}}").into()),
        ("utf-16 with mark", utf16(pem, true)),
        ("utf-16 without", utf16(pem, false)),
        ("utf-32", pem.chars().flat_map(|c| (c as u32).to_be_bytes()).collect()),
        ("single quotes", format!("'{plain}'").into()),
        ("typographic quotes", format!("„{plain}“").into()),
        ("json", format!("{{\"a\": 1, \"cert\": {}, \"b\": [2]}}", json(pem)).into()),
        ("json in json", json(&format!("{{\"cert\": {}}}", json(pem))).into()),
        ("json thrice", json(&json(&format!("{{\"cert\": {}}}", json(pem)))).into()),
        ("json with solidus", format!("{{\"cer\":\"{}\"}}", plain.replace('/', "\\/")).into()),
        ("json with \\u", format!("{{\"cer\":\"{}\"}}", plain.replace('+', "\\u002B").replace('=', "\\u003d")).into()),
        ("x5c", format!("{{\"keys\":[{{\"kty\":\"RSA\",\"x5c\":[\"{plain}\"]}}]}}").into()),
        (
            "jwt header",
            format!(
                "{}.e30.c2ln",
                base64(format!("{{\"alg\":\"RS256\",\"x5c\":[\"{plain}\"]}}").as_bytes()).replace('=', "")
            )
            .into(),
        ),
        ("cut json", format!("{{\"value\": [{{\"key\": \"{plain}\", \"usage\": \"Ver").into()),
        ("yaml value", format!("a: 1\ncert: {plain}\nb: 2\n").into()),
        ("yaml block", format!("data:\n  cert: |\n    {}\n  other: x\n", pem.trim().replace('\n', "\n    ")).into()),
        ("yaml folded base64", format!("cert: >-\n  {}\nother: x\n", wrapped(&plain, 64).replace('\n', "\n  ")).into()),
        ("xml", format!("<a><ds:X509Certificate>\n{}\n</ds:X509Certificate></a>", wrapped(&plain, 76)).into()),
        ("xml entities", format!("<a v=\"{}\"/>", pem.replace('\n', "&#xA;").replace('+', "&#43;")).into()),
        ("html", format!("<pre>{}</pre>", pem.replace('\n', "<br>\n").replace('=', "&equals;")).into()),
        ("percent", percent(pem).into()),
        ("percent twice", percent(&percent(pem)).into()),
        ("form", percent(pem).replace("%20", "+").into()),
        ("query", format!("client_cert={}&x=1", percent(&plain)).into()),
        ("envoy's header", format!("Hash=00ff;Cert=\"{}\";Subject=\"\"", percent(pem)).into()),
        ("quoted-printable", quoted_printable(pem).into()),
        ("quoted-printable base64", quoted_printable(&format!("the certificate:\n{plain}\nbye")).into()),
        ("data url", format!("data:application/x-x509-ca-cert;base64,{plain}").into()),
        (
            "ldif",
            format!("dn: cn=x\nuserCertificate;binary:: {}\ncn: x\n", wrapped(&plain, 51).replace('\n', "\n ")).into(),
        ),
        ("env file", format!("A=1\nCERT=\"{line}\"\nB=2\n").into()),
        ("escaped twice", line.replace("\\n", "\\\\n").into()),
        ("carriage returns", pem.replace('\n', "\\r\\n").into()),
        (
            "java",
            format!("String c = {};", each_line(pem, |_, line| format!("\"{line}\\n\" +")).trim_end_matches(" +"))
                .into(),
        ),
        ("c", format!("const char *c =\n{};", each_line(pem, |_, line| format!("  \"{line}\\r\\n\""))).into()),
        ("list of lines", format!("{:?}", pem.lines().collect::<Vec<_>>()).into()),
        ("shell", pem.replace('\n', "\\\n").into()),
        ("mail", each_line(pem, |_, line| format!("> {line}")).into()),
        ("mail twice", each_line(pem, |_, line| format!(">> {line}")).into()),
        ("comment", each_line(pem, |_, line| format!("# {line}")).into()),
        ("comment of c", each_line(pem, |_, line| format!("// {line}")).into()),
        ("diff", each_line(pem, |_, line| format!("+{line}")).into()),
        ("frame", each_line(pem, |_, line| format!("│ {line:<66} │")).into()),
        ("numbers", each_line(pem, |at, line| format!("{:>4}  {line}", at + 8)).into()),
        ("numbers with dots", each_line(pem, |at, line| format!("{}. {line}", at + 8)).into()),
        ("log", each_line(pem, |at, line| format!("2026-05-07T06:57:{:02}.123Z INFO  [main] {line}", at % 60)).into()),
        ("docker log", each_line(pem, |_, line| format!("app-1  | {line}")).into()),
        ("colours", each_line(pem, |_, line| format!("\x1b[32m{line}\x1b[0m")).into()),
        ("tabs", each_line(pem, |_, line| format!("\t{line}")).into()),
        ("one line", pem.replace('\n', " ").into()),
        ("one line without blanks", pem.replace('\n', "").into()),
        ("no line ends within", pem.replace('\n', "").replace("-----M", "-----\nM").into()),
        ("blank lines", pem.replace('\n', "\n\n").into()),
        ("trailing blanks", pem.replace('\n', "  \r\n").into()),
        ("invisible", pem.replace('\n', "\u{200b}\n\u{feff}").into()),
        ("no-break blanks", pem.replace('\n', "\u{a0}\n\u{a0}").into()),
        ("em dashes", pem.replace("-----", "—–").into()),
        ("em dashes 2", pem.replace("-----", "——-").into()),
        ("three dashes", pem.replace("-----", "---").into()),
        ("six dashes", pem.replace("-----", "------").into()),
        ("blanks in the armour", pem.replace("-----BEGIN", "----- BEGIN").replace("E-----", "E -----").into()),
        ("one side lost", pem.replace("E-----\n", "E\n").into()),
        ("armour without dashes", pem.replace("-----", "").into()),
        ("label of old", pem.replace(" CERTIFICATE", " X509 CERTIFICATE").into()),
        ("label of another kind", pem.replace(" CERTIFICATE", " PUBLIC KEY").into()),
        ("labels that differ", pem.replace("END CERTIFICATE", "END X509 CERTIFICATE").into()),
        ("first line lost", pem.replace("-----BEGIN CERTIFICATE-----\n", "").into()),
        ("last line lost", pem.replace("-----END CERTIFICATE-----", "").into()),
        ("header lines", pem.replace("E-----\nMII", "E-----\nComment: made by hand\nX-Name: payroll\n\nMII").into()),
        ("a zero at the end", format!("{pem}\0").into()),
        ("windows-1252 around", [b"Zertifikat f\xfcr L\xf6hne:\r\n".as_slice(), pem.as_bytes()].concat()),
        (
            "xxd",
            der.chunks(16)
                .enumerate()
                .map(|(at, line)| {
                    let pairs: Vec<String> = line.chunks(2).map(hex).collect();
                    format!("{:08x}: {:<39}  ................\n", at * 16, pairs.join(" "))
                })
                .collect::<Vec<_>>()
                .concat()
                .into(),
        ),
        (
            "hexdump -C",
            der.chunks(16)
                .enumerate()
                .map(|(at, line)| {
                    let half =
                        |part: &[u8]| part.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
                    format!(
                        "{:08x}  {}  {}  |................|\n",
                        at * 16,
                        half(&line[..line.len().min(8)]),
                        half(line.get(8..).unwrap_or_default())
                    )
                })
                .collect::<Vec<_>>()
                .concat()
                .into(),
        ),
    ]
}

#[test]
fn every_wrapping_comes_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let (der, pem) = (made.der(), made.pem());
    let mut wrong = vec![];
    for (name, file) in wrappings(&der, &pem) {
        let pieces = peel(&file).pieces;
        let fits = matches!(pieces.as_slice(), [piece] if piece.kind == PieceKind::Certificate && *piece.bytes == der);
        if !fits {
            wrong.push(format!("{name}: {pieces:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// However a private key is wrapped, it is noticed, and its span covers what must not be seen.
#[test]
fn a_private_key_is_seen_through_every_wrapping() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let pem = made.key_pem();
    let der = support::openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", support::path(&made.key), "-outform", "der"]);
    let mut wrong = vec![];
    for (name, file) in wrappings(&der, &pem.replace("PRIVATE KEY", "CERTIFICATE")) {
        let peeled = peel(&file);
        if !peeled.holds_private_key() {
            wrong.push(format!("{name}: {:?}", peeled.pieces));
        }
        let Some(text) = domain::peel::text(&file).filter(|_| peeled.holds_private_key()) else { continue };
        let span = peeled.private_key_spans().next().expect("it holds one");
        // The spans are those of the text, and the key's characters are most of the file.
        assert_eq!(peel_text_roughly(&text.text).private_key_spans().next(), Some(span.clone()), "{name}");
        assert_eq!(peel_text(&text.text).private_key_spans().next(), Some(span.clone()), "{name}");
        assert!(span.len() * 10 > text.text.len() * 7, "{name}: {span:?} of {}", text.text.len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
