//! Files that people upload.

use crate::bytes;
use domain::upload::{Container, ReadError, read, read_public};

/// SHA-1 of the leaf of the three certificates in the cases about PKCS#7.
const LEAF: &str = "2AFC1F88F9C7C752113ABA1F4A61D6D1E11976A0";
/// SHA-1 of the self-signed certificate in most of the others.
const ALONE: &str = "1C2FA93ECE3B02A0F04D957671B5EA4C9C08F55B";

#[test]
fn certificates_are_unwrapped_and_that_is_said() {
    for (case, file, sha1, others, container, said) in [
        (
            "02-adcs-p7b-labelled-certificate",
            "input.p7b",
            LEAF,
            2,
            Container::Pkcs7,
            Some("a BEGIN line that says CERTIFICATE"),
        ),
        ("03-adcs-p7b-base64-no-armour", "input.p7b", LEAF, 2, Container::Pkcs7, None),
        ("04-p7b-ber-indefinite", "input.p7b", LEAF, 2, Container::Pkcs7, None),
        ("05-glued-end-begin", "input.pem", LEAF, 2, Container::Pem, None),
        ("06-k8s-tls-crt-value", "input.txt", ALONE, 0, Container::Pem, Some("base64, then PEM")),
        (
            "07-k8s-secret-yaml",
            "input.yaml",
            ALONE,
            0,
            Container::Pem,
            Some("the YAML member “tls.crt”, then base64, then PEM"),
        ),
        (
            "09-keyvault-json-cer",
            "input.json",
            ALONE,
            0,
            Container::Base64Der,
            Some("the JSON member “cer”, then base64"),
        ),
        ("10-az-quoted-base64", "input.txt", ALONE, 0, Container::Base64Der, None),
        ("11-hex-der-terraform", "input.txt", ALONE, 0, Container::Der, Some("hexadecimal")),
        (
            "12-graph-entry-json",
            "input.json",
            ALONE,
            0,
            Container::Base64Der,
            Some("the JSON member “key”, then base64"),
        ),
        (
            "13-saml-metadata-xml",
            "input.xml",
            ALONE,
            0,
            Container::Base64Der,
            Some("the XML element “X509Certificate”, then base64"),
        ),
        ("15-url-encoded-pem", "input.txt", ALONE, 0, Container::Pem, Some("percent-encoding, then PEM")),
        (
            "16-typographic-dashes",
            "input.txt",
            ALONE,
            0,
            Container::Pem,
            Some("a BEGIN line with other dashes than five hyphens, then PEM"),
        ),
        (
            "17-four-dashes",
            "input.txt",
            ALONE,
            0,
            Container::Pem,
            Some("a BEGIN line with other dashes than five hyphens, then PEM"),
        ),
    ] {
        let bytes = bytes(case, file);
        let upload = read(&bytes).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(upload.leaf.sha1().hex(), sha1, "{case}");
        assert_eq!((upload.others.len(), upload.container), (others, container), "{case}");
        let said = said.map(|layers| format!("It was unwrapped from {layers}."));
        assert_eq!(upload.unwrapped(), said, "{case}");
        assert_eq!(upload.passed_over(), None, "{case}");
        assert!(!upload.private_key_left_out, "{case}");
        assert_eq!(read_public(&bytes).as_ref(), Ok(&upload), "{case}");
    }
}

/// One certificate of two is never taken in silence: the second one, which lost its BEGIN line, is read as well, and as
/// they are no chain, a person has to choose.
#[test]
fn a_certificate_without_its_first_line_counts() {
    let error = read(&bytes("19-wso2-glued-second", "input.pem")).expect_err("two leaves");
    assert_eq!(error, ReadError::SeveralLeaves { subjects: vec!["payroll-batch".into(), "Contoso Issuing".into()] });
}

#[test]
fn a_private_key_is_left_out_here_and_refused_there() {
    for (case, file) in [("08-k8s-secret-yaml-with-key", "input.yaml"), ("18-service-connection-one-line", "input.txt")]
    {
        let bytes = bytes(case, file);
        let upload = read(&bytes).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(upload.leaf.sha1().hex(), ALONE, "{case}");
        assert!(upload.private_key_left_out, "{case}");
        assert_eq!(read_public(&bytes), Err(ReadError::PrivateKeyInUpload), "{case}");
    }
}

#[test]
fn what_is_no_certificate_is_named() {
    use domain::peel::Keystore;
    for (case, file, expected) in [
        ("01-utf16-exchange-csr", "input.req", ReadError::SigningRequest),
        ("20-powershell-binary-redirect", "input.cer", ReadError::WrittenAsText),
        (
            "21-der-lf-to-crlf",
            "input.cer",
            ReadError::BadCertificate { reason: "its line ends were converted, as if it were text".into() },
        ),
        ("22-kv-secret-base64-pfx", "input.txt", ReadError::Pkcs12),
        ("29-pfx-ber-indefinite", "input.pfx", ReadError::Pkcs12),
        ("38-pfx-pem-armour", "input.p12", ReadError::Pkcs12),
        ("40-java-jks", "input.jks", ReadError::JavaKeystore { kind: Keystore::Jks }),
        ("41-java-jceks", "input.jceks", ReadError::JavaKeystore { kind: Keystore::Jceks }),
    ] {
        let bytes = bytes(case, file);
        assert_eq!(read(&bytes), Err(expected.clone()), "{case}");
        assert_eq!(read_public(&bytes), Err(expected), "{case}");
    }
    let advice = ReadError::JavaKeystore { kind: Keystore::Jceks }.advice();
    assert!(advice.contains("keytool -exportcert -rfc -keystore FILE -storetype JCEKS"), "{advice}");
    assert!(advice.contains("-deststoretype PKCS12"), "{advice}");
}

/// Made up, after what Python, od, C#, PostgreSQL and Java print of a certificate's bytes.
#[test]
fn bytes_are_read_as_programs_print_them() {
    let expected = read(&bytes("06-k8s-tls-crt-value", "input.txt")).expect("a certificate");
    let der = expected.leaf.der();
    let literal: String = der
        .iter()
        .map(|byte| match *byte {
            b'\n' => "\\n".into(),
            b'\r' => "\\r".into(),
            b'\t' => "\\t".into(),
            b'\\' => "\\\\".into(),
            b'\'' => "\\'".into(),
            b' '..=b'~' => char::from(*byte).to_string(),
            byte => format!("\\x{byte:02x}"),
        })
        .collect();
    let od: Vec<String> = der
        .chunks(16)
        .enumerate()
        .map(|(at, line)| {
            format!("{:07o} {}", at * 16, line.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "))
        })
        .collect();
    let base64 = expected.leaf.der_base64();
    let (head, tail) = base64.split_at(100);
    for text in [
        format!("b'{literal}'"),
        format!("bytearray(b'{literal}')"),
        format!("{{'id': 1, 'cer': b'{literal}', 'enabled': True}}"),
        od.join("\n"),
        // Its column of characters ends in a backslash here.
        od.join("  ...............\\\n"),
        format!("string pem = \"{head}\" +\n    \"{tail}\";"),
        format!("\\x{}", hex::encode(der)),
    ] {
        let found = read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text:.80}"));
        assert_eq!(found.leaf.sha1(), expected.leaf.sha1(), "{text:.80}");
    }
}

#[test]
fn a_key_of_putty_behind_a_certificate_is_a_private_key() {
    let certificate = read(&bytes("06-k8s-tls-crt-value", "input.txt")).expect("a certificate").leaf;
    let text = format!(
        "{}\nPuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nPrivate-Lines: 1\nAAAA",
        certificate.der_base64()
    );
    assert_eq!(read_public(text.as_bytes()), Err(ReadError::PrivateKeyInUpload));
}

#[test]
fn files_of_office_programs_are_named_with_what_to_do() {
    for (file, says, advice) in [
        (&b"PK\x03\x04\x14\0[Content_Types].xml\xff\xfexl/workbook.xml"[..], "an Excel workbook (.xlsx)", "CSV UTF-8"),
        (
            b"PK\x03\x04\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet\xff",
            "an OpenDocument spreadsheet (.ods)",
            "CSV UTF-8",
        ),
        (
            b"PK\x03\x04\0[Content_Types].xml\xffword/document.xml",
            "a document of an office program (.docx, .odt)",
            "paste it as text",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "a file of an older office program (.xls, .doc)", "CSV UTF-8"),
        (b"PK\x03\x04\0certificate.cer\xff", "a ZIP archive", "Unpack it"),
    ] {
        let error = read(file).expect_err("no certificate");
        assert_eq!(error.to_string(), format!("It is {says}, not a certificate"));
        assert!(error.advice().contains(advice), "{}", error.advice());
    }
}
